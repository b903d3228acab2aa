// SPDX-License-Identifier: Apache-2.0
// platform.js - what differs between browsers and node. Nothing is imported from node, so that bundlers have nothing to
// leave out.
import { argument, DsegError } from "./errors.js";

export const isNode = typeof process === "object" && typeof process.versions?.node === "string";

/** A module of node; in node alone. */
export function nodeModule(name) {
  return process.getBuiltinModule(`node:${name}`);
}

/** The bytes of dseg.wasm: given themselves, or where they are. */
export async function readWasm(given) {
  if (given instanceof ArrayBuffer || ArrayBuffer.isView(given)) return given;
  if (isNode) {
    const url = given instanceof URL ? given : toUrl(String(given));
    if (url === null || url.protocol === "file:") return nodeModule("fs/promises").readFile(url ?? String(given));
    given = url;
  }
  const response = await fetch(given);
  if (!response.ok) throw new DsegError("network", `${given}: the server answered ${response.status}`);
  return response.arrayBuffer();
}

function parseUrl(text, base) {
  try {
    return new URL(text, base);
  } catch {
    throw argument(`"${text}" is no URL`);
  }
}

/** The URL that a text is, null where it is a path. */
export function toUrl(text) {
  return /^(https?|file|blob|data):/i.test(text) ? parseUrl(text) : null;
}

/** The text of a whole URL: relative ones begin at the page, in node at the working directory, and not at the file of this
 * package that happens to ask for them. */
export function wholeUrl(given) {
  const text = String(given);
  if (isNode) return (toUrl(text) ?? nodeModule("url").pathToFileURL(text)).href;
  return parseUrl(text, globalThis.document?.baseURI ?? globalThis.location.href).href;
}
