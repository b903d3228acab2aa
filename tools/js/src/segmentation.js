// SPDX-License-Identifier: Apache-2.0
// segmentation.js - an open segmentation (interface Segmentation of types/index.d.ts).
import { Ahead } from "./ahead.js";
import { argument, DsegError, listOf, optionsOf } from "./errors.js";
import { FrameTable } from "./frames.js";
import { Room } from "./module.js";
import { planesNear, sortPlanes } from "./planes.js";
import { callWithInputs } from "./tasks.js";
import { hearSignal } from "./turns.js";
import { WALKS, walkOver } from "./walks.js";
import { convertInto, transcodeInto } from "./write.js";

/** In the place of an input whose bytes all stay during a pass. */
const WHOLE = { now() {}, forget() {} };
const PLANE_NUMBERS = 8; // as face_planes has them
const types = { 8: Uint8Array, 16: Uint16Array, 32: Uint32Array };

/** What is said of a source, with its planes. */
export function describe(module, source) {
  module.check(module.calls.describe(source));
  const { planeCount, chunkPlanes, ...described } = module.json();
  const [numbers, grid] = module.with([new Room(Math.max(1, planeCount) * PLANE_NUMBERS * 8), new Room(15 * 8)], (planes, at) => {
    module.check(module.calls.planes(source, planes, at));
    return [module.copy(Float64Array, planes, planeCount * PLANE_NUMBERS), module.copy(Float64Array, at, 15)];
  });
  const geometry = described.geometry;
  geometry.planes = Array.from({ length: planeCount }, (_, p) => {
    const plane = numbers.subarray(p * PLANE_NUMBERS, (p + 1) * PLANE_NUMBERS);
    const made = { position: [...plane.subarray(0, 3)], reference: plane[5], referenceCount: plane[6] };
    if (geometry.space === "slide") made.matrix = [plane[3], plane[4]];
    return made;
  });
  if (grid[0] > 0) {
    const triple = (at) => [...grid.subarray(at, at + 3)];
    geometry.grid = {
      size: triple(0),
      origin: triple(3),
      step: [triple(6), triple(9), triple(12)],
      slots: geometry.planes.map((_, p) => numbers[p * PLANE_NUMBERS + 7]),
    };
  }
  return described;
}

function allocate(Type, length) {
  try {
    return new Type(length);
  } catch {
    throw new DsegError("memory", `out of memory for ${length * Type.BYTES_PER_ELEMENT} bytes of voxels`);
  }
}

/** Copies length voxels from the module to fresh zeros, and leaves out stretches of zeros: memory that nobody touches costs
 * nothing, and background is most of many label maps. */
function copyFilled(module, block, voxels, at, length) {
  const bytes = voxels.BYTES_PER_ELEMENT;
  const end = block + length * bytes;
  for (let from = block; from < end; ) {
    const begin = module.calls.skip_zeros(from, end);
    const to = module.calls.skip_filled(begin, end);
    if (begin < to) {
      const part = new voxels.constructor(module.host.bytes.buffer, begin, (to - begin) / bytes);
      voxels.set(part, at + (begin - block) / bytes);
    }
    from = to;
  }
}

/** [first, count] within count planes. */
function planeRange(planes, count) {
  if (planes === undefined) return [0, count];
  if (!Array.isArray(planes)) throw argument("planes are [first, count]");
  const [first, number] = planes;
  const isWhole = Number.isInteger(first) && Number.isInteger(number);
  if (!isWhole || first < 0 || number < 1 || first + number > count) {
    throw argument(`planes [${first}, ${number}]: there are planes 0 to ${count - 1}`);
  }
  return [first, number];
}

export class SegmentationHere {
  #dseg;
  #module;
  #source;
  #inputs;
  #frames;
  #view = null; // the last one: { key, source, sorted }
  #layers = null;
  #closed = false;

  constructor(dseg, module, source, inputs, described, messages) {
    this.#dseg = dseg;
    this.#module = module;
    this.#source = source;
    this.#inputs = inputs;
    Object.assign(this, described, { messages });
  }

  /** Runs work in turn, unless this was closed. */
  #run(work) {
    return this.#dseg.tasks.inTurn(async () => {
      if (this.#closed) throw new DsegError("closed", "the segmentation was closed");
      try {
        return await work();
      } finally {
        for (const input of this.#inputs) input.trim();
      }
    });
  }

  #call(call, options) {
    return callWithInputs(this.#module.host, this.#inputs, call, options);
  }

  #indexOf(number) {
    const index = this.segments.findIndex((segment) => segment.number === number);
    if (index < 0) throw argument(`there is no segment with the number ${number}`);
    return index;
  }

  /** Loads the frames of planes of the source; null: all. */
  async #load(planes, segments, signal) {
    if (this.#inputs.every((input) => input.isHere)) return;
    if (this.#inputs.length > 1) {
      await Promise.all(this.#inputs.map((input) => input.loadRanges([[0, input.size]], signal)));
      return;
    }
    const wanted = planes ?? this.geometry.planes.map((_, index) => index);
    const ranges = this.#frameTable()?.ranges(wanted, segments);
    if (ranges !== undefined) await this.#inputs[0].loadRanges(ranges, signal);
  }

  /** null: the source has no frames. */
  #frameTable() {
    const { frameCount } = this.encoding;
    this.#frames ??= FrameTable.read(this.#module, this.#source, frameCount, this.geometry.planes.length);
    return this.#frames;
  }

  /** Fetches what a pass over a target reads, and lets go of what lies behind it. */
  #aheadOf(target, segments, signal) {
    const load = (first, count) => this.#load(target.near(first, count), segments, signal);
    const [input] = this.#inputs;
    const isWhole = input.isHere || this.#inputs.length > 1; // several are loaded whole
    const bytes = isWhole ? 0 : this.#frameTable()?.bytes(segments) ?? 0;
    return new Ahead(load, bytes / Math.max(1, this.geometry.planes.length), isWhole ? WHOLE : input);
  }

  /** The source on planes of images. whole: what lies outside has to be empty, as where an object is made of it; else it
   * is left out, as where images of a series are missing, and messages say how much. */
  async #viewOn(on, { signal, whole = false } = {}) {
    const sorted = sortPlanes(on);
    const key = `${whole} ${sorted.key}`;
    if (this.#view?.key !== key) {
      this.#closeView();
      const { host, calls } = this.#module;
      host.messages = [];
      const source = await this.#call(
        () => this.#module.with([sorted.numbers], (numbers) => {
          const { rows, columns, count } = sorted;
          const made = calls.onto(this.#source, rows, columns, numbers, count, whole ? 0 : 1);
          return made !== 0 ? made : this.#module.fail();
        }),
        { signal, undo: (made) => calls.close(made) },
      );
      this.#view = { key, source, messages: host.takeMessages() };
    }
    return { source: this.#view.source, sorted, messages: [...this.#view.messages] };
  }

  #closeView() {
    if (this.#view !== null) this.#module.calls.close(this.#view.source);
    this.#view = null;
  }

  /** What a request reads from: the source, or a view on images, which has total planes. runs: stretches of these, in the
   * order of the result; near: the planes of the source below a stretch. place, of a view: where each plane of on is. */
  async #target(request) {
    const { rows, columns, planes } = this.geometry;
    if (request.on === undefined) {
      const [first, count] = planeRange(request.planes, planes.length);
      const near = (from, number) => Array.from({ length: number }, (_, i) => from + i);
      return { source: this.#source, rows, columns, count, total: planes.length, runs: [[first, count]], near,
        messages: [] };
    }
    const { source, sorted, messages } = await this.#viewOn(request.on, { signal: request.signal });
    const [first, count] = planeRange(request.planes, request.on.length);
    const runs = [];
    for (let i = first; i < first + count; i++) {
      const last = runs.at(-1);
      if (last && last[0] + last[1] === sorted.place[i]) last[1]++;
      else runs.push([sorted.place[i], 1]);
    }
    const at = new Array(sorted.count);
    sorted.place.forEach((place, index) => (at[place] = sorted.along[index]));
    const near = (from, number) => planesNear(this.geometry, sorted.normal, at.slice(from, from + number));
    return { source, rows: sorted.rows, columns: sorted.columns, count, total: sorted.count, runs, near, messages,
      place: sorted.place };
  }

  /** Fills an array of voxels, a few planes at a time. read(source, first, count, block, size) returns a count or -1. */
  async #fill(request, bits, segments, read) {
    const target = await this.#target(request);
    const plane = target.rows * target.columns;
    const Type = types[bits];
    const voxels = allocate(Type, target.count * plane);
    const step = Math.max(1, this.#module.calls.chunk_planes(target.source, bits));
    const chunks = target.runs.flatMap(([first, count]) => Array.from({ length: Math.ceil(count / step) }, (_, i) =>
      [first + i * step, Math.min(step, count - i * step), first + count]));
    const ahead = this.#aheadOf(target, segments, request.signal);
    let done = 0;
    let overlap = 0;
    for (const [first, count, end] of chunks) {
      await hearSignal(request.signal);
      await ahead.need(first, count, end);
      const length = count * plane;
      overlap += await this.#call(
        () => this.#module.with([new Room(length * Type.BYTES_PER_ELEMENT)], (block) => {
          const found = read(target.source, first, count, block, length * Type.BYTES_PER_ELEMENT);
          if (found < 0) this.#module.fail();
          copyFilled(this.#module, block, voxels, done * plane, length);
          return found;
        }),
        { signal: request.signal },
      );
      done += count;
      request.progress?.(done, target.count);
    }
    const { rows, columns, count: planes, messages } = target;
    return { voxels, rows, columns, planes, overlap, messages };
  }

  async labels(given) {
    const request = optionsOf(given, "labels");
    return this.#run(async () => {
      const largest = this.segments.reduce((most, segment) => Math.max(most, segment.number), 0);
      const bits = request.bits ?? (largest > 255 ? 16 : 8);
      if (types[bits] === undefined) throw argument(`bits are 8, 16 or 32, not ${bits}`);
      const segments = listOf(request.segments, "segments")?.map((number) => this.#indexOf(number)) ?? null;
      const layer = request.layer ?? 0;
      if (layer !== 0) {
        const { count } = await this.#assignLayers(request.signal);
        if (!Number.isInteger(layer) || layer < 0 || layer > count) {
          throw argument(`layer ${layer}: there are layers 1 to ${count}`);
        }
      }
      return this.#fill(request, bits, segments, (source, first, count, block, size) =>
        this.#module.with([segments && Uint32Array.from(segments)], (chosen) =>
          this.#module.calls.labels(source, first, count, bits, chosen, segments?.length ?? 0, layer, block, size),
        ),
      );
    });
  }

  async mask(number, given) {
    const request = optionsOf(given, "mask");
    return this.#run(async () => {
      const index = this.#indexOf(number);
      return this.#fill(request, 8, [index], (source, first, count, block, size) =>
        this.#module.calls.mask(source, index, first, count, block, size) === 0 ? 0 : -1,
      );
    });
  }

  /** A pass over all planes of a target, and what end makes of it. */
  #walk(kind, target, end, signal) {
    const ahead = this.#aheadOf(target, null, signal);
    const need = (first, count) => ahead.need(first, count, target.total);
    const needAll = () => this.#load(null, null, signal);
    return walkOver(this.#module, { kind, source: target.source, inputs: this.#inputs, need, needAll, end, signal });
  }

  async #assignLayers(signal) {
    if (this.#layers === null) {
      this.#layers = await this.#walk(WALKS.layers, await this.#target({}), (walk) =>
        this.#module.with([new Room(Math.max(1, this.segments.length) * 4)], (block) => {
          const count = this.#module.calls.layers(walk, this.#source, block);
          if (count < 0) this.#module.fail();
          return { count, of: [...this.#module.copy(Uint32Array, block, this.segments.length)] };
        }), signal);
    }
    return this.#layers;
  }

  async layers() {
    return this.#run(async () => structuredClone(await this.#assignLayers()));
  }

  async statistics(given) {
    const request = optionsOf(given, "statistics");
    return this.#run(async () => {
      const target = await this.#target({ on: request.on });
      const found = await this.#walk(WALKS.statistics, target, (walk) => {
        this.#module.check(this.#module.calls.statistics(walk, target.source));
        return this.#module.json();
      });
      if (target.place) found.planes = target.place.map((place) => found.planes[place]);
      return { ...found, messages: target.messages };
    });
  }

  async digest(given) {
    const { asMasks = false } = optionsOf(given, "digest");
    const kind = asMasks ? WALKS.digestAsMasks : WALKS.digest;
    return this.#run(async () => this.#walk(kind, await this.#target({}), (walk) =>
      this.#module.with([new Room(32)], (block) => {
        this.#module.calls.digest(walk, block);
        const bytes = this.#module.copy(Uint8Array, block, 32);
        return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
      })));
  }

  async convert(given) {
    const options = optionsOf(given, "convert");
    return this.#run(async () => {
      const from = options.on === undefined ? { source: this.#source, messages: [] }
        : await this.#viewOn(options.on, { whole: true });
      const indices = listOf(options.segments, "segments")?.map((number) => this.#indexOf(number));
      const segments = indices ? [...new Set(indices)] : null;
      await this.#load(null, null);
      const written = await convertInto(this.#module, from.source, options, segments, (call) => this.#call(call));
      return { ...written, messages: [...from.messages, ...written.messages] };
    });
  }

  async transcode(transferSyntax) {
    return this.#run(async () => {
      if (this.#inputs.length !== 1) {
        throw new DsegError("unsupported", "several inputs that were opened as one cannot be transcoded: open each alone");
      }
      const [input] = this.#inputs;
      await input.loadRanges([[0, input.size]]);
      const written = await transcodeInto(this.#module, input, transferSyntax, (call) => this.#call(call));
      return { ...written, sopInstanceUid: this.encoding.sopInstanceUid };
    });
  }

  cost() {
    const sum = (key) => this.#inputs.reduce((total, input) => total + input[key], 0);
    return { bytes: sum("loaded"), requests: sum("requests"), memory: this.#module.memoryBytes };
  }

  close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#dseg.forget(this);
    // What runs now is done first.
    void this.#dseg.tasks.inTurn(async () => {
      this.#closeView();
      this.#module.calls.close(this.#source);
      for (const input of this.#inputs) {
        this.#module.host.remove(input.descriptor);
        input.close();
      }
    });
  }
}
