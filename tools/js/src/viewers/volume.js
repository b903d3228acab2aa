// SPDX-License-Identifier: Apache-2.0
// A segmentation as volumes on its regular grid, for viewers that know no single planes.
import { DsegError } from "../errors.js";

/** The grid's third axis the other way. */
function reversed(grid) {
  const last = grid.size[2] - 1;
  const [across, down, through] = grid.step;
  return {
    size: grid.size,
    origin: grid.origin.map((value, axis) => value + last * through[axis]),
    step: [across, down, through.map((value) => -value)],
    slots: grid.slots.map((slot) => last - slot),
  };
}

/**
 * The grid, planes ordered so that its axes are right-handed, as viewers of volumes want them; or an error that says
 * why there is none: what planes between lack would have to be made up.
 */
export function gridOf(segmentation, name) {
  const { grid, planes } = segmentation.geometry;
  if (!grid) {
    throw new DsegError("unsupported", planes.length === 0 ? `${name}: the segmentation has no planes`
      : `${name}: the segmentation's planes lie on no regular grid, which a volume needs`);
  }
  const [a, b, c] = grid.step;
  const volume = a[0] * (b[1] * c[2] - b[2] * c[1]) + a[1] * (b[2] * c[0] - b[0] * c[2])
    + a[2] * (b[0] * c[1] - b[1] * c[0]);
  return volume < 0 ? reversed(grid) : grid;
}

/**
 * Voxels of the whole grid, column by column, row by row, plane by plane. request: layer or segments, and bits, as
 * Segmentation.labels takes them. Planes without frames are 0.
 */
export async function readVolume(segmentation, grid, request) {
  const labels = await segmentation.labels(request);
  const size = labels.rows * labels.columns;
  const { slots } = grid;
  if (slots.length === grid.size[2] && slots.every((slot, plane) => slot === plane)) return labels.voxels;
  const volume = new labels.voxels.constructor(size * grid.size[2]);
  slots.forEach((slot, plane) => volume.set(labels.voxels.subarray(plane * size, (plane + 1) * size), slot * size));
  return volume;
}

/** Segment Numbers must fit the bits of what viewers take. */
export function highestNumber(segmentation) {
  return Math.max(0, ...segmentation.segments.map((segment) => segment.number));
}
