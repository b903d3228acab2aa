// SPDX-License-Identifier: Apache-2.0
// The package that is tested, the peers that it is compared with, and images for both. In the environment:
// DSEG_JS_PACKAGE, the package as build/wasm puts it together; DSEG_JS, what tools/js/setup.sh has installed.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { createStacks } from "./stack.mjs";

const modules = path.resolve(process.env.DSEG_JS, "node", "node_modules");
const load = (name) => import(pathToFileURL(path.join(modules, name)).href);
/** A module of the package by the name of its file. */
export const loadPackage = (name) => import(pathToFileURL(path.resolve(process.env.DSEG_JS_PACKAGE, "src", name)).href);

export const { adaptersSEG } = await load("@cornerstonejs/adapters/dist/esm/index.js");
export const { cache, imageLoader, metaData } = await load("@cornerstonejs/core/dist/esm/index.js");
export const dcmjs = createRequire(path.join(modules, "/"))("dcmjs");
export const adapters = adaptersSEG.Cornerstone3D.Segmentation;
dcmjs.log.setLevel("error");
cache.setMaxCacheSize(2 ** 30);

export const dseg = await (await loadPackage("index.js")).Dseg.create();
const { createCornerstoneAdapter } = await loadPackage("cornerstone.js");
export const createAdapter = (options) => createCornerstoneAdapter({ dseg, imageLoader, ...options });

/** What make_objects.py wrote, by name. */
export function readStack(name) {
  return JSON.parse(fs.readFileSync(`${name}.json`, "utf8"));
}

export function arrayBufferOf(file) {
  const bytes = fs.readFileSync(file);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
}

export const addStack = createStacks(metaData);

/** Label maps of all layers: a plain list for each image. */
export function pixelsOf(result) {
  return result.labelMapImages.map((images) =>
    images.map((image) => [...(image.voxelManager?.getScalarData?.() ?? image.getPixelData())]));
}

/** cornerstone images with nothing but an id and pixels, as generateSegmentation takes them. */
export function plainImages(imageIds, size) {
  return imageIds.map((imageId) => ({ imageId, voxelManager: { getScalarData: () => new Uint16Array(size) } }));
}

/** Label maps as viewers hand them over: labels of each plane, and what segments are. */
export function labelmapOf(planes, rows, columns, metadata) {
  const labelmaps2D = planes.map((pixelData) =>
    ({ pixelData, rows, columns, segmentsOnLabelmap: [...new Set(pixelData)].filter((value) => value !== 0) }));
  const segmentsOnLabelmap = [...new Set(labelmaps2D.flatMap((one) => one.segmentsOnLabelmap))];
  return { labelmaps2D, metadata, segmentsOnLabelmap };
}

const code = (CodeValue, CodeMeaning) => ({ CodeValue, CodingSchemeDesignator: "SCT", CodeMeaning });
export function segmentMetadata(number, lab = [43803, 26565, 37722]) {
  return {
    SegmentNumber: number,
    SegmentLabel: `Label ${number}`,
    SegmentAlgorithmType: "MANUAL",
    SegmentAlgorithmName: "Brush",
    RecommendedDisplayCIELabValue: lab,
    SegmentedPropertyCategoryCodeSequence: code("123037004", "Anatomical Structure"),
    SegmentedPropertyTypeCodeSequence: code("10200004", "Liver"),
  };
}

/** A data set that an adapter made, as a file. */
export function writtenByAdapters(dataset) {
  const dict = dcmjs.data.datasetToDict(dataset);
  return dict.write();
}

/** NiiVue without a browser: its classes need the names of a few things that pages have. */
export async function loadNiivue() {
  globalThis.window ??= globalThis;
  globalThis.document ??= { createElement: () => ({ style: {}, getContext: () => null }) };
  return load("@niivue/niivue/dist/index.js");
}

export const loadItk = () => load("@itk-wasm/dicom/dist/index-node.js");
