// SPDX-License-Identifier: Apache-2.0
// Frames that dseg wrote, each decoded from its fragment, beside those of the same object without compression.
// usage: DSEG=dseg node test_volumes.mjs VOLUME...
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";
import { decodeFrame, decodeFrames } from "../label-edge.js";
import { predicted } from "../label-edge-predicted.js";
import { framesOf } from "./dicom.mjs";

const convert = (...more) => execFileSync(process.env.DSEG, ["convert", ...more, "--force"], { stdio: ["ignore", "ignore", "inherit"] });

/** Bytes of pixels as they lie in a file; a byte for each pixel of 1 bit. */
const bytesOf = (pixels) => Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength);

/** How many frames of the object were compared, of each type. */
function compare(volume, representation, syntax, ...options) {
  const [coded, plain] = ["coded.dcm", "plain.dcm"];
  const bits = options.includes("bits=16") ? ["--option", "bits=16"] : [];
  convert(volume, coded, "--as", representation, "--transfer-syntax", syntax, ...options);
  convert(volume, plain, "--as", representation, "--transfer-syntax", "explicit-le", ...bits);
  const { format, frames: fragments } = framesOf(coded);
  const { format: plainFormat, frames: truth } = framesOf(plain);
  assert.deepEqual(format, plainFormat);
  assert.equal(fragments.length, truth.length);
  const isPredicted = syntax === "label-edge-predicted";
  const frames = decodeFrames(fragments, format, isPredicted ? { predicted } : {});
  const types = [0, 0, 0, 0];
  fragments.forEach((fragment, f) => {
    const type = fragment[0] & 3;
    types[type]++;
    const pixels = type === 0 || type === 3 ? decodeFrame(fragment, format) : frames.frame(f);
    if (Buffer.compare(bytesOf(pixels), truth[f]) !== 0) assert.fail(`${volume}, ${representation}, ${syntax}: frame ${f}`);
    if (type === 2 && !isPredicted) assert.throws(() => decodeFrame(fragment, format), (error) => error.needs > 0 && error.needs <= f);
  });
  // In random order, each with others as it needs them.
  for (let i = 0; i < Math.min(30, fragments.length); i++) {
    const f = (i * 7919) % fragments.length;
    assert.equal(Buffer.compare(bytesOf(frames.frame(f)), truth[f]), 0);
  }
  console.log(`${path.basename(volume)}, ${representation}, ${[syntax, ...options].join(" ")}: ${truth.length} frames of types 0 to 3: ${types.join(", ")}`);
}

const syntaxes = process.env.SYNTAXES ? process.env.SYNTAXES.split(",") : ["label-edge"];
for (const volume of process.argv.slice(2)) {
  for (const syntax of syntaxes) {
    compare(volume, "labelmap", syntax);
    compare(volume, "labelmap", syntax, "--option", "same=1", "--option", "bits=16");
    compare(volume, "binary", syntax, "--option", "same=1");
  }
}
