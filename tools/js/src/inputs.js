// SPDX-License-Identifier: Apache-2.0
// inputs.js - where bytes come from: memory, a file of node, and what is read by parts, a Blob or a URL.
//
// The module asks for bytes and cannot wait. Memory and files of node answer at once. What is read by parts answers
// from the parts that are here; else it notes what is missing, the module's call fails, and whoever made the call loads
// that and makes it again.
import { argument, checkSignal, DsegError } from "./errors.js";
import { HttpParts } from "./http.js";
import { isNode, nodeModule, toUrl } from "./platform.js";

export class MemoryInput {
  /** All bytes can be read at once. */
  isHere = true;
  requests = 0;
  missing = null;

  constructor(name, bytes) {
    this.name = name;
    this.bytes = bytes;
    this.size = bytes.length;
  }

  get loaded() {
    return this.size;
  }

  read(offset, target) {
    if (this.bytes.length !== this.size) {
      throw new DsegError("input", `${this.name}: its bytes are gone: the buffer was transferred, or it was resized`);
    }
    const part = this.bytes.subarray(offset, Math.min(this.size, offset + target.length));
    target.set(part);
    return part.length;
  }

  async load() {}
  async loadRanges() {}
  trim() {}
  close() {}
}

export class NodeFileInput extends MemoryInput {
  #fs = nodeModule("fs");
  #descriptor;
  #loaded = 0;

  constructor(name, path) {
    super(name, new Uint8Array(0));
    try {
      this.#descriptor = this.#fs.openSync(path, "r");
      const facts = this.#fs.fstatSync(this.#descriptor);
      if (!facts.isFile()) throw new Error("it is no file");
      this.size = facts.size;
    } catch (error) {
      this.close();
      throw new DsegError("input", `${name}: cannot be opened: ${error.message}`);
    }
  }

  get loaded() {
    return this.#loaded;
  }

  read(offset, target) {
    try {
      const count = this.#fs.readSync(this.#descriptor, target, 0, target.length, offset);
      this.#loaded += count;
      this.requests++;
      return count;
    } catch {
      return -1;
    }
  }

  close() {
    if (this.#descriptor !== undefined) this.#fs.closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

const FIRST = 1 << 16; // bytes of the first part, and of one somewhere else
const MOST = 1 << 23; // of any part
const KEPT = 1 << 26; // of all parts that stay when a call is done

/** What is read by parts. source: { size, first?, join, step, read(begin, end, signal) }, where join is the gap between
 * ranges that is read rather than asked for anew, and step the gap behind the last bytes that still is going forward. */
export class PartsInput {
  isHere = false;
  requests = 0;
  loaded = 0;
  /** The range that the module missed: [begin, end], or null. */
  missing = null;
  #source;
  #parts = []; // { begin, end, bytes, loaded, used }, ascending, without overlap; times
  #ahead = FIRST;
  #last = 0; // the end of what was read ahead last
  #time = 0;

  constructor(name, source, first) {
    this.name = name;
    this.#source = source;
    this.size = source.size;
    if (first) {
      this.#keep(0, first);
      this.#last = first.length;
      this.requests = 1;
      this.loaded = first.length;
    }
  }

  /** The index of the first part that ends behind offset. */
  #find(offset) {
    let low = 0;
    let high = this.#parts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#parts[middle].end > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  read(offset, target) {
    const part = this.#parts[this.#find(offset)];
    if (!part || part.begin > offset) {
      this.missing ??= [offset, Math.min(this.size, offset + target.length)];
      return -1;
    }
    part.used = ++this.#time;
    const bytes = part.bytes.subarray(offset - part.begin, offset - part.begin + target.length);
    target.set(bytes);
    return bytes.length;
  }

  #keep(begin, bytes) {
    const loaded = ++this.#time;
    const part = { begin, end: begin + bytes.length, bytes, loaded, used: loaded };
    this.#parts.splice(this.#find(begin), 0, part);
  }

  /** The stretches of a range that are not here. */
  #gaps(begin, end) {
    const gaps = [];
    for (let i = this.#find(begin); begin < end; i++) {
      const part = this.#parts[i];
      const stop = Math.min(end, part ? part.begin : end);
      if (stop > begin) gaps.push([begin, stop]);
      begin = part ? Math.max(begin, part.end) : end;
    }
    return gaps;
  }

  async #fetch(begin, end, signal) {
    const bytes = await this.#source.read(begin, end, signal);
    this.requests++;
    this.loaded += bytes.length;
    if (bytes.length !== end - begin) {
      throw new DsegError("input", `${this.name}: ${bytes.length} bytes came from byte ${begin} on, not ${end - begin}`);
    }
    for (const [from, to] of this.#gaps(begin, end)) this.#keep(from, bytes.subarray(from - begin, to - begin));
  }

  /** Loads what was missing, and more behind it as long as the module goes forward, with small steps over what it has
   * no use for. */
  async load(signal) {
    if (this.missing === null) return;
    const [begin, end] = this.missing;
    this.missing = null;
    const step = begin - this.#last;
    this.#ahead = step >= 0 && step <= this.#source.step ? Math.min(this.#ahead * 2, MOST) : FIRST;
    const [gap] = this.#gaps(begin, Math.min(this.size, Math.max(end, begin + this.#ahead)));
    if (gap === undefined) return; // it has come meanwhile
    const [from, to] = gap;
    this.#last = to;
    await this.#fetch(from, Math.min(to, Math.max(end, from + MOST)), signal);
  }

  /** Loads ranges, [begin, end] each; near ones together. */
  async loadRanges(ranges, signal) {
    const gaps = ranges.flatMap(([begin, end]) => this.#gaps(begin, Math.min(end, this.size)));
    gaps.sort((a, b) => a[0] - b[0]);
    const joined = [];
    for (const [begin, end] of gaps) {
      const last = joined.at(-1);
      if (last && begin - last[1] <= this.#source.join && end - last[0] <= MOST) last[1] = Math.max(last[1], end);
      else joined.push([begin, end]);
    }
    const pieces = joined.flatMap(([begin, end]) => {
      const count = Math.ceil((end - begin) / MOST);
      return Array.from({ length: count }, (_, i) => [begin + i * MOST, Math.min(end, begin + (i + 1) * MOST)]);
    });
    const next = pieces.values();
    const run = async () => {
      for (const [begin, end] of next) await this.#fetch(begin, end, signal);
    };
    await Promise.all(Array.from({ length: Math.min(6, pieces.length) }, run));
  }

  /** A time that forget() takes: before what is loaded from now on. */
  now() {
    return ++this.#time;
  }

  /** Forgets what was loaded before a time. */
  forget(time) {
    this.#parts = this.#parts.filter((part) => part.loaded >= time);
  }

  /** Forgets parts that were not used lately. */
  trim() {
    let kept = this.#parts.reduce((sum, part) => sum + part.bytes.buffer.byteLength, 0);
    if (kept <= KEPT) return;
    const forgotten = new Set();
    for (const part of [...this.#parts].sort((a, b) => a.used - b.used)) {
      if (kept <= KEPT) break;
      forgotten.add(part);
      kept -= part.bytes.buffer.byteLength;
    }
    this.#parts = this.#parts.filter((part) => !forgotten.has(part));
  }

  close() {
    this.#parts = [];
  }
}

function blobSource(name, blob) {
  return {
    size: blob.size,
    join: 1 << 18,
    step: 1 << 22,
    async read(begin, end) {
      try {
        return new Uint8Array(await blob.slice(begin, end).arrayBuffer());
      } catch (error) {
        throw new DsegError("input", `${name}: cannot be read: ${error.message}`);
      }
    },
  };
}

/** The bytes of a buffer, or of a view of one. */
function bytesOf(given, name) {
  try {
    return ArrayBuffer.isView(given) ? new Uint8Array(given.buffer, given.byteOffset, given.byteLength) : new Uint8Array(given);
  } catch {
    throw new DsegError("input", `${name}: its bytes are gone: the buffer was transferred`);
  }
}

/** The bytes that a URL holds itself, of which there are no ranges. */
async function bytesOfData(url, name, signal) {
  try {
    return new Uint8Array(await (await fetch(url, { signal })).arrayBuffer());
  } catch (error) {
    checkSignal(signal);
    throw new DsegError("input", `${name}: its data URL cannot be read: ${error.cause?.message ?? error.message}`);
  }
}

/** An input of whatever open() takes; options.fallback: its name where it has none. */
export async function openInput(given, options) {
  const { fallback } = options;
  if (given instanceof ArrayBuffer || ArrayBuffer.isView(given)) {
    const name = options.name ?? fallback;
    return new MemoryInput(name, bytesOf(given, name));
  }
  if (typeof Blob === "function" && given instanceof Blob) {
    const name = options.name ?? (given.name || fallback);
    return new PartsInput(name, blobSource(name, given));
  }
  if (typeof given === "string" || given instanceof URL) {
    const url = given instanceof URL ? given : toUrl(given);
    if (isNode && (url === null || url.protocol === "file:")) {
      return new NodeFileInput(options.name ?? String(given), url ?? given);
    }
    if (url?.protocol === "data:") {
      const name = options.name ?? fallback;
      return new MemoryInput(name, await bytesOfData(url, name, options.signal));
    }
    const name = options.name ?? String(given);
    const parts = await HttpParts.open(name, String(given), options);
    return new PartsInput(name, parts, parts.first);
  }
  throw argument("an input is a Blob, an ArrayBuffer, a Uint8Array, a URL or, in node, a path");
}
