// SPDX-License-Identifier: Apache-2.0
// scene.js - all that one segmentation needs to be drawn: image, layers of labels, overlap, and a small volume for 3D.
import { imagePlanes, readPixels, seriesGrid } from "./images.js";
import { chooseSeries } from "./match.js";
import { chooseStride, findBox, makeNifti, takePart } from "./volume.js";

// NiiVue holds four bytes a voxel in each of three textures.
const SLICE_VOXELS = 96e6;
const RENDER_VOXELS = 8e6;
const MAX_LAYERS = 6;
// mm; planes off their even places by more are told.
const UNEVEN = 0.1;

/** The grid of a segmentation's own planes, and how its label maps get there: planes that it leaves out are empty. */
function ownGrid({ rows, columns, planes, pixelSpacing, orientation, sliceThickness, grid }) {
  if (grid !== undefined) {
    return { size: [columns, rows, grid.size[2]], origin: grid.origin, step: grid.step, slots: grid.slots };
  }
  // No place in space, or planes on no grid: one after the other.
  const [between, along] = pixelSpacing.map((x) => x || 1);
  const row = orientation.slice(0, 3);
  const column = orientation.slice(3);
  const normal = [
    row[1] * column[2] - row[2] * column[1],
    row[2] * column[0] - row[0] * column[2],
    row[0] * column[1] - row[1] * column[0],
  ];
  const scaled = (vector, by) => vector.map((x) => x * by);
  return {
    size: [columns, rows, planes.length],
    origin: planes[0].position,
    step: [scaled(row, along), scaled(column, between), scaled(normal, sliceThickness || along)],
    slots: planes.map((_, plane) => plane),
    loose: planes.length > 1,
  };
}

function toSlots(labels, { size, slots }) {
  if (slots.length === size[2] && slots.every((slot, plane) => slot === plane)) return labels.voxels;
  const pixels = size[0] * size[1];
  const voxels = new labels.voxels.constructor(pixels * size[2]);
  slots.forEach((slot, plane) =>
    voxels.set(labels.voxels.subarray(plane * pixels, (plane + 1) * pixels), slot * pixels),
  );
  return voxels;
}

/** Segment Numbers become places in the list of segments, from 1, where they would need too wide a colour table. */
function renumber(layers, segments) {
  const largest = Math.max(0, ...segments.map(({ number }) => number));
  if (largest < 4096) return segments.map(({ number }) => number);
  const index = new Map(segments.map(({ number }, i) => [number, i + 1]));
  for (let layer = 0; layer < layers.length; layer++) {
    layers[layer] = Uint16Array.from(layers[layer], (number) => (number === 0 ? 0 : index.get(number)));
  }
  return segments.map((_, i) => i + 1);
}

async function readLayers(segmentation, on, notes, progress) {
  const { count } = segmentation.kind === "labels" ? { count: 1 } : await segmentation.layers();
  if (count > MAX_LAYERS) {
    notes.push(`The segments overlap so much that they need ${count} layers; the first ${MAX_LAYERS} are shown.`);
  }
  const layers = [];
  for (let layer = 1; layer <= Math.min(count, MAX_LAYERS); layer++) {
    const request = { on, progress };
    if (count > 1) request.layer = layer;
    const read = await segmentation.labels(request);
    for (const told of read.messages) if (!notes.includes(told)) notes.push(told);
    layers.push(read);
  }
  return layers;
}

/** Voxels that several layers have. */
function countOverlap(layers) {
  let overlap = 0;
  for (let i = 0; layers.length > 1 && i < layers[0].length; i++) {
    let covered = 0;
    for (const voxels of layers) covered += voxels[i] !== 0 ? 1 : 0;
    if (covered > 1) overlap++;
  }
  return overlap;
}

/** {scene, series} of an opened segmentation: buffers of the scene may be handed over to another thread; series: that of
 * the image in it, or null. */
export async function makeScene(row, segmentation, allSeries, progress) {
  const { path: name } = row;
  const notes = [...segmentation.messages];
  if (segmentation.geometry.planes.length === 0) throw new Error(`${name}: there are no planes to show`);
  const chosen = chooseSeries(row, segmentation, allSeries);
  let { series } = chosen;
  let layers;
  let grid;
  if (series !== null) {
    try {
      const read = await readLayers(segmentation, imagePlanes(series), notes, progress);
      layers = read.map(({ voxels }) => voxels);
      grid = seriesGrid(series);
      if (chosen.note) notes.push(chosen.note);
      if (grid.uneven > UNEVEN) {
        notes.push(`The images are not evenly spaced: one is ${grid.uneven.toFixed(1)} mm from where it is shown.`);
      }
      if (series.repeated > 0)
        notes.push(`${series.repeated} further images of the series lie in the same places and are not shown.`);
    } catch (error) {
      const reason = error.message.replace(`${name}: `, "").replace(/\.?$/, ".");
      notes.push(`The segmentation is shown without the images: ${reason}`);
      series = null;
    }
  } else if (chosen.note) {
    notes.push(chosen.note);
  }
  if (series === null) {
    grid = ownGrid(segmentation.geometry);
    if (grid.loose) {
      const what =
        segmentation.geometry.space === "slide" ? "The tiles of a slide" : "The planes lie on no regular grid and";
      notes.push(`${what} are shown one after the other, evenly spaced.`);
    }
    layers = (await readLayers(segmentation, undefined, notes, progress)).map((labels) => toSlots(labels, grid));
  }
  const values = renumber(layers, segmentation.segments);

  const stride = chooseStride(grid.size, SLICE_VOXELS);
  if (stride[0] > 1)
    notes.push(`Every ${stride[0]}. pixel is shown: the volume has more voxels than fit on a graphics card.`);
  const slices = (voxels, isLabels) => {
    const part = takePart(voxels, grid, { stride });
    return makeNifti(part.voxels, part.grid, isLabels);
  };
  const scene = {
    values,
    notes,
    layers: layers.map((voxels) => slices(voxels, true)),
    overlap: countOverlap(layers),
    render: [],
  };
  const box = findBox(layers, grid.size);
  if (box !== null) {
    const part = {
      ...box,
      stride: chooseStride(
        box.high.map((n, i) => n - box.low[i]),
        RENDER_VOXELS,
      ),
    };
    scene.render = layers.map((voxels) => {
      const taken = takePart(voxels, grid, part);
      return makeNifti(taken.voxels, taken.grid, true);
    });
  }
  if (series !== null) {
    scene.image = {
      volume: slices(await readPixels(series, progress), false),
      name: [series.modality, series.description].filter(Boolean).join(", "),
      modality: series.modality,
      window: series.window.every(Number.isFinite) ? series.window : null,
      isInverted: series.isInverted, // its values are negative here
      planes: series.planes.length,
    };
  } else {
    const [columns, rows, planes] = grid.size;
    scene.blank = slices(new Uint8Array(columns * rows * planes), false);
  }
  return { scene, series };
}

/** All buffers of a scene, to be transferred. */
export const sceneBuffers = ({ layers, render, image, blank }) => [...layers, ...render, image?.volume ?? blank];
