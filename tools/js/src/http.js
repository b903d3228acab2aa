// SPDX-License-Identifier: Apache-2.0
// http.js - a file on a server, read by ranges (RFC 9110 section 14).
import { DsegError } from "./errors.js";

const FIRST = 1 << 16;

export class HttpParts {
  join = 1 << 15;
  step = 1 << 20;
  /** The bytes of the first request. */
  first = null;
  size = 0;
  #name;
  #url;
  #headers;
  #version = null; // ETag or Last-Modified

  constructor(name, url, headers) {
    this.#name = name;
    this.#url = url;
    this.#headers = headers;
  }

  /** Asks for the first bytes, which tells the size. */
  static async open(name, url, { headers, signal } = {}) {
    const made = new HttpParts(name, url, headers);
    made.first = await made.read(0, FIRST, signal);
    return made;
  }

  #fail(text) {
    return new DsegError("network", `${this.#name}: ${text}`);
  }

  async #request(begin, end, signal) {
    try {
      const headers = new Headers(this.#headers);
      headers.set("Range", `bytes=${begin}-${end - 1}`);
      return await fetch(this.#url, { headers, signal });
    } catch (error) {
      if (signal?.aborted) throw new DsegError("aborted", "the call was aborted");
      throw this.#fail(`cannot be fetched: ${error.cause?.message ?? error.message}`);
    }
  }

  /** Checks the answer, and returns the last byte's place, plus 1. */
  #checkRange(response, begin, end) {
    if (response.status === 200) {
      throw this.#fail("the server ignores ranges (it answered 200, not 206): open the whole file as a Blob");
    }
    if (response.status !== 206) throw this.#fail(`the server answered ${response.status}`);
    const text = response.headers.get("Content-Range");
    const match = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(text ?? "");
    if (!match) {
      const why = text === null ? "lacks Content-Range, or does not expose it (Access-Control-Expose-Headers)"
        : `has the Content-Range "${text}"`;
      throw this.#fail(`the server's answer ${why}`);
    }
    const [from, to, size] = match.slice(1).map(Number);
    if (from !== begin || to + 1 > end || (to + 1 < end && to + 1 !== size)) {
      throw this.#fail(`the server gave bytes ${from}-${to} for ${begin}-${end - 1}`);
    }
    const version = response.headers.get("ETag") ?? response.headers.get("Last-Modified");
    if (this.size !== 0 && (size !== this.size || version !== this.#version)) {
      throw this.#fail("the file changed on the server while it was read");
    }
    this.size = size;
    this.#version = version;
    return to + 1;
  }

  /** The body, which is to have count bytes: no more of it is taken. */
  async #readBody(response, count, signal) {
    const bytes = new Uint8Array(count);
    const reader = response.body.getReader();
    let size = 0;
    try {
      while (size <= count) {
        const { done, value } = await reader.read();
        if (done) break;
        bytes.set(value.subarray(0, count - size), size);
        size += value.length;
      }
    } catch (error) {
      if (signal?.aborted) throw new DsegError("aborted", "the call was aborted");
      throw this.#fail(`the transfer broke off: ${error.message}`);
    }
    await reader.cancel().catch(() => {});
    if (size > count) throw this.#fail(`more bytes came for a range of ${count}`);
    if (size < count) throw this.#fail(`${size} bytes came for a range of ${count}`);
    return bytes;
  }

  async read(begin, end, signal) {
    const response = await this.#request(begin, end, signal);
    let stop;
    try {
      stop = this.#checkRange(response, begin, end);
    } catch (error) {
      await response.body?.cancel().catch(() => {});
      throw error;
    }
    return this.#readBody(response, stop - begin, signal);
  }
}
