// SPDX-License-Identifier: Apache-2.0
// What @itk-wasm/dicom and the ITK module read of one segmentation: docs/viewers.md.
// usage: DSEG_JS_PACKAGE=... DSEG_JS=... node beside_itk.mjs SEGMENTATION.dcm
import path from "node:path";
import { loadItk, loadPackage } from "./kit.mjs";

const file = path.resolve(process.argv[2]);
const itk = await loadItk();
const { readSegmentation } = await loadPackage("itk.js");
for (const [name, read] of [["@itk-wasm/dicom", itk.readSegmentationNode], ["dseg", readSegmentation]]) {
  try {
    const { segImage, metaInfo } = await read(file);
    const labels = [...new Set(segImage.data)].sort((a, b) => a - b);
    const names = metaInfo.segmentAttributes.flat().map((segment) => segment.SegmentLabel);
    console.log(`${name}: ${segImage.size.join(" x ")}, labels ${labels.join(" ")}, ${names.join(", ")}`);
  } catch (error) {
    console.log(`${name}: refused: ${error?.message ?? error}`);
  }
}
process.exit(0);
