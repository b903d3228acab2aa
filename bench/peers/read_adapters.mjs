// SPDX-License-Identifier: Apache-2.0
// cornerstone3D's adapters, as OHIF uses them: a SEG object into label map images of the source series.
// usage: node read_adapters.mjs NODE_DIRECTORY FILE [--check]      FILE.sources.json holds the source series' attributes
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { createStacks } from "../../tools/js/tests/viewers/stack.mjs";
import { along, arrayBufferOf, begin, elapsed, finish } from "./label_map.mjs";

const [directory, file] = [path.resolve(process.argv[2]), process.argv[3]];
const modules = path.join(directory, "node_modules");
const load = (name) => import(pathToFileURL(path.join(modules, name)).href);
const version = JSON.parse(fs.readFileSync(path.join(modules, "@cornerstonejs/adapters/package.json"))).version;
const { adaptersSEG } = await load("@cornerstonejs/adapters/dist/esm/index.js");
const { cache, metaData } = await load("@cornerstonejs/core/dist/esm/index.js");

const sources = JSON.parse(fs.readFileSync(`${file}.sources.json`, "utf8"));
const { imageIds, provider } = createStacks(metaData)(sources.map((source) => ({ Modality: "CT", ...source })));
cache.setMaxCacheSize(16 * 2 ** 30);

begin();
const result = await adaptersSEG.Cornerstone3D.Segmentation.createFromDICOMSegBuffer(
  imageIds,
  arrayBufferOf(file),
  { metadataProvider: provider, tolerance: 1e-3 },
);
const times = elapsed();

// Checked as one label map: overlapping segments would be in further arrays.
const images = result.labelMapImages[0];
const order = sources
  .map((source, index) => ({ index, at: along(source.ImageOrientationPatient, source.ImagePositionPatient) }))
  .sort((a, b) => a.at - b.at);
const planes = order.map(({ index }) => images[index].voxelManager?.getScalarData?.() ?? images[index].getPixelData());
finish(times, planes, version);
process.exit(0);
