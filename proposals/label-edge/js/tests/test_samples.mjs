// SPDX-License-Identifier: Apache-2.0
// The samples of this proposal: those that conform have the same pixels as dseg says, and of those that do not a frame
// is refused.
// usage: DSEG=dseg node test_samples.mjs SAMPLES.sh
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { LabelEdgeError, decodeFrame, decodeFrames } from "../label-edge.js";
import { predicted } from "../label-edge-predicted.js";
import { framesOf } from "./dicom.mjs";

const [script] = process.argv.slice(2);
if (script.endsWith(".sh")) execFileSync("sh", [script, "samples"], { stdio: ["ignore", "ignore", "inherit"] });
const folder = script.endsWith(".sh") ? "samples" : script;
const PREDICTED = /\.2\.3\.3$/; // the transfer syntax of prediction.md, below any root

/** All frames' pixels as bytes, or the error of the first that is refused. */
function decodeAll(file) {
  const { syntax, format, frames } = framesOf(file);
  const image = decodeFrames(frames, format, PREDICTED.test(syntax) ? { predicted } : {});
  return frames.map((fragment, f) => {
    const pixels = image.frame(f);
    if ((fragment[0] & 3) % 3 === 0) assert.deepEqual(decodeFrame(fragment, format), pixels);
    return Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  });
}

const count = {};
for (const file of fs.readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".dcm")).sort()) {
  const [kind] = file.split(path.sep);
  const name = path.join(folder, file);
  count[kind] = (count[kind] ?? 0) + 1;
  if (kind === "faulty") {
    assert.throws(() => decodeAll(name), LabelEdgeError, name);
    continue;
  }
  execFileSync(process.env.DSEG, ["transcode", name, "plain.dcm", "--transfer-syntax", "explicit-le", "--force"], { stdio: "pipe" });
  const truth = framesOf("plain.dcm").frames;
  const pixels = decodeAll(name);
  assert.equal(pixels.length, truth.length);
  pixels.forEach((frame, f) => assert.equal(Buffer.compare(frame, truth[f]), 0, `${name}: frame ${f}`));
}
assert.ok(count.faulty > 0 && count.conforming > 0);
console.log(count);
