// SPDX-License-Identifier: Apache-2.0
// decoders.js - bindings of decoders that others keep, for CreateOptions.decoders (types/decoders.d.ts).
//
// Each function takes the module that its package exports, or imports the package, and returns a record of decoders by
// transfer syntax. The package dseg depends on none of them.
import { DsegError } from "./errors.js";
import { sizeOfStream } from "./stream_size.js";
import { frameOfZstd } from "./zstd_frame.js";

const STEP = 1 << 16;
const DEFLATED_FRAME = "1.2.840.10008.1.2.8.1";
const ZSTD = "2.25.58624446592436988505425501571863493983.2.1.1";
const JPEG_LOSSLESS = "1.2.840.10008.1.2.4.57";
const JPEG_LOSSLESS_FIRST = "1.2.840.10008.1.2.4.70";
const JPEG_LS = "1.2.840.10008.1.2.4.80";
const JPEG_2000 = "1.2.840.10008.1.2.4.90";
const JPEG_XL = "1.2.840.10008.1.2.4.110";
const HTJ2K = "1.2.840.10008.1.2.4.201";

/** Decoders that are loaded when the first object of their transfer syntax is opened: { load } for each syntax of a
 * binding below. importModule: gives the binding's module; options: what the binding takes beside it. */
export function onDemand(binding, importModule, options) {
  const syntaxes = SYNTAXES.get(binding);
  if (syntaxes === undefined) throw new DsegError("argument", "onDemand is for the bindings of this module");
  const load = async (syntax) => (await binding(await importModule(), options))[syntax];
  return Object.fromEntries(syntaxes.map((syntax) => [syntax, { load: () => load(syntax) }]));
}

async function use(given, name) {
  try {
    return given ?? (await import(/* @vite-ignore */ name));
  } catch (error) {
    throw new DsegError("unsupported", `the decoder needs the package ${name}: ${error.message}`);
  }
}

function bytesOfFrame({ rows, columns, bitsAllocated }) {
  return Math.ceil((rows * columns * bitsAllocated) / 8);
}

/** Stored bytes as pixels: bits are packed, the first in the least significant bit (PS3.5 8.1.1). */
function pixelsOf(bytes, info) {
  const { rows, columns, bitsAllocated } = info;
  const count = rows * columns;
  const needed = bytesOfFrame(info);
  if (bytes.length !== needed) throw new Error(`${bytes.length} bytes came out for a frame of ${needed}`);
  if (bitsAllocated !== 1) return bytes;
  const pixels = new Uint8Array(count);
  for (let i = 0; i < count; i++) pixels[i] = (bytes[i >> 3] >> (i & 7)) & 1;
  return pixels;
}

/** fflate: inflates a data set that is deflated as a whole, for CreateOptions.inflate. */
export async function inflate(fflate) {
  const { Inflate } = await use(fflate, "fflate");
  return (bytes, limit = Infinity) => inflateUpTo(Inflate, bytes, limit);
}

/** Inflates a part at a time, as a part of STEP bytes becomes 1032 * STEP at most, and gives up above limit bytes. */
function inflateUpTo(Inflate, bytes, limit) {
  const pieces = [];
  let size = 0;
  const stream = new Inflate((piece) => {
    size += piece.length;
    if (size > limit) throw new DsegError("limit", `the deflated data are more than ${limit} bytes`);
    pieces.push(piece);
  });
  for (let at = 0; at < bytes.length; at += STEP) stream.push(bytes.subarray(at, at + STEP), at + STEP >= bytes.length);
  const inflated = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    inflated.set(piece, at);
    at += piece.length;
  }
  return inflated;
}

/** fflate: Deflated Image Frame Compression. */
export async function deflatedFrame(fflate) {
  const { inflateSync } = await use(fflate, "fflate");
  // One byte more than wanted shows that there are too many: what lies behind it is dropped, and costs no memory.
  return { [DEFLATED_FRAME]: (bytes, info) =>
    pixelsOf(inflateSync(bytes, { out: new Uint8Array(bytesOfFrame(info) + 1) }), info) };
}

/** fzstd: the Zstandard proposal. */
export async function zstd(fzstd) {
  const { Decompress } = await use(fzstd, "fzstd");
  return { [ZSTD]: (bytes, info) => expandZstd(Decompress, bytes, info) };
}

/** By blocks, of which each tells how long it has become: all at once a frame that is too short has zeros at its end. */
function expandZstd(Decompress, bytes, info) {
  const expanded = new Uint8Array(bytesOfFrame(info));
  let size = 0;
  const stream = new Decompress((piece) => {
    if (size + piece.length > expanded.length) throw new Error(`more bytes came out than the ${expanded.length} of the frame`);
    expanded.set(piece, size);
    size += piece.length;
  });
  stream.push(frameOfZstd(bytes, expanded.length), true);
  return pixelsOf(expanded.subarray(0, size), info);
}

/** Refuses a frame that says it has other pixels than the object says, before it takes memory for them. */
function checkSize(bytes, { rows, columns }) {
  const said = sizeOfStream(bytes);
  if (said !== null && (said.rows !== rows || said.columns !== columns)) {
    throw new Error(`the frame has ${said.rows} x ${said.columns} pixels, the object says ${rows} x ${columns}`);
  }
}

/** A decoder of cornerstone's codec packages, which share one interface. */
async function cornerstoneDecoder(given, name, className, options) {
  const imported = await use(given, name);
  const made = imported.default ?? imported;
  const library = typeof made === "function" ? await made({ print() {}, printErr() {}, ...options }) : made;
  const decoder = new library[className]();
  return (bytes, info) => {
    checkSize(bytes, info);
    decoder.getEncodedBuffer(bytes.length).set(bytes);
    decoder.decode();
    const { width, height, bitsPerSample, componentCount } = decoder.getFrameInfo();
    const isWide = bitsPerSample > 8;
    if (width !== info.columns || height !== info.rows || componentCount !== 1 || isWide !== (info.bitsAllocated > 8)) {
      throw new Error(
        `the frame has ${height} x ${width} pixels of ${bitsPerSample} bits, ${componentCount} to a pixel, ` +
          `the object says ${info.rows} x ${info.columns} of ${info.bitsAllocated}`,
      );
    }
    return decoder.getDecodedBuffer();
  };
}

/** @cornerstonejs/codec-charls: JPEG-LS. options: those of its module, locateFile for instance. */
export async function jpegLs(module, options) {
  return { [JPEG_LS]: await cornerstoneDecoder(module, "@cornerstonejs/codec-charls", "JpegLSDecoder", options) };
}

/** @cornerstonejs/codec-openjpeg: JPEG 2000. */
export async function jpeg2000(module, options) {
  return { [JPEG_2000]: await cornerstoneDecoder(module, "@cornerstonejs/codec-openjpeg", "J2KDecoder", options) };
}

/** @cornerstonejs/codec-openjph: HTJ2K. */
export async function htj2k(module, options) {
  return { [HTJ2K]: await cornerstoneDecoder(module, "@cornerstonejs/codec-openjph", "HTJ2KDecoder", options) };
}

/** @cornerstonejs/codec-libjxl: JPEG XL. */
export async function jpegXl(module, options) {
  return { [JPEG_XL]: await cornerstoneDecoder(module, "@cornerstonejs/codec-libjxl", "JpegXLDecoder", options) };
}

/** jpeg-lossless-decoder-js: lossless JPEG. */
export async function jpegLossless(module) {
  const { Decoder } = await use(module, "jpeg-lossless-decoder-js");
  const decode = (bytes, info) => {
    checkSize(bytes, info);
    const output = new Decoder().decode(bytes.buffer, bytes.byteOffset, bytes.length);
    const pixels = ArrayBuffer.isView(output) ? output : new Uint8Array(output);
    return info.bitsAllocated === 16 && pixels instanceof Uint8Array
      ? new Uint16Array(pixels.slice().buffer) : pixels;
  };
  return { [JPEG_LOSSLESS]: decode, [JPEG_LOSSLESS_FIRST]: decode };
}

const SYNTAXES = new Map([
  [deflatedFrame, [DEFLATED_FRAME]],
  [zstd, [ZSTD]],
  [jpegLs, [JPEG_LS]],
  [jpeg2000, [JPEG_2000]],
  [htj2k, [HTJ2K]],
  [jpegXl, [JPEG_XL]],
  [jpegLossless, [JPEG_LOSSLESS, JPEG_LOSSLESS_FIRST]],
]);
