// SPDX-License-Identifier: Apache-2.0
// frames.js - where the frames of an object lie, so that those of some planes can be loaded before they are decoded.
import { Room } from "./module.js";

const NUMBERS = 4; // of a frame: offset, bytes, plane, segment's index

export class FrameTable {
  #frames;
  #order; // frames by plane
  #start; // where each plane's begin in it

  /** null: the frames of this source lie nowhere in particular. */
  static read(module, source, frameCount, planeCount) {
    const frames = new Float64Array(frameCount * NUMBERS);
    const step = 1 << 14;
    for (let first = 0; first < frameCount; first += step) {
      const count = Math.min(step, frameCount - first);
      const known = module.with([new Room(count * NUMBERS * 8)], (block) => {
        if (module.calls.frames(source, first, count, block) !== 0) return false;
        frames.set(module.copy(Float64Array, block, count * NUMBERS), first * NUMBERS);
        return true;
      });
      if (!known) return null;
    }
    return new FrameTable(frames, frameCount, planeCount);
  }

  constructor(frames, frameCount, planeCount) {
    this.#frames = frames;
    this.#start = new Uint32Array(planeCount + 1);
    for (let i = 0; i < frameCount; i++) this.#start[frames[i * NUMBERS + 2] + 1]++;
    for (let p = 0; p < planeCount; p++) this.#start[p + 1] += this.#start[p];
    const next = this.#start.slice();
    this.#order = new Uint32Array(frameCount);
    for (let i = 0; i < frameCount; i++) this.#order[next[frames[i * NUMBERS + 2]]++] = i;
  }

  /** Of all frames of segments (indices), or null for all. */
  bytes(segments) {
    let sum = 0;
    for (let at = 0; at < this.#frames.length; at += NUMBERS) {
      const segment = this.#frames[at + 3];
      if (segments === null || segment < 0 || segments.includes(segment)) sum += this.#frames[at + 1];
    }
    return sum;
  }

  /** [begin, end] in the file of the frames of planes; segments: indices, or null for all. */
  ranges(planes, segments) {
    const ranges = [];
    for (const plane of planes) {
      for (let i = this.#start[plane]; i < this.#start[plane + 1]; i++) {
        const at = this.#order[i] * NUMBERS;
        const segment = this.#frames[at + 3];
        if (segments === null || segment < 0 || segments.includes(segment)) {
          ranges.push([this.#frames[at], this.#frames[at] + this.#frames[at + 1]]);
        }
      }
    }
    return ranges;
  }
}
