// SPDX-License-Identifier: Apache-2.0
// What cornerstone3D's adapters and the cornerstone module find in one segmentation, on its images: docs/viewers.md.
// With OUT the label maps that were read are written again by the adapters, as OUT/adapters-binary.dcm and
// OUT/adapters-labelmap.dcm.
// usage: DSEG_JS_PACKAGE=... DSEG_JS=... node beside_adapters.mjs SEGMENTATION.dcm DIRECTORY-OF-IMAGES [OUT]
import fs from "node:fs";
import path from "node:path";
import { adapters, addStack, arrayBufferOf, cache, createAdapter, dcmjs, labelmapOf, pixelsOf, plainImages,
  segmentMetadata, writtenByAdapters } from "./kit.mjs";

const [file, directory, out] = process.argv.slice(2);
const KINDS = { binary: "1.2.840.10008.5.1.4.1.1.66.4", labelmap: "1.2.840.10008.5.1.4.1.1.66.7" };
const { DicomMessage, DicomMetaDictionary } = dcmjs.data;

function readImage(name) {
  const { dict } = DicomMessage.readFile(arrayBufferOf(path.join(directory, name)));
  const image = DicomMetaDictionary.naturalizeDataset(dict);
  for (const key of ["ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing"]) {
    image[key] = Array.from(image[key], Number);
  }
  return { ...image, PatientName: String(image.PatientName), PixelData: undefined };
}

function describe(result) {
  const labels = new Set(pixelsOf(result).flat(2));
  const lines = [`labels ${[...labels].sort((a, b) => a - b).join(" ")}`, `layers ${result.labelMapImages.length}`];
  result.segMetadata.data.forEach((item, index) => {
    if (!item) return;
    const { image, world } = result.centroids.get(index) ?? {};
    const place = image ? `centroid ${image.x},${image.y},${image.z} at ${[world.x, world.y, world.z]
      .map((value) => value.toFixed(1)).join(",")}` : "no centroid";
    const lab = item.RecommendedDisplayCIELabValue;
    const color = lab ? dcmjs.data.Colors.dicomlab2RGB8(Array.from(lab, Number)).join(",") : "none";
    lines.push(`[${index}] number ${item.SegmentNumber} "${item.SegmentLabel}" colour ${color} ${place}`);
  });
  return lines.join("\n");
}

/** The first layer of what was read, as a viewer hands it over to be stored. */
function writeAgain(result, [{ Rows: rows, Columns: columns }]) {
  const planes = pixelsOf(result)[0].map((plane) => Uint8Array.from(plane));
  const metadata = result.segMetadata.data.map((item, number) => item && segmentMetadata(number));
  const labelmap = labelmapOf(planes, rows, columns, metadata);
  for (const [kind, sopClassUID] of Object.entries(KINDS)) {
    const made = adapters.generateSegmentation(plainImages(imageIds, rows * columns), labelmap, provider, { sopClassUID });
    fs.writeFileSync(path.join(out, `adapters-${kind}.dcm`), Buffer.from(writtenByAdapters(made.dataset)));
  }
}

const images = fs.readdirSync(directory).filter((name) => name.endsWith(".dcm")).sort().map(readImage);
const { imageIds, provider } = addStack(images);
for (const [name, adapter] of [["adapters", adapters], ["dseg", createAdapter()]]) {
  console.log(`${name}:`);
  const settings = { metadataProvider: provider };
  try {
    const result = await adapter.createFromDICOMSegBuffer(imageIds, arrayBufferOf(file), settings);
    console.log(describe(result));
    if (out !== undefined && adapter === adapters) writeAgain(result, images);
  } catch (error) {
    console.log(`refused: ${error.message}`);
  }
  cache.purgeCache();
}
process.exit(0);
