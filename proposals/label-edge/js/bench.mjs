// SPDX-License-Identifier: Apache-2.0
// Decodes all frames of the same label map by label-edge.js, by fzstd and by pako, in turns, in one process, and prints
// a line of JSON: for each decoder bytes of all fragments, and the seconds that the volume took in each round, where every
// frame gets an array of its own ("arrays"), and where all go into one volume ("volume").
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
const WARM_UP = 3000; // ms
const SHORTEST = 0.02; // seconds that a decoder works in one round
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
// Each frame into an array of its own, or into the volume that a viewer holds: others' frames are copied there.
const Type = format.bitsAllocated === 16 ? Uint16Array : Uint8Array;
const plane = format.rows * format.columns;
const volume = new Type(plane * ours.frames.length);
const places = ours.frames.map((_, f) => volume.subarray(f * plane, (f + 1) * plane));
const copied = (bytes, place) => new Uint8Array(place.buffer, place.byteOffset, place.byteLength).set(bytes);

const alone = ours.frames.every((fragment) => (fragment[0] & 3) % 3 === 0);
function decodeOurs(fragments, into) {
  if (alone) return fragments.map((fragment, f) => decodeFrame(fragment, format, into?.[f]));
  const frames = decodeFrames(fragments, format, { predicted });
  return fragments.map((_, f) => frames.frame(f, into?.[f]));
}
const others = (decode) => (fragments, into) => fragments.map((fragment, f) => (into ? copied(decode(fragment), into[f]) : decode(fragment)));
const decoders = {
  "label-edge.js": { fragments: ours.frames, decode: decodeOurs },
  fzstd: { fragments: zstd.frames.map(trimmed), decode: others((fragment) => fzstd.decompress(fragment)) },
  pako: { fragments: deflated.frames, decode: others(inflate) },
};

const results = {};
let truth;
for (const [name, { fragments, decode }] of Object.entries(decoders)) {
  const pixels = decode(fragments).map((frame) => Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength));
  truth ??= Buffer.concat(pixels);
  volume.fill(1);
  decode(fragments, places);
  for (const found of [Buffer.concat(pixels), Buffer.from(volume.buffer)]) {
    if (Buffer.compare(found, truth) !== 0) throw new Error(`${name} gives other pixels than label-edge.js`);
  }
  const bytes = fragments.reduce((sum, fragment) => sum + fragment.length, 0);
  results[name] = { bytes, arrays: { seconds: [] }, volume: { seconds: [] } };
}
/** Each decoder in each way, in turns: name, way, seconds of decoding the volume so many times. */
function turn(times, keep) {
  for (const [way, into] of [["arrays", undefined], ["volume", places]]) {
    for (const [name, { fragments, decode }] of Object.entries(decoders)) {
      const start = performance.now();
      for (let i = 0; i < times; i++) decode(fragments, into);
      keep(name, way, (performance.now() - start) / 1000 / times);
    }
  }
}
// The compiler of Node.js makes a function fast when it has run for a while. A turn of a small volume is too short for
// it, and for the clock.
let least = Infinity;
const began = performance.now();
for (let turns = 0; turns < 3 || performance.now() - began < WARM_UP; turns++) {
  turn(1, (name, way, seconds) => (least = Math.min(least, seconds)));
}
const times = Math.ceil(SHORTEST / least);
for (let round = 0; round < rounds; round++) turn(times, (name, way, seconds) => results[name][way].seconds.push(seconds));
for (const result of Object.values(results).flatMap(({ arrays, volume: one }) => [arrays, one])) {
  const sorted = [...result.seconds].sort((a, b) => a - b);
  result.median = sorted[sorted.length >> 1];
  result.mbps = volume.byteLength / 1e6 / result.median;
}
console.log(JSON.stringify({ node: process.version, frames: places.length, frame_bytes: size, rounds, times, decoders: results }));
