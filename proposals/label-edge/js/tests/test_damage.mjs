// SPDX-License-Identifier: Apache-2.0
// Objects with a damaged fragment whose checksum is right again: dseg and the decoder refuse the same ones, and give the
// same pixels of the others.
// usage: DSEG=dseg node test_damage.mjs label-edge|label-edge-predicted ROUNDS SEED
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import { LabelEdgeError, crc32c, decodeFrames } from "../label-edge.js";
import { predicted } from "../label-edge-predicted.js";
import { framesOf } from "./dicom.mjs";
import { chance } from "./encoder.mjs";

const [syntax, rounds, seed] = process.argv.slice(2);
const random = chance(Number(seed));
const below = (n) => Math.floor(random() * n);
const dseg = (...words) => execFileSync(process.env.DSEG, [...words, "--force"], { stdio: "pipe" });

const objects = ["--as labelmap", "--as labelmap --option bits=16", "--as binary"].flatMap((how, i) => {
  dseg("phantom", "--labels", "9", "--size", "24x20x6", "--seed", String(i + 1), "labels.nii.gz");
  return (syntax === "label-edge" ? ["", " --option same=1"] : [""]).map((more) => {
    dseg("convert", "labels.nii.gz", "coded.dcm", "--transfer-syntax", syntax, ...(how + more).split(" "));
    return fs.readFileSync("coded.dcm");
  });
});
const outcomes = { refused: 0, decoded: 0 };
for (let round = 0; round < Number(rounds); round++) {
  const bytes = Buffer.from(objects[round % objects.length]);
  const { format, frames } = framesOf(bytes);
  const fragment = frames[below(frames.length)];
  const length = fragment.length - 4;
  for (let flips = 1 + below(3); flips > 0; flips--) {
    if (random() < 0.8) fragment[below(length)] ^= 1 << below(8);
    else fragment[below(length)] = below(256);
  }
  fragment.writeUInt32LE(crc32c(fragment.subarray(0, length)), length);
  let pixels;
  try {
    const image = decodeFrames(frames, format, syntax === "label-edge" ? {} : { predicted });
    pixels = frames.map((_, f) => image.frame(f));
  } catch (error) {
    if (!(error instanceof LabelEdgeError)) throw error;
  }
  fs.writeFileSync("damaged.dcm", bytes);
  const result = spawnSync(process.env.DSEG, ["transcode", "damaged.dcm", "plain.dcm", "--transfer-syntax", "explicit-le", "--force"]);
  const where = `seed ${seed}, round ${round}: ${result.stderr}`;
  assert.ok(result.status === 0 || result.status === 3, where);
  assert.equal(pixels === undefined, result.status === 3, where);
  outcomes[pixels ? "decoded" : "refused"]++;
  if (!pixels) continue;
  framesOf("plain.dcm").frames.forEach((truth, f) => {
    assert.equal(Buffer.compare(Buffer.from(pixels[f].buffer, 0, pixels[f].byteLength), truth), 0, `${where} frame ${f}`);
  });
}
assert.ok(outcomes.refused > 0 && outcomes.decoded > 0);
console.log(outcomes);
