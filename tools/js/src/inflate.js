// SPDX-License-Identifier: Apache-2.0
// inflate.js - inputs that are deflated as a whole: inflated here, before the module sees them.
//
// A data set in Deflated Explicit VR Little Endian (PS3.5 A.5) becomes one in Explicit VR Little Endian, a .nii.gz file a
// .nii file, and the voxels of a NRRD file raw. What the object says of its encoding stays what it was.
import { checkSignal, DsegError } from "./errors.js";
import { MemoryInput } from "./inputs.js";

const DEFLATED = "1.2.840.10008.1.2.1.99";
const EXPLICIT = "1.2.840.10008.1.2.1";

async function bytesOf(input, begin, end, signal) {
  const bytes = new Uint8Array(end - begin);
  await input.loadRanges([[begin, end]], signal);
  for (let done = 0; done < bytes.length; ) {
    const count = input.read(begin + done, bytes.subarray(done));
    if (count <= 0) throw new DsegError("input", `${input.name}: cannot be read at byte ${begin + done}`);
    done += count;
  }
  return bytes;
}

function limitError(what, limit) {
  return new DsegError("limit", `${what}: the deflated data are more than ${limit} bytes, which is the memoryLimit`);
}

/** All pieces that a stream gives, and their size. what: as messages name it. */
async function readAll(stream, what, { limit, signal }) {
  const pieces = [];
  let size = 0;
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { pieces, size };
      pieces.push(value);
      size += value.length;
      if (size > limit) throw limitError(what, limit);
      checkSignal(signal);
    }
  } catch (error) {
    await reader.cancel().catch(() => {});
    throw error;
  }
}

/** A stream that fails loses what was not read of it: nothing that came before the failure is all there is. */
async function inflateWith(format, bytes, what, bounds) {
  const read = (part) => readAll(new Blob([part]).stream().pipeThrough(new DecompressionStream(format)), what, bounds);
  let found;
  try {
    found = await read(bytes).catch((error) => {
      // A data set is padded to even length behind the stream (PS3.5 A.5), which browsers refuse.
      if (error instanceof DsegError || bytes.at(-1) !== 0) throw error;
      return read(bytes.subarray(0, -1));
    });
  } catch (error) {
    if (error instanceof DsegError) throw error;
    throw new DsegError("format", `${what}: the deflated data are damaged: ${error.message}`);
  }
  const inflated = new Uint8Array(found.size);
  let at = 0;
  for (const piece of found.pieces) {
    inflated.set(piece, at);
    at += piece.length;
  }
  return inflated;
}

/** Where the meta information's Transfer Syntax UID (0002,0010) lies, and where the data set begins; null: not there. */
function findSyntax(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 144 || String.fromCharCode(...bytes.subarray(128, 132)) !== "DICM") return null;
  let found = null;
  let at = 132;
  while (at + 8 <= bytes.length && view.getUint16(at, true) === 2) {
    const isLong = ["OB", "UN", "OW", "SQ", "UT"].includes(String.fromCharCode(bytes[at + 4], bytes[at + 5]));
    if (isLong && at + 12 > bytes.length) return null;
    const value = at + (isLong ? 12 : 8);
    const length = isLong ? view.getUint32(at + 8, true) : view.getUint16(at + 6, true);
    if (view.getUint16(at + 2, true) === 0x0010) {
      const uid = String.fromCharCode(...bytes.subarray(value, value + length)).replace(/[\0 ]+$/, "");
      found = { uid, element: at, value, length };
    }
    at = value + length;
  }
  return found && { ...found, dataSet: at };
}

async function expandDataSet(input, syntax, inflate, bounds) {
  const bytes = await bytesOf(input, 0, input.size, bounds.signal);
  const compressed = bytes.subarray(syntax.dataSet);
  let inflated;
  try {
    inflated = inflate ? inflate(compressed, bounds.limit) : await inflateWith("deflate-raw", compressed, input.name, bounds);
  } catch (error) {
    if (error?.code === "limit") throw limitError(input.name, bounds.limit);
    if (error instanceof DsegError) throw error;
    throw new DsegError("format", `${input.name}: the deflated data set is damaged: ${error?.message ?? error}`);
  }
  if (inflated.length > bounds.limit) throw limitError(input.name, bounds.limit);
  const uid = new TextEncoder().encode(EXPLICIT.padEnd(syntax.length, "\0"));
  const whole = new Uint8Array(syntax.dataSet + inflated.length);
  whole.set(bytes.subarray(0, syntax.dataSet));
  whole.set(uid, syntax.value);
  whole.set(inflated, syntax.dataSet);
  const made = new MemoryInput(input.name, whole);
  made.encoding = { transferSyntax: DEFLATED, frameCodec: "deflated", fileBytes: input.size };
  return made;
}

/** Bytes as characters of the same numbers. TextDecoder has no such encoding: its latin1 is windows-1252 in browsers. */
function charactersOf(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return text;
}

/** The header of a NRRD file with gzipped voxels behind it; null: it is none. */
function findNrrd(start) {
  if (String.fromCharCode(...start.subarray(0, 4)) !== "NRRD") return null;
  const text = charactersOf(start);
  const end = /\r?\n\r?\n/.exec(text);
  const header = end ? text.slice(0, end.index + end[0].length) : "";
  const isGzip = /^encoding: *(gzip|gz) *\r?$/im.test(header) && !/^(data ?file|byte ?skip|line ?skip):/im.test(header);
  return isGzip ? header : null;
}

async function expandNrrd(input, header, bounds) {
  const compressed = await bytesOf(input, header.length, input.size, bounds.signal);
  const voxels = await inflateWith("gzip", compressed, input.name, bounds);
  const raw = header.replace(/^encoding: *(gzip|gz) */im, "encoding: raw");
  const whole = new Uint8Array(raw.length + voxels.length);
  whole.set(Uint8Array.from(raw, (c) => c.charCodeAt(0)));
  whole.set(voxels, raw.length);
  return new MemoryInput(input.name, whole);
}

/** The input that the module reads: this one, or an inflated one, after which this one is closed. It has transferSyntax
 * where it is a DICOM file. bounds: limit, the most bytes that inflated data may have, and signal. */
export async function expand(input, inflate, bounds) {
  if (input.size < 20) return input;
  const start = await bytesOf(input, 0, Math.min(input.size, 1 << 16), bounds.signal);
  const syntax = findSyntax(start);
  let made = input;
  const nrrd = findNrrd(start);
  if (nrrd !== null) {
    made = await expandNrrd(input, nrrd, bounds);
  } else if (syntax?.uid === DEFLATED) {
    made = await expandDataSet(input, syntax, inflate, bounds);
  } else if (start[0] === 0x1f && start[1] === 0x8b) {
    const compressed = await bytesOf(input, 0, input.size, bounds.signal);
    made = new MemoryInput(input.name.replace(/\.gz$/i, ""), await inflateWith("gzip", compressed, input.name, bounds));
  }
  if (made !== input) {
    Object.defineProperty(made, "loaded", { value: input.loaded });
    made.requests = input.requests;
    input.close();
  }
  made.transferSyntax = syntax?.uid;
  return made;
}
