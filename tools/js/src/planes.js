// SPDX-License-Identifier: Apache-2.0
// planes.js - planes of images, as callers give them: checked, and in the order that the library wants.
import { argument, DsegError } from "./errors.js";

const cross = (a) => [a[1] * a[5] - a[2] * a[4], a[2] * a[3] - a[0] * a[5], a[0] * a[4] - a[1] * a[3]];
const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** Numbers, or texts of them; nothing is taken for 0 that is none. */
const isNumber = (value) => ["number", "string"].includes(typeof value) && String(value).trim() !== ""
  && Number.isFinite(Number(value));

function isNumbers(values, count) {
  return (Array.isArray(values) || ArrayBuffer.isView(values)) && values.length >= count &&
    Array.from(values).slice(0, count).every(isNumber);
}

function checkPlane(plane, index) {
  const whole = (value) => Number.isInteger(value) && value > 0 && value < 65536;
  if (!plane || !whole(plane.rows) || !whole(plane.columns)) {
    throw argument(`plane ${index} of on: rows and columns must be whole numbers from 1 to 65535`);
  }
  if (!isNumbers(plane.position, 3) || !isNumbers(plane.orientation, 6) || !isNumbers(plane.pixelSpacing, 2)) {
    throw argument(`plane ${index} of on: position needs 3 numbers, orientation 6, pixelSpacing 2`);
  }
}

function checkSame(plane, first, index) {
  const close = (a, b, tolerance) => Array.from(a).every((value, i) => Math.abs(value - b[i]) <= tolerance);
  if (plane.rows !== first.rows || plane.columns !== first.columns) {
    throw new DsegError("unsupported",
      `on: plane ${index} has ${plane.rows} x ${plane.columns} pixels, plane 0 ${first.rows} x ${first.columns}`);
  }
  if (!close(plane.orientation, first.orientation, 1e-3) || !close(plane.pixelSpacing, first.pixelSpacing, 1e-3)) {
    throw new DsegError("unsupported", `on: plane ${index} has another orientation or pixel spacing than plane 0`);
  }
}

/** How far two planes of one place along their normal, with position, orientation and pixelSpacing each, lie side by side,
 * mm; 0: no further than pixels that are one may lie (codec/model/raster.h). */
export function distanceBeside(plane, other) {
  const { orientation, pixelSpacing } = other;
  const off = [0, 1, 2].map((axis) => plane.position[axis] - other.position[axis]);
  const along = [[0, pixelSpacing[1]], [3, pixelSpacing[0]]].map(([first, spacing]) => {
    const distance = Math.abs(dot(off, Array.from(orientation).slice(first, first + 3)));
    return distance > Math.max(0.05 * spacing, 1e-3) ? distance : 0;
  });
  return Math.hypot(...along);
}

/** Voxels of a plane are not those of another one beside it. */
function checkBeside(planes, index, other) {
  const distance = distanceBeside(planes[index], planes[other]);
  if (distance === 0) return;
  const [low, high] = [Math.min(index, other), Math.max(index, other)];
  throw new DsegError("unsupported", `on: plane ${high} lies ${distance.toFixed(2)} mm beside plane ${low}, at the same `
    + "place along their normal: ask for each alone");
}

/** Planes by position along their normal, each place once. numbers: as the module wants them. place[i]: where the
 * caller's plane i is among them. */
export function sortPlanes(planes) {
  if (!Array.isArray(planes) || planes.length === 0) throw argument("on must be an array with at least one plane");
  planes.forEach(checkPlane);
  planes.forEach((plane, index) => checkSame(plane, planes[0], index));
  const first = planes[0];
  const normal = cross(first.orientation);
  const along = planes.map((plane) => dot(normal, plane.position));
  const order = planes.map((_, index) => index).sort((a, b) => along[a] - along[b]);
  const sorted = [];
  const place = new Array(planes.length);
  let last = -Infinity;
  for (const index of order) {
    if (along[index] - last > 1e-4) {
      sorted.push(index);
      last = along[index];
    } else {
      checkBeside(planes, index, sorted.at(-1));
    }
    place[index] = sorted.length - 1;
  }
  const numbers = Float64Array.from([
    ...first.pixelSpacing.slice(0, 2),
    ...first.orientation.slice(0, 6),
    ...sorted.flatMap((index) => Array.from(planes[index].position).slice(0, 3)),
  ]);
  return { rows: first.rows, columns: first.columns, count: sorted.length, numbers, place, normal, along,
    key: `${first.rows} ${first.columns} ${numbers.join(" ")}` };
}

/** Which planes of a geometry can touch planes of images with these positions along normal: those between the lowest
 * and the highest where they are parallel, else all. */
export function planesNear(geometry, normal, positions) {
  const own = cross(geometry.orientation);
  if (geometry.space === "slide" || Math.abs(dot(own, normal)) < 0.999) return geometry.planes.map((_, index) => index);
  const slack = 0.05 + Math.max(geometry.spacingBetweenSlices, geometry.sliceThickness) / 2;
  const wanted = positions.slice().sort((a, b) => a - b);
  return geometry.planes.flatMap((plane, index) => {
    const at = dot(normal, plane.position);
    return wanted.some((position) => Math.abs(position - at) <= slack) ? [index] : [];
  });
}
