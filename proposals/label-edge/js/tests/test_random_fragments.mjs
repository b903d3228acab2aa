// SPDX-License-Identifier: Apache-2.0
// Frames and images at random, which use all that an encoder is free in: their pixels, and where these are written.
import assert from "node:assert/strict";
import test from "node:test";
import { LabelEdgeError, decodeFrame, decodeFrames } from "../label-edge.js";
import { predicted } from "../label-edge-predicted.js";
import { sealed } from "./composer.mjs";
import { chance, encodeFrame, encodePredicted, encodeSame, enlarged, format, keptOf, numbers, oneOf } from "./encoder.mjs";

/** Labels of a frame in which rectangles lie on each other, or noise; n of them. */
function picture(random, width, height, k) {
  const labels = new Array(width * height).fill(0);
  const some = Array.from({ length: 2 + Math.floor(random() * 12) }, () => Math.floor(random() * 2 ** k));
  for (let i = Math.floor(random() * 12); i > 0; i--) {
    const [x, y] = [Math.floor(random() * width), Math.floor(random() * height)];
    const [across, down] = [1 + Math.floor(random() * width), 1 + Math.floor(random() * height)];
    const [label, slope] = [oneOf(random, some), Math.floor(random() * 9) - 4];
    for (let row = y; row < Math.min(y + down, height); row++) {
      const start = Math.max(0, x + Math.round((slope * (row - y)) / 2));
      for (let column = start; column < Math.min(start + across, width); column++) labels[row * width + column] = label;
    }
  }
  const noise = random() < 0.3 ? random() : 0;
  return labels.map((label) => (random() < noise ? oneOf(random, some) : label));
}

/** A grid at random for a frame of this size, or none. */
function someGrid(random, size) {
  if (random() < 0.4) return undefined;
  return size.map((m) => {
    const rule = Math.floor(random() * 5);
    if (rule === 4) return [4, Array.from({ length: m }, (_, x) => (x === 0 || random() < 0.5 ? 1 : 0))];
    if (rule === 0 || m === 1) return [0];
    return [rule, 1 + Math.floor(random() * (2 ** (Math.floor(Math.log2(m - 1)) + 1) - 1))];
  });
}

/** A frame at random: its labels on a grid, and the pixels that these stand for. */
function someFrame(random, size, k, grid) {
  const [columns, rows] = [0, 1].map((axis) => keptOf(grid?.[axis] ?? [0], size[axis]));
  const labels = picture(random, columns.length, rows.length, k);
  return { labels, width: columns.length, pixels: enlarged(labels, columns, rows, size) };
}
const someSize = (random) => [1 + Math.floor(random() ** 2 * 40), 1 + Math.floor(random() ** 2 * 40)];

test("into a part of a volume, at any place, and not at all where a frame is refused", () => {
  const random = chance(6);
  for (const [bits, Type] of [[8, Uint8Array], [16, Uint16Array]]) {
    for (let offset = 0; offset < 9; offset++) {
      const size = [7, 5];
      const labels = picture(random, ...size, bits);
      const fragment = encodeFrame(labels, { k: bits, size, random });
      const volume = new Type(offset + 35 + 3).fill(9);
      const into = volume.subarray(offset, offset + 35);
      assert.equal(decodeFrame(fragment, format(...size, bits), into), into);
      assert.deepEqual(numbers(volume), [...Array(offset).fill(9), ...labels, 9, 9, 9]);
      into.fill(7);
      assert.deepEqual(numbers(decodeFrames([fragment, encodeSame(1)], format(...size, bits)).frame(1, into)), labels);
      into.fill(7);
      assert.throws(() => decodeFrame(sealed(fragment.subarray(0, -6)), format(...size, bits), into), LabelEdgeError);
      assert.ok(into.every((value) => value === 7));
      for (const wrong of [volume, new Type(34), new (bits === 8 ? Uint16Array : Uint8Array)(35)]) {
        assert.throws(() => decodeFrame(fragment, format(...size, bits), wrong), RangeError);
      }
    }
  }
});

test("frames at random, with all that an encoder is free in", () => {
  const random = chance(20);
  for (let round = 0; round < 3000; round++) {
    const size = someSize(random);
    const bits = oneOf(random, [1, 8, 16]);
    const k = 1 + Math.floor(random() * bits);
    const grid = someGrid(random, size);
    const frame = someFrame(random, size, k, grid);
    const fragment = encodeFrame(frame.labels, { type: oneOf(random, [0, 0, 0, 3]), k, grid, size, random });
    assert.deepEqual(numbers(decodeFrame(fragment, format(...size, bits))), frame.pixels, `round ${round}`);
  }
});

test("a wide frame, whose runs are filled and whose places need more than 32 bits", () => {
  const random = chance(21);
  for (const rule of [1, 2, 3]) {
    const size = [65535, 3];
    const grid = [[rule, 65535 - 7 * rule], [0]];
    const columns = keptOf(grid[0], size[0]);
    const labels = Array.from({ length: 3 * columns.length }, (_, p) => Math.floor(p / 97) % 8);
    const fragment = encodeFrame(labels, { k: 3, grid, size, random });
    const pixels = decodeFrame(fragment, format(...size));
    for (let y = 0; y < 3; y++) {
      columns.forEach((start, x) => {
        for (let at = start; at < (columns[x + 1] ?? size[0]); at++) {
          if (pixels[y * size[0] + at] !== labels[y * columns.length + x]) assert.fail(`rule ${rule}, ${at}, ${y}`);
        }
      });
    }
  }
});

test("a frame with more edges than a decoder begins with, and one that is larger than 4 MiB", () => {
  const random = chance(23);
  const labels = Array.from({ length: 150 * 120 }, () => Math.floor(random() * 4));
  const noise = encodeFrame(labels, { k: 2, size: [150, 120], random });
  assert.deepEqual(numbers(decodeFrame(noise, format(150, 120))), labels);
  const [size, grid] = [[2111, 2003], [[2, 31], [2, 29]]];
  const [columns, rows] = grid.map((rule, axis) => keptOf(rule, size[axis]));
  const few = picture(random, columns.length, rows.length, 8);
  const pixels = decodeFrame(encodeFrame(few, { k: 8, grid, size, random }), format(...size));
  const placeOf = (kept, m) => Array.from({ length: m }, (_, x) => kept.findLastIndex((start) => start <= x));
  const [across, down] = [placeOf(columns, size[0]), placeOf(rows, size[1])];
  for (let p = 0; p < pixels.length; p++) {
    const [x, y] = [p % size[0], Math.floor(p / size[0])];
    if (pixels[p] !== few[down[y] * columns.length + across[x]]) assert.fail(`column ${x}, row ${y}`);
  }
});

/** Fragments and pixels of an image whose frames are predicted where they can be, or of another type by chance. */
function someImage(random, count) {
  const [size, k, bits] = [someSize(random), 1 + Math.floor(random() * 8), 8];
  const grid = someGrid(random, size);
  const [columns, rows] = [0, 1].map((axis) => keptOf(grid?.[axis] ?? [0], size[axis]));
  const width = columns.length;
  const [fragments, all] = [[], []];
  const referencesOf = (f) => {
    const low = 4 * Math.floor(f / 4);
    const high = Math.min(low + 4, count - 1);
    const m = low + Math.floor((high - low) / 2);
    return f === low || f === high ? undefined : f === m ? [low, high] : f < m ? [low, m] : [m, high];
  };
  // Keys first, then the middle ones, then the others: a frame is made of what lies around it, with a few changes.
  const order = [0, 1, 2].flatMap((step) => Array.from({ length: count }, (_, f) => f).filter((f) => {
    const references = referencesOf(f);
    return (references === undefined ? 0 : Math.abs(references[0] - references[1]) > 2 || references.every((r) => !referencesOf(r)) ? 1 : 2) === step;
  }));
  for (const f of order) {
    const references = referencesOf(f);
    const standsAlone = (r) => all[r]?.type === 0 || all[r]?.type === 3;
    const earlier = Array.from({ length: f }, (_, r) => r).filter(standsAlone);
    let labels = picture(random, width, rows.length, k);
    if (references && random() < 0.9) {
      const [P, Q] = references.map((r) => all[r].labels);
      const [change, kept] = [random() * 0.1, oneOf(random, [0, 0.5, 1])];
      const line = Math.floor(random() * labels.length);
      labels = labels.map((label, p) => (random() < change ? label : (random() < 0.02 ? p < line : random() < 0.98 ? kept < 1 : kept > 0) ? P[p] : Q[p]));
      if (kept === 0.5) labels = labels.map((label, p) => (p < line ? P[p] : Q[p]));
    }
    let type = oneOf(random, references ? [1, 1, 1, 1, 1, 0, 3, 2] : [0, 0, 0, 3, 2]);
    if (type === 2 && !references && earlier.length === 0) type = 0;
    if (type === 2) {
      const target = references ? oneOf(random, references) : oneOf(random, earlier);
      labels = all[target].labels;
      fragments[f] = encodeSame(references ? 1 + references.indexOf(target) : f - target);
    } else if (type === 1) {
      labels = labels.map((label) => label % 2 ** k);
      fragments[f] = encodePredicted(labels, ...references.map((r) => all[r].labels), width, k, random);
    } else fragments[f] = encodeFrame(labels, { type, k, grid, size, random });
    all[f] = { labels, type };
  }
  return { fragments, shape: format(...size, bits), pixels: all.map(({ labels }) => enlarged(labels, columns, rows, size)) };
}

test("images at random, with predicted frames, in any order", () => {
  const random = chance(22);
  const types = [0, 0, 0, 0];
  for (let round = 0; round < 400; round++) {
    const count = 1 + Math.floor(random() * 13);
    const { fragments, shape, pixels } = someImage(random, count);
    const frames = decodeFrames(fragments, shape, { predicted });
    for (const fragment of fragments) types[fragment[0] & 3]++;
    for (let f = 0; f < count; f++) assert.deepEqual(numbers(frames.frame(f)), pixels[f], `round ${round}, frame ${f}`);
    for (let again = 0; again < 5; again++) {
      const f = Math.floor(random() * count);
      assert.deepEqual(numbers(frames.frame(f)), pixels[f]);
      assert.deepEqual(numbers(decodeFrames(fragments, shape, { predicted }).frame(f)), pixels[f]);
    }
  }
  for (const met of types) assert.ok(met > 100, `${types}`);
});
