// SPDX-License-Identifier: Apache-2.0
// niivue.js - segmentations in NiiVue: a NIfTI-1 file in memory, the colours and names of its labels, and a loader.
import { DsegError } from "./errors.js";
import { gridOf, highestNumber, readVolume } from "./viewers/volume.js";

const HEADER_BYTES = 352;
const INTENT_LABEL = 1002;
const DATA_TYPES = { 1: [2, 8], 2: [512, 16] }; // unsigned integers by bytes: datatype, bitpix

function headerOf(grid, layers, bytes, description) {
  const [columns, rows, planes] = grid.size;
  const [type, bits] = DATA_TYPES[bytes];
  const header = new DataView(new ArrayBuffer(HEADER_BYTES));
  const lengths = grid.step.map((step) => Math.hypot(...step));
  header.setInt32(0, 348, true);
  [layers > 1 ? 4 : 3, columns, rows, planes, layers, 1, 1, 1].forEach((n, i) => header.setInt16(40 + 2 * i, n, true));
  header.setInt16(68, INTENT_LABEL, true);
  header.setInt16(70, type, true);
  header.setInt16(72, bits, true);
  [1, ...lengths, 1, 0, 0, 0].forEach((n, i) => header.setFloat32(76 + 4 * i, n, true)); // pixdim
  header.setFloat32(108, HEADER_BYTES, true);
  header.setFloat32(112, 1, true); // scl_slope
  header.setUint8(123, 2); // millimetres
  new TextEncoder().encodeInto(description, new Uint8Array(header.buffer, 148, 79)); // descrip
  header.setInt16(254, 1, true); // sform: scanner coordinates
  for (let axis = 0; axis < 3; axis++) {
    const sign = axis < 2 ? -1 : 1; // NIfTI's x and y point to the right and to the front
    [...grid.step.map((step) => step[axis]), grid.origin[axis]]
      .forEach((n, i) => header.setFloat32(280 + 16 * axis + 4 * i, sign * n, true));
  }
  [0x6e, 0x2b, 0x31, 0].forEach((n, i) => header.setUint8(344 + i, n)); // "n+1"
  return new Uint8Array(header.buffer);
}

/**
 * The segmentation as a NIfTI-1 file: voxels are Segment Numbers. Segments that overlap are in layers, one behind the
 * other along the fourth axis (NiiVue's frames), so that none is lost; options.layer gives one of them, from 1.
 * options.description: what descrip says, at most 79 bytes.
 */
export async function toNifti(segmentation, { layer, signal, description = "dseg" } = {}) {
  const grid = gridOf(segmentation, "NIfTI");
  const highest = highestNumber(segmentation);
  if (highest > 65535) throw new DsegError("unsupported", `NIfTI: Segment Number ${highest} exceeds 16 bits`);
  if (grid.size.some((size) => size > 32767)) throw new DsegError("unsupported", `NIfTI-1 ends at 32767 voxels a line`);
  const count = layer ? 1 : (await segmentation.layers()).count;
  // Without segments there are no layers, and one of background alone.
  const layers = count > 0 ? Array.from({ length: count }, (_, i) => layer ?? i + 1) : [undefined];
  const bytes = highest > 255 ? 2 : 1;
  const size = grid.size[0] * grid.size[1] * grid.size[2] * bytes;
  const file = new Uint8Array(HEADER_BYTES + size * layers.length);
  file.set(headerOf(grid, layers.length, bytes, description));
  for (const [i, one] of layers.entries()) {
    const voxels = await readVolume(segmentation, grid, { layer: one, bits: 8 * bytes, signal });
    file.set(new Uint8Array(voxels.buffer, voxels.byteOffset, voxels.byteLength), HEADER_BYTES + i * size);
  }
  return file.buffer;
}

/** Colours and names for NVImage.setColormapLabel. */
export function colormapLabel(segmentation) {
  const map = { R: [0], G: [0], B: [0], A: [0], I: [0], labels: ["background"] };
  for (const { number, rgb, label } of segmentation.segments) {
    if (number === 0) continue;
    map.R.push(rgb[0]);
    map.G.push(rgb[1]);
    map.B.push(rgb[2]);
    map.A.push(255);
    map.I.push(number);
    map.labels.push(label);
  }
  return map;
}

/**
 * Lets a Niivue open DICOM segmentations by the ending of their names, "dcm" where left out: nv.loadVolumes([{ url }]),
 * nv.loadImages, and files dropped on it. Images get the segments' colours and names when they are there
 * (nv.onImageLoaded, whose former function is called, too).
 */
export function register(nv, dseg, { extension = "dcm" } = {}) {
  const maps = new Map(); // of files read, by descrip, which NiiVue keeps
  nv.useLoader(async (item) => {
    const input = typeof item?.arrayBuffer === "function" ? await item.arrayBuffer() : item;
    const segmentation = await dseg.open(input);
    try {
      const description = `dseg ${segmentation.encoding.sopInstanceUid ?? maps.size}`;
      maps.set(description, colormapLabel(segmentation));
      return await toNifti(segmentation, { description });
    } finally {
      segmentation.close();
    }
  }, extension, "nii");
  const former = nv.onImageLoaded;
  nv.onImageLoaded = (volume) => {
    const map = maps.get(volume.hdr?.description?.replace(/\0.*$/s, ""));
    if (map) {
      volume.setColormapLabel(map);
      nv.updateGLVolume();
    }
    former?.call(nv, volume);
  };
}
