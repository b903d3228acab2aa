// SPDX-License-Identifier: Apache-2.0
// A viewer's label maps as a DICOM object: what generateSegmentation of cornerstone3D's adapters is for.
import { DsegError } from "../errors.js";
import { imageHeaders } from "./image_headers.js";
import { readImage } from "./image_planes.js";
import { segmentOf } from "./segment_items.js";

const REPRESENTATIONS = new Map([
  ["1.2.840.10008.5.1.4.1.1.66.4", "binary"],
  ["1.2.840.10008.5.1.4.1.1.66.7", "labelmap"],
]);

/** The Segment Number of each value of a label map: labelToSegmentIndex of newer viewers, else the value itself. */
function numbersOfValues(labelmap) {
  const numbers = new Uint16Array(65536);
  for (let value = 1; value < numbers.length; value++) numbers[value] = value;
  for (const [value, number] of Object.entries(labelmap.labelToSegmentIndex ?? {})) numbers[value] = number;
  return numbers;
}

/** What is described, by Segment Number: metadata[number], in one label map or another. */
function collectSegments(labelmaps) {
  const segments = new Map();
  for (const { metadata } of labelmaps) {
    (metadata ?? []).forEach((item, number) => {
      if (number > 0 && item && !segments.has(number)) segments.set(number, segmentOf(item, number));
    });
  }
  return [...segments.values()].sort((a, b) => a.number - b.number);
}

/**
 * One volume of all label maps: { volume, overlap }. Throws where a label map is of another size than the images, holds
 * a value that is not described, or lies on an image that is not there.
 */
function mergeLabels(labelmaps, planes, described) {
  const { rows, columns } = planes[0].plane;
  const size = rows * columns;
  const volume = new Uint16Array(size * planes.length);
  const place = new Map(planes.map(({ index }, plane) => [index, plane * size]));
  let [overlap, isEmpty] = [false, true];
  const addSlice = (pixels, index, numbers) => {
    const fail = (what) => {
      throw new DsegError("argument", `label map of image ${index}: ${what}`);
    };
    if (pixels.length !== size) fail(`${pixels.length} pixels, while images have ${rows} x ${columns}`);
    const at = place.get(index);
    for (let pixel = 0; pixel < size; pixel++) {
      if (pixels[pixel] === 0) continue;
      const number = numbers[pixels[pixel]];
      if (at === undefined) fail("the image is not loaded");
      if (!described.has(number)) fail(`segment ${number} is not described`);
      const before = volume[at + pixel];
      overlap ||= before !== 0 && before !== number;
      volume[at + pixel] = number;
      isEmpty = false;
    }
  };
  for (const labelmap of labelmaps) {
    const numbers = numbersOfValues(labelmap);
    (labelmap.labelmaps2D ?? []).forEach((slice, index) => {
      if (slice?.pixelData) addSlice(slice.pixelData, index, numbers);
    });
  }
  if (isEmpty) throw new DsegError("argument", "no label map has a voxel of a segment");
  return { volume, overlap };
}

/** A mask of the planes for each segment, where segments overlap. */
function masksOf(labelmaps, planes, segments) {
  const { rows, columns } = planes[0].plane;
  const size = rows * columns;
  const masks = new Map(segments.map(({ number }) => [number, new Uint8Array(size * planes.length)]));
  for (const labelmap of labelmaps) {
    const numbers = numbersOfValues(labelmap);
    planes.forEach(({ index }, plane) => {
      const pixels = labelmap.labelmaps2D?.[index]?.pixelData ?? [];
      for (let pixel = 0; pixel < pixels.length; pixel++) {
        if (pixels[pixel] !== 0) masks.get(numbers[pixels[pixel]])[plane * size + pixel] = 1;
      }
    });
  }
  return [...masks.values()];
}

/**
 * images: cornerstone images ({ imageId }) of one stack, in its order; labelmaps: one or several of
 * { labelmaps2D: [{ pixelData, rows, columns }], metadata: [, item], labelToSegmentIndex? }, label maps by the index of
 * their image. settings: sopClassUID (BINARY where left out), transferSyntaxUid, SeriesDescription, SeriesNumber,
 * uidSeed, dateTime. Resolves to what dseg.write gives.
 */
export async function generateSegmentation(dseg, images, labelmaps, metadataProvider, settings = {}) {
  const list = [labelmaps].flat().filter(Boolean);
  const planes = images.map((image, index) =>
    (image?.imageId ? readImage(metadataProvider, image.imageId, index) : undefined)).filter(Boolean);
  if (planes.length === 0) throw new DsegError("argument", "there are no images that were segmented");
  const segments = collectSegments(list);
  const described = new Set(segments.map((segment) => segment.number));
  const { volume, overlap } = mergeLabels(list, planes, described);
  const as = settings.sopClassUID ? REPRESENTATIONS.get(settings.sopClassUID) : "binary";
  if (!as) throw new DsegError("argument", `${settings.sopClassUID} is no SOP Class of segmentations`);
  const voxels = overlap ? { masks: masksOf(list, planes, segments) } : { labels: volume };
  return dseg.write({
    ...voxels,
    segments,
    as,
    images: imageHeaders(metadataProvider, planes),
    on: planes.map(({ plane }) => plane),
    transferSyntax: settings.transferSyntaxUid ?? settings.transferSyntaxUID,
    seriesDescription: settings.SeriesDescription,
    seriesNumber: settings.SeriesNumber === undefined ? undefined : String(settings.SeriesNumber),
    uidSeed: settings.uidSeed,
    dateTime: settings.dateTime,
  });
}
