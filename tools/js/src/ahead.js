// SPDX-License-Identifier: Apache-2.0
// ahead.js - fetches what a pass over planes reads, in windows of many planes: frames of one segment often lie together,
// so that few planes at a time would take many requests. While one window is worked on, the next one is on its way.

const WINDOW = 3 << 23; // bytes of frames, at least those of one step

export class Ahead {
  #load;
  #bytesOfPlane;
  #input;
  #window = null; // the planes that are here, or will be when done is resolved: { from, to, done, begun }
  #next = null;

  /** load(first, count): fetches the frames of planes, from input. bytesOfPlane: of all frames, on the average. */
  constructor(load, bytesOfPlane, input) {
    this.#load = load;
    this.#bytesOfPlane = bytesOfPlane;
    this.#input = input;
  }

  /** A window of whole steps from a plane on; null: there is none behind end. */
  #begin(from, count, end) {
    if (from >= end) return null;
    const steps = Math.max(1, Math.floor(WINDOW / Math.max(1, this.#bytesOfPlane * count)));
    const to = Math.min(end, from + steps * count);
    const begun = this.#input.now();
    const done = this.#load(from, to - from);
    done.catch(() => {}); // it is awaited in its turn, unless something fails before
    return { from, to, done, begun };
  }

  /** Resolves when the frames of a step are there. end: behind the last plane of the steps that follow. Lets go of the
   * windows before the last one, which may hold bytes that frames of two windows share. */
  async need(first, count, end) {
    const has = (window) => window !== null && window.from <= first && first + count <= window.to;
    if (!has(this.#window)) {
      const last = this.#window;
      this.#window = has(this.#next) ? this.#next : this.#begin(first, count, end);
      this.#next = null;
      if (last !== null) this.#input.forget(last.begun);
    }
    await this.#window.done;
    this.#next ??= this.#begin(this.#window.to, count, end);
  }
}
