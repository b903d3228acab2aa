// SPDX-License-Identifier: Apache-2.0
// What Segmentation.statistics says of segments, of label maps: for fractions, of which a viewer shows a part.

export class LabelStatistics {
  #planes;
  #sums = new Map(); // voxels, and the sums of their columns, rows and planes, by Segment Number

  /** stack: what stackImages found. */
  constructor(stack) {
    this.#planes = stack.planes.map(() => new Set());
  }

  /** The label map of one layer on all planes. */
  add({ voxels, rows, columns }) {
    this.#planes.forEach((numbers, plane) => {
      for (let row = 0, at = plane * rows * columns; row < rows; row++) {
        for (let column = 0; column < columns; column++, at++) {
          const number = voxels[at];
          if (number === 0) continue;
          let sum = this.#sums.get(number);
          if (sum === undefined) this.#sums.set(number, (sum = [0, 0, 0, 0]));
          sum[0]++;
          sum[1] += column;
          sum[2] += row;
          sum[3] += plane;
          numbers.add(number);
        }
      }
    });
  }

  /** Centroids are in columns, rows and planes alone. */
  finish() {
    const segments = [...this.#sums].map(([number, [voxels, ...sums]]) =>
      ({ number, voxels, centroid: sums.map((sum) => sum / voxels), centroidMm: null }));
    const planes = this.#planes.map((numbers) => [...numbers].sort((a, b) => a - b));
    return { segments, planes };
  }
}
