// SPDX-License-Identifier: Apache-2.0
// Reads a segmentation with dcmjs and prints, as JSON, its segments and for each frame its segment, position and the
// CRC-32 of its pixels, one byte each.
// usage: node dcmjs_frames.mjs NODE_DIRECTORY FILE
import fs from "node:fs";
import zlib from "node:zlib";
import path from "node:path";
import { createRequire } from "node:module";

const [directory, file] = process.argv.slice(2);
const dcmjs = createRequire(path.join(directory, "/"))("dcmjs");
dcmjs.log.setLevel("error");

const bytes = fs.readFileSync(file);
const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
const part10 = dcmjs.data.DicomMessage.readFile(buffer);
const natural = dcmjs.data.DicomMetaDictionary.naturalizeDataset(part10.dict);
natural._meta = dcmjs.data.DicomMetaDictionary.namifyDataset(part10.meta);
const dataset = dcmjs.normalizers.Normalizer.normalizeToDataset([natural]);

// Other transfer syntaxes: Pixel Data is a list of fragments, which dcmjs does not decode.
const NATIVE = ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.2"];
const [syntax] = part10.meta["00020010"].Value;
if (!NATIVE.includes(syntax)) throw new Error(`frames are not decoded: the transfer syntax is ${syntax}`);
const pixelData = Array.isArray(dataset.PixelData) ? dataset.PixelData[0] : dataset.PixelData;
const count = Number(dataset.NumberOfFrames);
const size = dataset.Rows * dataset.Columns;
let pixels = new Uint8Array(pixelData);
if (dataset.BitsAllocated === 1) {
  pixels = dcmjs.data.BitArray.unpack(pixelData).map((value) => (value ? 1 : 0)); // it gives 255 for a set bit
}
const bytesPerPixel = dataset.BitsAllocated === 16 ? 2 : 1;

const one = (value) => (Array.isArray(value) ? value[0] : value);
const shared = one(dataset.SharedFunctionalGroupsSequence);
const group = (item, name) => one(item[name] ?? shared[name]);
// One item need not be in an array.
const items = [dataset.PerFrameFunctionalGroupsSequence].flat();
const frames = items.map((item, index) => {
  const identification = group(item, "SegmentIdentificationSequence");
  const start = index * size * bytesPerPixel;
  return {
    segment: identification ? Number(identification.ReferencedSegmentNumber) : null,
    position: Array.from(group(item, "PlanePositionSequence").ImagePositionPatient, Number),
    orientation: Array.from(group(item, "PlaneOrientationSequence").ImageOrientationPatient, Number),
    spacing: Array.from(group(item, "PixelMeasuresSequence").PixelSpacing, Number),
    crc: zlib.crc32(pixels.subarray(start, start + size * bytesPerPixel)),
  };
});
const segments = [dataset.SegmentSequence].flat().map((item) => ({
  number: Number(item.SegmentNumber),
  label: item.SegmentLabel,
  type: one(item.SegmentedPropertyTypeCodeSequence).CodeValue,
}));
if (frames.length !== count) {
  throw new Error(`${frames.length} items for ${count} frames`);
}
process.stdout.write(
  JSON.stringify({
    rows: dataset.Rows,
    columns: dataset.Columns,
    bits: dataset.BitsAllocated,
    segments,
    frames,
    referencedSeries: dataset.ReferencedSeriesSequence !== undefined,
  }),
);
