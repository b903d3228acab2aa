// SPDX-License-Identifier: Apache-2.0
// Frames that dseg wrote, each decoded from its fragment, beside those of the same object without compression.
// usage: DSEG=dseg node test_volumes.mjs data:FILE|mricron:FILE|phantom:LABELS:SIZE:SEED [labelmap]
// labelmap: no BINARY frames, of which there may be thousands. 77: FILE is not below $DSEG_DATA, or in Debian's mricron-data.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
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

const [volume, what] = process.argv.slice(2);
let file = volume.replace(/^data:/, `${process.env.DSEG_DATA}/`).replace(/^mricron:/, "/usr/share/mricron/templates/");
if (volume.startsWith("phantom:")) {
  file = "phantom.nii.gz";
  const [labels, size, seed] = volume.split(":").slice(1);
  execFileSync(process.env.DSEG, ["phantom", "--labels", labels, "--size", size, "--seed", seed, file, "--force"]);
} else if (!fs.existsSync(file)) {
  console.log(`skipped: there is no ${file}`);
  process.exit(77);
}
const same = ["--option", "same=1"];
compare(file, "labelmap", "label-edge");
compare(file, "labelmap", "label-edge", ...same, "--option", "bits=16");
compare(file, "labelmap", "label-edge-predicted");
compare(file, "labelmap", "label-edge-predicted", "--option", "bits=16");
if (what !== "labelmap") {
  compare(file, "binary", "label-edge", ...same);
  compare(file, "binary", "label-edge-predicted");
}
