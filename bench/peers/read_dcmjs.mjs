// SPDX-License-Identifier: Apache-2.0
// dcmjs: a BINARY or LABELMAP object into one label map in memory, frames placed by position.
// usage: node read_dcmjs.mjs NODE_DIRECTORY FILE [--check]
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { along, arrayBufferOf, begin, elapsed, finish } from "./label_map.mjs";

const [directory, file] = [path.resolve(process.argv[2]), process.argv[3]];
const dcmjs = createRequire(path.join(directory, "/"))("dcmjs");
dcmjs.log.setLevel("error");
const version = JSON.parse(fs.readFileSync(path.join(directory, "node_modules/dcmjs/package.json"))).version;

begin();
const part10 = dcmjs.data.DicomMessage.readFile(arrayBufferOf(file));
const natural = dcmjs.data.DicomMetaDictionary.naturalizeDataset(part10.dict);
natural._meta = dcmjs.data.DicomMetaDictionary.namifyDataset(part10.meta);
const dataset = dcmjs.normalizers.Normalizer.normalizeToDataset([natural]);

const one = (value) => (Array.isArray(value) ? value[0] : value);
const shared = one(dataset.SharedFunctionalGroupsSequence);
const items = [dataset.PerFrameFunctionalGroupsSequence].flat();
const group = (item, name) => one(item[name] ?? shared[name]);
const positions = items.map((item) =>
  along(
    [...group(item, "PlaneOrientationSequence").ImageOrientationPatient],
    [...group(item, "PlanePositionSequence").ImagePositionPatient],
  ),
);
const sorted = [...new Set(positions)].sort((a, b) => a - b);
const planeOf = new Map(sorted.map((position, index) => [position, index]));

const size = dataset.Rows * dataset.Columns;
const pixelData = one(dataset.PixelData);
const Type = dataset.BitsAllocated === 16 || dataset.SegmentSequence.length > 255 ? Uint16Array : Uint8Array;
const planes = sorted.map(() => new Type(size));
if (dataset.BitsAllocated === 1) {
  const pixels = dcmjs.data.BitArray.unpack(pixelData); // one byte for each pixel of every frame
  items.forEach((item, frame) => {
    const number = Number(group(item, "SegmentIdentificationSequence").ReferencedSegmentNumber);
    const plane = planes[planeOf.get(positions[frame])];
    const from = frame * size;
    for (let i = 0; i < size; i++) if (pixels[from + i]) plane[i] = number;
  });
} else {
  const pixels = new Type(pixelData);
  items.forEach((_, frame) => planes[planeOf.get(positions[frame])].set(pixels.subarray(frame * size, (frame + 1) * size)));
}
const times = elapsed();
finish(times, planes, version);
