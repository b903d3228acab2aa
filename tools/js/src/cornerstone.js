// SPDX-License-Identifier: Apache-2.0
// cornerstone.js - what cornerstone3D's adapters do with segmentations, with the same signatures and results.
import { DsegError } from "./errors.js";
import { fetchInstance, urlOfImageId } from "./viewers/dicomweb.js";
import { generateSegmentation } from "./viewers/generate_segmentation.js";
import { chooseImages, dot, placeAmong, stackImages } from "./viewers/image_planes.js";
import { LabelStatistics } from "./viewers/label_statistics.js";
import { itemOf } from "./viewers/segment_items.js";

/** Label maps in run-length form have no array, and take voxel by voxel. */
function fillImage(image, pixels) {
  const manager = image.voxelManager;
  const array = !manager ? image.getPixelData()
    : manager.getWritableScalarData ? manager.getWritableScalarData() : manager.getScalarData();
  if (array) array.set(pixels);
  else pixels.forEach((value, at) => value !== 0 && manager.setAtIndex(at, value));
}

/** Puts voxels into the label map images of one layer. */
function fillImages(images, chosen, labels) {
  const size = labels.rows * labels.columns;
  chosen.forEach(({ index }, plane) =>
    fillImage(images[index], labels.voxels.subarray(plane * size, (plane + 1) * size)));
}

/** An empty label map image. createAndCacheDerivedLabelmapImage makes images of bytes, whatever it is asked for. */
function createImage(imageLoader, imageId, bits) {
  return bits === 8 ? imageLoader.createAndCacheDerivedLabelmapImage(imageId)
    : imageLoader.createAndCacheDerivedImage(imageId, { targetBuffer: { type: "Uint16Array" } });
}

/** Segment Numbers in each image, by its index; images without any have no entry. Number 0, which a label map can have,
 * is the background to viewers. */
function segmentsByImage(statistics, chosen) {
  const found = [];
  statistics.planes.forEach((all, plane) => {
    const numbers = all.filter((number) => number !== 0);
    if (numbers.length > 0) found[chosen[plane].index] = numbers;
  });
  return found;
}

/** Where the middle of each segment but number 0 lies: column, row and index of the image (whole numbers), and in mm. */
function centroidsOf(statistics, stack, chosen) {
  const { pixelSpacing, orientation } = stack.planes[0];
  const found = new Map();
  for (const segment of statistics.segments) {
    if (segment.voxels === 0 || segment.number === 0) continue;
    const [x, y, mean] = segment.centroid;
    // Planes at uneven distances are no grid: the mean of planes' numbers then says where it lies along the normal.
    const place = segment.centroidMm ? placeAmong(stack.along, dot(segment.centroidMm, stack.normal)) : mean;
    const low = Math.min(Math.floor(place), chosen.length - 1);
    const high = Math.min(low + 1, chosen.length - 1);
    const share = place - low;
    const world = segment.centroidMm ?? [0, 1, 2].map((axis) =>
      (1 - share) * stack.planes[low].position[axis] + share * stack.planes[high].position[axis]
        + x * pixelSpacing[1] * orientation[axis] + y * pixelSpacing[0] * orientation[3 + axis]);
    const z = (1 - share) * chosen[low].index + share * chosen[high].index;
    // The sums behind a mean that is a whole number leave it a little below, at times.
    const whole = (value) => Math.floor(value + 1e-6);
    found.set(segment.number, {
      image: { x: whole(x), y: whole(y), z: whole(z) },
      world: { x: world[0], y: world[1], z: world[2] },
      count: segment.voxels,
    });
  }
  return found;
}

async function createLabelmaps(context, imageIds, input, { metadataProvider, tolerance }) {
  if (!metadataProvider?.get) throw new DsegError("argument", "metadataProvider is missing");
  const { dseg, imageLoader, progress } = context;
  const stack = stackImages(metadataProvider, imageIds, tolerance);
  const segmentation = await dseg.open(input);
  try {
    const chosen = chooseImages(stack, segmentation);
    const on = stack.planes;
    const highest = Math.max(0, ...segmentation.segments.map((segment) => segment.number));
    if (highest > 65535) {
      throw new DsegError("unsupported", `Segment Number ${highest} exceeds 16 bits, the most that label maps have`);
    }
    const bits = highest > 255 ? 16 : 8;
    const isFraction = segmentation.kind === "probability" || segmentation.kind === "occupancy";
    // Of fractions those from a half on are shown, and others are not to be counted either.
    const seen = isFraction ? new LabelStatistics(stack) : undefined;
    const counted = isFraction ? undefined : await segmentation.statistics({ on });
    // Layers are looked for where segments may overlap alone: they cost another pass.
    const count = isFraction || counted.overlap ? Math.max(1, (await segmentation.layers()).count) : 1;
    const labelMapImages = [];
    let outside = [];
    for (let layer = 1; layer <= count; layer++) {
      const labels = await segmentation.labels({ on, bits, layer: count > 1 ? layer : undefined });
      const images = imageIds.map((id) => createImage(imageLoader, id, bits));
      fillImages(images, chosen, labels);
      labelMapImages.push(images);
      seen?.add(labels);
      outside = labels.messages; // the same of each layer
      progress?.(Math.round((100 * layer) / count));
    }
    const statistics = counted ?? seen.finish();
    const data = [];
    for (const segment of segmentation.segments) data[segment.number] = itemOf(segment);
    const series = metadataProvider.get("generalSeriesModule", imageIds[0]);
    return {
      labelMapImages,
      segMetadata: { seriesInstanceUid: series?.seriesInstanceUID, data },
      segmentsOnFrame: segmentsByImage(statistics, chosen),
      centroids: centroidsOf(statistics, stack, chosen),
      overlappingSegments: count > 1,
      messages: segmentation.messages,
      outside,
    };
  } finally {
    segmentation.close();
  }
}

/** The bytes behind an image id, or a URL that is read by ranges. */
function inputOfImageId(context, imageId, metadataProvider) {
  if (context.loadInstance) return context.loadInstance(imageId, metadataProvider);
  const url = urlOfImageId(imageId);
  if (!url) {
    throw new DsegError("argument", `${imageId}: an id of another scheme than wadors, wadouri and dicomweb needs `
      + "loadInstance");
  }
  return fetchInstance(url, { headers: context.headers });
}

/**
 * Functions in the place of adaptersSEG.Cornerstone3D.Segmentation: see types/cornerstone.d.ts.
 * options: dseg; imageLoader of @cornerstonejs/core; loadInstance, headers and progress, each of which can be left out.
 */
export function createCornerstoneAdapter(options) {
  for (const [name, member] of [["dseg", "open"], ["imageLoader", "createAndCacheDerivedLabelmapImage"]]) {
    if (typeof options?.[name]?.[member] !== "function") throw new DsegError("argument", `${name} is missing`);
  }
  const context = { ...options };
  return {
    createFromDICOMSegBuffer: (imageIds, arrayBuffer, settings) =>
      createLabelmaps(context, imageIds, arrayBuffer, settings ?? {}),

    async createFromDicomSegImageId(imageIds, segImageId, settings) {
      const input = await inputOfImageId(context, segImageId, settings?.metadataProvider);
      return createLabelmaps(context, imageIds, input, settings ?? {});
    },

    async generateToolState(imageIds, arrayBuffer, metadataProvider, skipOverlapping, tolerance, version = 4) {
      if (version !== 4) throw new DsegError("unsupported", `label maps of cornerstoneTools ${version} are not made`);
      return createLabelmaps(context, imageIds, arrayBuffer, { metadataProvider, tolerance });
    },

    generateSegmentation: (images, labelmaps, metadataProvider, settings) =>
      generateSegmentation(context.dseg, images, labelmaps, metadataProvider, settings),
  };
}
