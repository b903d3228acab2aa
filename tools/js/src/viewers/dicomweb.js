// SPDX-License-Identifier: Apache-2.0
// Fetches whole instances from a DICOMweb server as they are stored (PS3.18 10.4), whatever their transfer syntax.
import { DsegError } from "../errors.js";

/** transfer-syntax=* asks for the stored bytes: a server cannot transcode what it does not know. */
const ACCEPT = 'multipart/related; type="application/dicom"; transfer-syntax=*';

const CARRIAGE_RETURN = 13;

/** Where wanted first lies in bytes from start on; -1: nowhere. wanted begins with a carriage return. */
function findBytes(bytes, wanted, start) {
  for (let at = bytes.indexOf(CARRIAGE_RETURN, start); at >= 0; at = bytes.indexOf(CARRIAGE_RETURN, at + 1)) {
    if (wanted.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
}

/** The first part of a multipart/related body (RFC 2046): from the blank line behind its headers to the boundary. */
export function firstPart(bytes, contentType) {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (!boundary) throw new DsegError("network", `the server's answer has no boundary: ${contentType}`);
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 8192));
  const opening = head.indexOf(`--${boundary}`);
  const blank = opening < 0 ? -1 : head.indexOf("\r\n\r\n", opening);
  if (blank < 0) throw new DsegError("network", "the server's answer is not the multipart body that it says it is");
  const start = blank + 4;
  // A part is followed by the boundary; of several parts the first counts, which is the only one of one instance.
  const end = findBytes(bytes, new TextEncoder().encode(`\r\n--${boundary}`), start);
  if (end < 0) throw new DsegError("network", "the server's answer is cut: its last boundary is missing");
  return bytes.subarray(start, end);
}

/**
 * The bytes of one instance. url: ".../instances/UID" (WADO-RS) or one that gives a Part 10 file.
 * options: headers, a record or a Headers; signal; fetch, where it is not the global one.
 */
export async function fetchInstance(url, { headers, signal, fetch = globalThis.fetch } = {}) {
  const asked = { accept: ACCEPT, ...Object.fromEntries(new Headers(headers ?? {})) };
  const failed = (text, error) => (signal?.aborted ? new DsegError("aborted", "the call was aborted")
    : new DsegError("network", `${url}: ${text}: ${error.cause?.message ?? error.message}`));
  let response;
  try {
    response = await fetch(url, { headers: asked, signal });
  } catch (error) {
    throw failed("cannot be fetched", error);
  }
  if (!response.ok) throw new DsegError("network", `${url}: the server answers ${response.status}`);
  let bytes;
  try {
    bytes = new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw failed("the transfer broke off", error);
  }
  const type = response.headers.get("content-type") ?? "";
  return /^multipart\//i.test(type) ? firstPart(bytes, type) : bytes;
}

/** The URL of the instance that an image id of cornerstone names; undefined: the id is of another kind. */
export function urlOfImageId(imageId) {
  const [, scheme, rest] = /^(wadors|wadouri|dicomweb):(.*)$/s.exec(imageId) ?? [];
  if (scheme === "wadors") return rest.replace(/\/frames\/.*$/, "");
  return rest?.replace(/([?&])frame=\d+&?/, "$1").replace(/[?&]$/, "");
}
