// SPDX-License-Identifier: Apache-2.0
// Where the images of a viewer lie: planes for Segmentation.labels({ on }), from a metadata provider of cornerstone.
import { DsegError } from "../errors.js";
import { distanceBeside } from "../planes.js";

/** Metadata gives vectors as arrays, as typed arrays, as texts in arrays, or as {x, y, z}. */
export function numbersOf(value) {
  if (value === undefined || value === null) return undefined;
  const list = typeof value.x === "number" ? [value.x, value.y, value.z] : Array.from(value, Number);
  return list.every(Number.isFinite) ? list : undefined;
}

const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const isNear = (a, b, tolerance) => a.every((value, i) => Math.abs(value - b[i]) <= tolerance);
const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];

/** The number of the frame that an image id names, from 1; 0: none. */
export function frameOf(imageId) {
  const match = /\/frames\/(\d+)|[?&]frame=(\d+)/.exec(imageId);
  return match ? Number(match[1] ?? match[2]) : 0;
}

/**
 * One image: its plane (types/index.d.ts, ImagePlane) and whose it is. index: its place in the viewer's list.
 * Throws where the provider does not know where the image lies.
 */
export function readImage(provider, imageId, index) {
  const plane = provider.get("imagePlaneModule", imageId) ?? {};
  const [row, column] = [numbersOf(plane.rowCosines), numbersOf(plane.columnCosines)];
  const orientation = row && column ? [...row, ...column] : numbersOf(plane.imageOrientationPatient);
  const position = numbersOf(plane.imagePositionPatient);
  const spacing = numbersOf([plane.rowPixelSpacing ?? plane.pixelSpacing?.[0],
    plane.columnPixelSpacing ?? plane.pixelSpacing?.[1]]);
  const [rows, columns] = [Number(plane.rows), Number(plane.columns)];
  if (orientation?.length !== 6 || position?.length !== 3 || !spacing || !(rows > 0) || !(columns > 0)) {
    throw new DsegError("argument", `image ${imageId}: its metadata does not say where it lies (imagePlaneModule)`);
  }
  const general = provider.get("generalImageModule", imageId) ?? {};
  const common = provider.get("sopCommonModule", imageId) ?? {};
  return {
    index,
    imageId,
    plane: { rows, columns, position, orientation, pixelSpacing: spacing },
    frameOfReferenceUid: plane.frameOfReferenceUID,
    sopInstanceUid: general.sopInstanceUID ?? common.sopInstanceUID,
    frame: frameOf(imageId),
  };
}

const isSameRaster = (a, b, tolerance) => a.rows === b.rows && a.columns === b.columns
  && isNear(a.orientation, b.orientation, tolerance) && isNear(a.pixelSpacing, b.pixelSpacing, tolerance);

/** The largest group of images on one raster: a stack can hold localizers of other directions. */
function largestGroup(images, tolerance) {
  const groups = [];
  for (const image of images) {
    const group = groups.find(([first]) => isSameRaster(first.plane, image.plane, tolerance));
    if (group) group.push(image);
    else groups.push([image]);
  }
  return groups.reduce((best, group) => (group.length > best.length ? group : best));
}

/** Of images side by side each would need voxels of its own, and a stack has one plane at each height. */
function checkBeside(image, other) {
  const distance = distanceBeside(image.plane, other.plane);
  if (distance > 0) {
    throw new DsegError("unsupported", `image ${image.imageId} lies ${distance.toFixed(2)} mm beside image ${other.imageId}, `
      + "at the same place along their normal: put the segmentation on each alone");
  }
}

/**
 * The stack that the images are: { planes, slots, normal }. planes: one for each position, by ascending position along
 * the normal. slots[p]: the images at it. tolerance: of directions' components, and of distances in mm. Throws where
 * images lie side by side.
 */
export function stackImages(provider, imageIds, tolerance = 1e-3) {
  if (!imageIds?.length) throw new DsegError("argument", "there are no images to put the segmentation on");
  const group = largestGroup(imageIds.map((id, index) => readImage(provider, id, index)), tolerance);
  const { orientation } = group[0].plane;
  const normal = cross(orientation.slice(0, 3), orientation.slice(3));
  const sorted = group.map((image) => ({ image, along: dot(image.plane.position, normal) }))
    .sort((a, b) => a.along - b.along);
  const [planes, slots, along] = [[], [], []];
  for (const item of sorted) {
    if (planes.length > 0 && item.along - along.at(-1) <= tolerance) {
      checkBeside(item.image, slots.at(-1)[0]);
      slots.at(-1).push(item.image);
    } else {
      planes.push({ ...item.image.plane, orientation });
      slots.push([item.image]);
      along.push(item.along);
    }
  }
  return { planes, slots, along, normal };
}

/**
 * The image of each plane that gets the voxels: of several at one place, phases for instance, the one that the
 * segmentation refers to, else the first of the viewer's list. Throws where the segmentation belongs to another frame
 * of reference and refers to none of the images.
 */
export function chooseImages(stack, segmentation) {
  const referred = new Set(segmentation.references.map((image) => image.sopInstanceUid));
  const isReferred = (image) => referred.has(image.sopInstanceUid);
  const own = segmentation.geometry.frameOfReferenceUid;
  const theirs = stack.slots[0][0].frameOfReferenceUid;
  if (own && theirs && own !== theirs && !stack.slots.some((images) => images.some(isReferred))) {
    throw new DsegError("argument", `the segmentation lies in the frame of reference ${own} (0020,0052), the images in `
      + `${theirs}, and it refers to none of them`);
  }
  return stack.slots.map((images) => {
    const byIndex = [...images].sort((a, b) => a.index - b.index);
    return byIndex.find(isReferred) ?? byIndex[0];
  });
}

/** Where a point lies among the planes: a plane's number, with a fraction between two planes. */
export function placeAmong(along, value) {
  let next = along.findIndex((at) => at >= value);
  if (next < 0) next = along.length - 1;
  if (next === 0 || along.length === 1) return next;
  return next - (along[next] - value) / (along[next] - along[next - 1]);
}
export { dot };
