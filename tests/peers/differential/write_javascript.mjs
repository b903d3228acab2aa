// SPDX-License-Identifier: Apache-2.0
// Writes segmentations with dcmjs and cornerstone3D's adapters. Starting them takes longer than writing, so one process
// serves all rounds: a job for each line of standard input, in JSON, and for each a line of JSON on standard output.
// usage: node write_javascript.mjs NODE_DIRECTORY
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { writeAdapters } from "./write_adapters.mjs";
import { writeDcmjs } from "./write_dcmjs.mjs";

const directory = path.resolve(process.argv[2]);
const dcmjs = createRequire(path.join(directory, "/"))("dcmjs");
dcmjs.log.setLevel("error");
console.log = console.warn = (...words) => process.stderr.write(`${words.join(" ")}\n`);
const adaptersPath = path.join(directory, "node_modules/@cornerstonejs/adapters/dist/esm/index.js");
const adapters = await import(pathToFileURL(adaptersPath).href);

const { DicomMessage, DicomMetaDictionary } = dcmjs.data;
function readImage(file) {
  const bytes = fs.readFileSync(file);
  const part10 = DicomMessage.readFile(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const image = DicomMetaDictionary.naturalizeDataset(part10.dict);
  image._meta = DicomMetaDictionary.namifyDataset(part10.meta);
  image.PixelData = Array.isArray(image.PixelData) ? image.PixelData[0] : image.PixelData;
  image._vrMap = { PixelData: "OW" };
  return image;
}

function arrays(job, Type) {
  const bytes = fs.readFileSync(job.pixels);
  const count = job.shape[0] * job.shape[1] * job.shape[2];
  const all = new Type(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  return Array.from({ length: job.arrays }, (_, index) => all.subarray(index * count, (index + 1) * count));
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const job = JSON.parse(line);
  let answer = {};
  try {
    const images = job.images.map(readImage);
    const buffer =
      job.writer === "dcmjs"
        ? writeDcmjs(dcmjs, images, job, arrays(job, Uint8Array))
        : writeAdapters(dcmjs, adapters, images, job, arrays(job, Uint16Array));
    fs.writeFileSync(job.output, buffer);
  } catch (error) {
    answer = { error: error.stack };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0);
