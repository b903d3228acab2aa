// SPDX-License-Identifier: Apache-2.0
// volume.js - what NiiVue draws: volumes as NIfTI-1 files in memory, thinned where they are larger than it can hold.

const HEADER_BYTES = 352;
const TYPES = new Map([
  [Uint8Array, [2, 8]],
  [Int16Array, [4, 16]],
  [Float32Array, [16, 32]],
  [Uint16Array, [512, 16]],
]);
const INTENT_LABEL = 1002;

/** voxels: plane, row, column; grid: {size: [columns, rows, planes], origin, step} in DICOM's coordinates, mm. */
export function makeNifti(voxels, grid, isLabels) {
  const [code, bits] = TYPES.get(voxels.constructor);
  const file = new ArrayBuffer(HEADER_BYTES + voxels.byteLength);
  const view = new DataView(file);
  view.setInt32(0, 348, true);
  view.setInt16(40, 3, true);
  grid.size.forEach((n, i) => view.setInt16(42 + 2 * i, n, true));
  for (let i = 3; i < 7; i++) view.setInt16(42 + 2 * i, 1, true);
  view.setInt16(68, isLabels ? INTENT_LABEL : 0, true);
  view.setInt16(70, code, true);
  view.setInt16(72, bits, true);
  view.setFloat32(76, 1, true);
  grid.step.forEach((step, i) => view.setFloat32(80 + 4 * i, Math.hypot(...step), true));
  view.setFloat32(108, HEADER_BYTES, true);
  view.setFloat32(112, 1, true);
  view.setUint8(123, 2); // mm
  view.setInt16(254, 1, true); // the rows below are the scanner's coordinates
  for (let row = 0; row < 3; row++) {
    const sign = row < 2 ? -1 : 1; // NIfTI's x goes to the right, its y to the front
    for (let i = 0; i < 3; i++) view.setFloat32(280 + 16 * row + 4 * i, sign * grid.step[i][row], true);
    view.setFloat32(280 + 16 * row + 12, sign * grid.origin[row], true);
  }
  new Uint8Array(file, 344, 4).set([0x6e, 0x2b, 0x31, 0]); // "n+1"
  new Uint8Array(file, HEADER_BYTES).set(new Uint8Array(voxels.buffer, voxels.byteOffset, voxels.byteLength));
  return file;
}

/** The smallest strides, the same for columns and rows, with which at most limit voxels remain. */
export function chooseStride(size, limit) {
  const stride = [1, 1, 1];
  const count = () => size.reduce((product, n, i) => product * Math.ceil(n / stride[i]), 1);
  while (count() > limit) {
    stride[0]++;
    stride[1]++;
    if (stride[0] > 4) stride[2]++;
  }
  return stride;
}

/** Voxels low[i] <= index[i] < high[i] of the grid, every stride[i]-th, with the grid that they lie on. */
export function takePart(voxels, grid, { low = [0, 0, 0], high = grid.size, stride = [1, 1, 1] }) {
  const whole = stride.every((n) => n === 1) && low.every((n) => n === 0) && high.every((n, i) => n === grid.size[i]);
  if (whole) return { voxels, grid };
  const [columns, rows] = grid.size;
  const size = high.map((n, i) => Math.ceil((n - low[i]) / stride[i]));
  const part = new voxels.constructor(size[0] * size[1] * size[2]);
  let to = 0;
  for (let k = 0; k < size[2]; k++) {
    for (let j = 0; j < size[1]; j++) {
      let from = ((low[2] + k * stride[2]) * rows + low[1] + j * stride[1]) * columns + low[0];
      for (let i = 0; i < size[0]; i++, from += stride[0]) part[to++] = voxels[from];
    }
  }
  const step = grid.step.map((vector, i) => vector.map((x) => x * stride[i]));
  const origin = grid.origin.map((x, axis) => x + grid.step.reduce((sum, vector, i) => sum + vector[axis] * low[i], 0));
  return { voxels: part, grid: { size, origin, step } };
}

/** The box around all voxels that are not 0 in one of the layers, a voxel wider; null where there is none. */
export function findBox(layers, [columns, rows, planes]) {
  const low = [columns, rows, planes];
  const high = [0, 0, 0];
  for (const voxels of layers) {
    for (let k = 0, line = 0; k < planes; k++) {
      for (let j = 0; j < rows; j++, line += columns) {
        let first = line;
        const end = line + columns;
        while (first < end && voxels[first] === 0) first++;
        if (first === end) continue;
        let last = end - 1;
        while (voxels[last] === 0) last--;
        low[0] = Math.min(low[0], first - line);
        high[0] = Math.max(high[0], last + 1 - line);
        low[1] = Math.min(low[1], j);
        high[1] = Math.max(high[1], j + 1);
        low[2] = Math.min(low[2], k);
        high[2] = k + 1 > high[2] ? k + 1 : high[2];
      }
    }
  }
  if (high[0] === 0) return null;
  return {
    low: low.map((n) => Math.max(0, n - 1)),
    high: high.map((n, i) => Math.min([columns, rows, planes][i], n + 1)),
  };
}
