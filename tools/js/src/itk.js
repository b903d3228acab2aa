// SPDX-License-Identifier: Apache-2.0
// itk.js - readSegmentation and readOverlappingSegmentation of @itk-wasm/dicom, with the same arguments and results:
// VolView takes this module in the place of that one.
import { DsegError } from "./errors.js";
import { Dseg } from "./index.js";
import { gridOf, highestNumber, readVolume } from "./viewers/volume.js";

let shared;
/** The Dseg that reads; one without a worker is made at the first call where none is given. */
export function setDseg(dseg) {
  shared = dseg;
}

const codeOf = ({ value, scheme, meaning }) =>
  ({ CodeMeaning: meaning, CodeValue: value, CodingSchemeDesignator: scheme });

/** One of segmentAttributes, with dcmqi's names. */
function attributesOf(segment) {
  const attributes = {
    labelID: segment.number,
    SegmentLabel: segment.label,
    SegmentDescription: segment.description ?? "",
    SegmentAlgorithmType: segment.algorithmType,
    SegmentedPropertyCategoryCodeSequence: codeOf(segment.category),
    SegmentedPropertyTypeCodeSequence: codeOf(segment.type),
    recommendedDisplayRGBValue: [...segment.rgb],
  };
  if (segment.algorithmName) attributes.SegmentAlgorithmName = segment.algorithmName;
  const lists = { SegmentedPropertyTypeModifierCodeSequence: segment.typeModifiers,
    AnatomicRegionSequence: segment.anatomicRegions, AnatomicRegionModifierSequence: segment.anatomicRegionModifiers };
  for (const [name, codes] of Object.entries(lists)) {
    if (codes.length > 0) attributes[name] = codeOf(codes[0]); // dcmqi holds one of each
  }
  if (segment.trackingId) attributes.TrackingIdentifier = segment.trackingId;
  if (segment.trackingUid) attributes.TrackingUniqueIdentifier = segment.trackingUid;
  return attributes;
}

/** An image of itk-wasm in LPS: axes are columns of direction, which is stored row by row. */
function imageOf(grid, data, components) {
  const spacing = grid.step.map((step) => Math.hypot(...step));
  const direction = new Float64Array(9);
  grid.step.forEach((step, axis) => step.forEach((value, row) => {
    direction[3 * row + axis] = value / spacing[axis];
  }));
  return {
    imageType: { dimension: 3, componentType: data instanceof Int16Array ? "int16" : "uint16",
      pixelType: components === undefined ? "Scalar" : "VariableLengthVector", components: components ?? 1 },
    name: "",
    origin: [...grid.origin],
    spacing,
    direction,
    size: [...grid.size],
    bufferedRegion: { index: [0, 0, 0], size: [...grid.size] },
    metadata: new Map(),
    data,
  };
}

/** Volumes of the groups, voxel by voxel: component c of each is group c's. */
async function readGroups(segmentation, grid, requests) {
  const voxels = grid.size[0] * grid.size[1] * grid.size[2];
  // dcmqi's images are of signed integers.
  const Values = highestNumber(segmentation) > 32767 ? Uint16Array : Int16Array;
  const data = new Values(voxels * requests.length);
  for (const [component, request] of requests.entries()) {
    const volume = await readVolume(segmentation, grid, { ...request, bits: 16 });
    if (requests.length === 1) data.set(volume);
    else for (let i = 0, at = component; i < voxels; i++, at += requests.length) data[at] = volume[i];
  }
  return data;
}

/** dicomFile: a File, or itk-wasm's { path, data }, or a path in node. */
async function open(dicomFile) {
  shared ??= Dseg.create().catch((error) => {
    shared = undefined; // the next call tries again
    throw error;
  });
  const dseg = await shared;
  const isBinary = dicomFile?.data instanceof Uint8Array;
  return dseg.open(isBinary ? dicomFile.data : dicomFile, isBinary ? { name: dicomFile.path } : undefined);
}

async function read(dicomFile, group) {
  const segmentation = await open(dicomFile);
  try {
    const grid = gridOf(segmentation, "an image of ITK");
    if (highestNumber(segmentation) > 65535) throw new DsegError("unsupported", "labels of more than 16 bits");
    const { requests, groups, components } = await group(segmentation);
    const data = await readGroups(segmentation, grid, requests);
    const metaInfo = { segmentAttributes: groups.map((segments) => segments.map(attributesOf)) };
    return { segImage: imageOf(grid, data, components), metaInfo };
  } finally {
    segmentation.close();
  }
}

/** Segments that do not overlap, as one label map. Throws where they do. */
export function readSegmentation(dicomFile) {
  return read(dicomFile, async (segmentation) => {
    const { count } = await segmentation.layers();
    if (count > 1) {
      throw new DsegError("overlap", "segments overlap: readOverlappingSegmentation reads them in several components");
    }
    return { requests: [{}], groups: [segmentation.segments] };
  });
}

/** A component for each layer of segments that do not overlap (mergeSegments), else one for each segment. */
export function readOverlappingSegmentation(dicomFile, { mergeSegments = false } = {}) {
  return read(dicomFile, async (segmentation) => {
    const { segments } = segmentation;
    if (!mergeSegments) {
      return { requests: segments.map(({ number }) => ({ segments: [number] })), groups: segments.map((one) => [one]),
        components: segments.length };
    }
    const { count, of } = await segmentation.layers();
    const layers = Array.from({ length: count }, (_, layer) => layer);
    return { requests: layers.map((layer) => ({ layer: layer + 1 })), components: count,
      groups: layers.map((layer) => segments.filter((_, i) => of[i] === layer)) };
  });
}
