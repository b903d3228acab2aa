// SPDX-License-Identifier: Apache-2.0
// Decodes all frames of the same label map by label-edge.js, by fzstd and by pako, in turns, in one process, and prints
// a line of JSON: for each decoder bytes of all fragments, and the seconds of each round.
// usage: node bench.mjs NODE_DIRECTORY LABEL_EDGE.dcm ZSTD.dcm DEFLATED_FRAME.dcm [ROUNDS]
// NODE_DIRECTORY has fzstd and pako below node_modules. The first object may be of either syntax of Label Edge.
import path from "node:path";
import { createRequire } from "node:module";
import { decodeFrame, decodeFrames } from "./label-edge.js";
import { predicted } from "./label-edge-predicted.js";
import { framesOf } from "./tests/dicom.mjs";

const [directory, ...more] = process.argv.slice(2);
const [ours, zstd, deflated] = more.slice(0, 3).map(framesOf);
const rounds = Number(more[3] ?? 7);
const require = createRequire(path.join(directory, "/"));
const [fzstd, pako] = [require("fzstd"), require("pako")];
const { format } = ours;
const size = (format.rows * format.columns * format.bitsAllocated) / 8;

/** Deflated frames may have a byte behind them, so that their number is even: pako stops in front of it. */
function inflate(fragment) {
  const inflator = new pako.Inflate({ raw: true, chunkSize: size });
  inflator.push(fragment, true);
  if (inflator.err) throw new Error(inflator.msg);
  return inflator.result;
}

/** The byte behind a frame that makes its number even is an error to fzstd: frames are cut before time is taken. */
function trimmed(fragment) {
  try {
    fzstd.decompress(fragment);
    return fragment;
  } catch {
    return fragment.subarray(0, -1);
  }
}
const zstdFrames = zstd.frames.map(trimmed);

const alone = ours.frames.every((fragment) => (fragment[0] & 3) % 3 === 0);
function decodeOurs() {
  if (alone) return ours.frames.map((fragment) => decodeFrame(fragment, format));
  const frames = decodeFrames(ours.frames, format, { predicted });
  return ours.frames.map((_, f) => frames.frame(f));
}
const decoders = {
  "label-edge.js": { object: ours, decode: decodeOurs },
  fzstd: { object: zstd, decode: () => zstdFrames.map((fragment) => fzstd.decompress(fragment)) },
  pako: { object: deflated, decode: () => deflated.frames.map(inflate) },
};

const results = {};
let truth;
for (const [name, { object, decode }] of Object.entries(decoders)) {
  const pixels = decode().map((frame) => Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength));
  truth ??= pixels;
  if (pixels.length !== truth.length || pixels.some((frame, f) => Buffer.compare(frame, truth[f]) !== 0)) {
    throw new Error(`${name} gives other pixels than label-edge.js`);
  }
  results[name] = { bytes: object.frames.reduce((sum, fragment) => sum + fragment.length, 0), seconds: [] };
}
// The first rounds are for the compiler of Node.js and do not count.
for (let round = -3; round < rounds; round++) {
  for (const [name, { decode }] of Object.entries(decoders)) {
    const start = performance.now();
    decode();
    if (round >= 0) results[name].seconds.push((performance.now() - start) / 1000);
  }
}
for (const result of Object.values(results)) {
  const sorted = [...result.seconds].sort((a, b) => a - b);
  result.median = sorted[sorted.length >> 1];
  result.mbps = (truth.length * size) / 1e6 / result.median;
}
console.log(JSON.stringify({ node: process.version, frames: truth.length, frame_bytes: size, rounds, decoders: results }));
