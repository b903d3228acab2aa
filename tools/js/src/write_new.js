// SPDX-License-Identifier: Apache-2.0
// write_new.js - a new object from arrays: label maps or masks, described segments, images.
import { argument, DsegError } from "./errors.js";
import { Room } from "./module.js";
import { sortPlanes } from "./planes.js";
import { giveSegment, sortSegments } from "./segment_input.js";
import { callWithInputs } from "./tasks.js";
import { textsOf } from "./write.js";

const kinds = { labels: 0, masks: 1, probability: 2 };
const labelArrays = [Uint8Array, Uint8ClampedArray, Uint16Array, Uint32Array];

/** Voxels, of as many segments as are described. */
function checkVoxels({ labels, masks, segments }) {
  if ((labels === undefined) === (masks === undefined)) throw argument("write needs labels or masks, one of both");
  if (labels !== undefined && !labelArrays.some((Type) => labels instanceof Type)) {
    throw argument("labels must be a Uint8Array, Uint16Array or Uint32Array");
  }
  if (!Array.isArray(segments)) throw argument("segments must be an array");
  if (masks !== undefined) {
    if (!Array.isArray(masks)) throw argument("masks must be an array of Uint8Arrays");
    if (masks.length !== segments.length) throw argument(`there are ${masks.length} masks for ${segments.length} segments`);
    const isBytes = (mask) => mask instanceof Uint8Array || mask instanceof Uint8ClampedArray;
    if (!masks.every(isBytes)) throw argument("masks must be Uint8Arrays, a byte a voxel");
  }
}

/** One label map of masks; null where they overlap. */
function mergeMasks(masks, segments) {
  const size = masks.length > 0 ? masks[0].length : 0;
  const labels = segments.at(-1)?.number > 65535 ? new Uint32Array(size) : new Uint16Array(size);
  for (const { number, index } of segments) {
    const mask = masks[index];
    for (let i = 0; i < mask.length; i++) {
      if (mask[i] !== 0) {
        if (labels[i] !== 0) return null;
        labels[i] = number;
      }
    }
  }
  return labels;
}

/** What is written: representation, kind, labels or masks. Label maps are asked for where they can hold it. */
function chooseForm(request, segments) {
  const { labels, masks, as } = request;
  if (labels !== undefined) return { as: as ?? "labelmap", kind: "labels", labels };
  if (as === "fractional") return { as, kind: "probability", masks };
  if (as === "binary") return { as, kind: "masks", masks };
  const merged = mergeMasks(masks, segments);
  if (merged !== null) return { as: as ?? "labelmap", kind: "labels", labels: merged };
  if (as !== undefined) {
    throw new DsegError("overlap", `segments overlap, which ${as} cannot hold: write them as binary`);
  }
  return { as: "binary", kind: "masks", masks };
}

/** Numbers 1, 2, 3, ... for what has a frame for each segment (PS3.3 C.8.20.2.4). The number that a segment once had, where
 * that is known, stays the one that is kept. */
function renumber(form, segments) {
  const counted = segments.every((segment, i) => segment.number === i + 1);
  if (counted || form.as === "labelmap" || (form.as !== "binary" && form.as !== "fractional")) return form;
  const numbers = new Map([[0, 0], ...segments.map((segment, i) => [segment.number, i + 1])]);
  for (const [i, segment] of segments.entries()) {
    if (segment.number !== i + 1) segment.originalNumber ??= segment.number;
    segment.number = i + 1;
  }
  if (form.labels === undefined) return form;
  return { ...form, labels: form.labels.map((value) => {
    const number = numbers.get(value);
    if (number === undefined) throw argument(`a voxel has the label ${value}, which no segment has`);
    return number;
  }) };
}

/** Describes the object, and returns the size of what is to come. */
function describeNew(module, images, segments, form, sorted, request) {
  const { calls, host } = module;
  module.check(calls.new_begin(kinds[form.kind], form.kind === "probability" ? 255 : 0, segments.length));
  for (const segment of segments) giveSegment(module, segment);
  if (sorted !== null) {
    module.with([sorted.numbers], (numbers) => {
      module.check(calls.new_planes(sorted.rows, sorted.columns, numbers, sorted.count));
    });
  }
  if (images.length > 0) {
    const paths = images.map((image, i) => (images.findIndex(({ name }) => name === image.name) === i ? image.name
      : `${image.name} (${i + 1})`));
    host.setPaths(images.map((image, i) => [paths[i], image]));
    module.with([paths], (list) => {
      module.check(calls.new_images(list, paths.length, request.otherPatient ? 1 : 0));
    });
  }
  return module.with([new Room(12)], (block) => {
    calls.new_size(block);
    const [rows, columns, planes] = module.copy(Uint32Array, block, 3);
    return { rows, columns, planes };
  });
}

function checkSize(form, segments, { rows, columns, planes }) {
  const size = rows * columns * planes;
  const given = form.labels !== undefined ? [form.labels] : segments.map(({ index }) => form.masks[index]);
  for (const voxels of given) {
    if (voxels.length !== size) {
      throw argument(`${voxels.length} voxels were given for ${planes} planes of ${rows} x ${columns}, which are ${size}`);
    }
  }
}

/** Gives plane after plane to the module. place[i]: where the caller's plane i goes; null: in order. */
function writePlanes(module, form, segments, size, place) {
  const { calls, host } = module;
  const length = size.rows * size.columns;
  module.with([new Room(length * 4)], (block) => {
    for (let p = 0; p < size.planes; p++) {
      const to = place === null ? p : place[p];
      if (form.labels !== undefined) {
        const plane = form.labels.subarray(p * length, (p + 1) * length);
        host.bytes.set(new Uint8Array(plane.buffer, plane.byteOffset, plane.byteLength), block);
        module.check(calls.new_labels(to, block, plane.BYTES_PER_ELEMENT * 8));
      } else {
        for (const [s, { index }] of segments.entries()) {
          const plane = form.masks[index].subarray(p * length, (p + 1) * length);
          if (plane.some((value) => value !== 0)) {
            host.bytes.set(plane, block);
            module.check(calls.new_mask(to, s, block));
          }
        }
      }
    }
  });
}

export async function writeNew(module, images, request) {
  checkVoxels(request);
  const { calls, host } = module;
  const segments = sortSegments(request.segments);
  const form = renumber(chooseForm(request, segments), segments);
  const sorted = request.on === undefined ? null : sortPlanes(request.on);
  if (sorted === null && images.length === 0) throw argument("write needs images, or on, to know where voxels lie");
  if (sorted !== null && sorted.count !== request.on.length) throw argument("two planes of on lie at the same place");
  host.messages = [];
  host.output = [];
  try {
    const size = await callWithInputs(host, images, () =>
      describeNew(module, images, segments, form, sorted, request),
    );
    checkSize(form, segments, size);
    module.with([textsOf({ ...request, as: form.as })], (texts) => {
      module.check(calls.new_writer(texts, request.emptyFrames ? 1 : 0));
    });
    writePlanes(module, form, segments, size, sorted?.place ?? null);
    module.check(calls.new_finish());
    const result = module.json();
    return { bytes: host.takeOutput(), ...result, messages: host.takeMessages() };
  } finally {
    calls.new_end();
    host.setPaths([]);
  }
}
