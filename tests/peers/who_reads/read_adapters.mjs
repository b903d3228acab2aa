// SPDX-License-Identifier: Apache-2.0
// What cornerstone3D's adapters find in a segmentation on its images, as viewers show it.
// usage: node read_adapters.mjs NODE_DIRECTORY FILE IMAGES.json       IMAGES.json: attributes of the stack of images
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { framesOf, geometryOf } from "./listing.mjs";
import { createStacks } from "../../../tools/js/tests/viewers/stack.mjs";

const [directory, file, list] = process.argv.slice(2);
const modules = path.resolve(directory, "node_modules");
const load = (name) => import(pathToFileURL(path.join(modules, name)).href);
const { adaptersSEG } = await load("@cornerstonejs/adapters/dist/esm/index.js");
const { cache, metaData } = await load("@cornerstonejs/core/dist/esm/index.js");
cache.setMaxCacheSize(2 ** 32);

const images = JSON.parse(fs.readFileSync(list, "utf8"));
const { imageIds, provider } = createStacks(metaData)(images);
const bytes = fs.readFileSync(file);
const { labelMapImages, segMetadata } = await adaptersSEG.Cornerstone3D.Segmentation.createFromDICOMSegBuffer(imageIds,
  bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length), { metadataProvider: provider });

const frames = labelMapImages.flatMap((layer) => layer.flatMap((image, index) =>
  framesOf(image.voxelManager?.getScalarData?.() ?? image.getPixelData(), geometryOf(images[index]))));
const labels = Object.fromEntries(segMetadata.data.filter(Boolean).map((item) => [item.SegmentNumber, item.SegmentLabel]));
process.stdout.write(JSON.stringify({ frames, labels }), () => process.exit(0));
