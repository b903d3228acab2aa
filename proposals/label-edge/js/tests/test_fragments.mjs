// SPDX-License-Identifier: Apache-2.0
// Fragments made by hand: the pixels of those that conform, and for each error of the text one that has it.
import assert from "node:assert/strict";
import test from "node:test";
import { LabelEdgeError, crc32c, decodeFrame, decodeFrames } from "../label-edge.js";
import { predicted } from "../label-edge-predicted.js";
import { Composer, FREQUENCIES, annexOf, crcOf, sealed } from "./composer.mjs";
import { chance, encodeFrame, encodePredicted, encodeSame, format, numbers } from "./encoder.mjs";

/** The call must throw a LabelEdgeError of this section. */
function refuses(section, call, more = {}) {
  assert.throws(call, (error) => {
    assert.ok(error instanceof LabelEdgeError, `${error.stack}`);
    assert.equal(error.section, section, error.message);
    for (const key of ["needs", "missing"]) assert.equal(error[key], more[key]);
    return true;
  });
}
const refusesFrame = (section, fragment, shape) => refuses(section, () => decodeFrame(fragment, shape));

/** An independent frame of 4 x 4 with k = 3, up to its first symbol. */
const begun = (k = 3) => new Composer(0).head(k).state();
const small = format(4, 4);
const empty = new Composer(0).head(1).state().symbol("END", 0, 0);

test("frequencies of each context add up to 256, and those that the text calls 0 are", () => {
  for (const [name, contexts] of Object.entries(FREQUENCIES)) {
    for (const context of contexts) assert.equal(context.reduce((sum, f) => sum + f), 256, name);
  }
  const birth = FREQUENCIES.BIRTH;
  for (const c of [0, 1, 4]) assert.equal(birth[c][0], 0); // "above" needs differs
  for (const c of [0, 2, 4, 5]) assert.equal(birth[c][1], 0); // E[i] needs exists, and no relabelled edge
  const shapes = Object.entries({ ...annexOf("bitstream.md"), ...annexOf("prediction.md") });
  assert.deepEqual(
    shapes.map(([name, contexts]) => [name, contexts.length, contexts[0].length]),
    [["EDGE", 68, 12], ["END", 2, 2], ["GAP", 11, 16], ["BIRTH", 6, 8], ["NEW", 3, 12], ["SEGMENT", 252, 8], ["OFFSET", 2, 16], ["WHICH", 1, 6]],
  );
});

test("the checksum is CRC-32C", () => {
  assert.equal(crc32c(new TextEncoder().encode("123456789")), 0xe3069283);
  const bytes = Uint8Array.from({ length: 300 }, (_, i) => i * i);
  assert.equal(crc32c(bytes), crcOf(bytes));
});

test("arguments that are no format", () => {
  const fragment = empty.fragment();
  for (const [columns, rows, bits] of [[0, 4, 8], [4, 0, 8], [4, 65536, 8], [65536, 4, 8], [4.5, 4, 8], [4, undefined, 8], [4, 4, 2], [4, 4, 32]]) {
    assert.throws(() => decodeFrame(fragment, format(columns, rows, bits)), RangeError);
    assert.throws(() => decodeFrames([fragment], format(columns, rows, bits)), RangeError);
  }
  for (const index of [-1, 1, 0.5, "0", undefined]) assert.throws(() => decodeFrames([fragment], small).frame(index), RangeError);
});

test("an empty frame, of each size of a pixel", () => {
  for (const [bits, type] of [[1, Uint8Array], [8, Uint8Array], [16, Uint16Array]]) {
    const pixels = decodeFrame(empty.fragment(), format(5, 3, bits));
    assert.ok(pixels instanceof type);
    assert.deepEqual(numbers(pixels), Array(15).fill(0));
  }
  assert.equal(empty.fragment().length, 6);
});

test("a fragment may be part of a larger buffer, at any place in it", () => {
  const fragment = encodeFrame([0, 1, 2, 3, 3, 2, 1, 0], { k: 2, size: [4, 2], random: chance(1) });
  for (let offset = 0; offset < 5; offset++) {
    const buffer = new Uint8Array(fragment.length + 8).fill(255);
    buffer.set(fragment, offset);
    assert.deepEqual(numbers(decodeFrame(buffer.subarray(offset, offset + fragment.length), format(4, 2))), [0, 1, 2, 3, 3, 2, 1, 0]);
  }
});

test("1 bit: a byte for each pixel, or packed", () => {
  const labels = [1, 0, 0, 1, 1, 0, 1, 0, 1];
  for (const type of [0, 3]) {
    const fragment = encodeFrame(labels, { type, k: 1, size: [3, 3], random: chance(2) });
    assert.deepEqual(numbers(decodeFrame(fragment, format(3, 3, 1))), labels);
    assert.deepEqual(numbers(decodeFrame(fragment, format(3, 3, 1, { packed: true }))), [0b01011001, 0b1]);
    assert.deepEqual(numbers(decodeFrame(fragment, format(3, 3, 8, { packed: true }))), labels);
  }
});

test("4.1: length and checksum", () => {
  const fragment = empty.fragment();
  for (const length of [0, 1, 2, 3, 4, 5]) refusesFrame("4.1", sealed([0]).subarray(0, length), small);
  refusesFrame("4.1", sealed([]), small);
  refusesFrame("4.1", sealed([...empty.bytes(), 0]), small);
  for (let bit = 0; bit < 8 * fragment.length; bit++) {
    const damaged = fragment.slice();
    damaged[bit >> 3] ^= 1 << (bit & 7);
    refusesFrame("4.1", damaged, small);
  }
});

test("4.1: type 1", () => {
  refusesFrame("4.1", new Composer(1).bits(4, 0).state().fragment(), small);
  refuses("4.1", () => decodeFrames([new Composer(1).bits(4, 0).state().fragment()], small).frame(0));
});

test("4.2: bits of a label, rule and size of a grid", () => {
  for (const type of [0, 3]) {
    const head = (k, rule, ...bits) => {
      const composer = new Composer(type).bits(4, k - 1).bits(1, 1).bits(3, rule);
      bits.forEach((bit) => composer.bits(1, bit));
      return composer.bits(64, 0).fragment();
    };
    refusesFrame("4.2", new Composer(type).head(9).bits(64, 0).fragment(), small);
    refusesFrame("4.2", new Composer(type).head(2).bits(64, 0).fragment(), format(4, 4, 1));
    for (const rule of [5, 6, 7]) refusesFrame("4.2", head(1, rule), small);
    for (const rule of [1, 2, 3]) {
      refusesFrame("4.2", head(1, rule, 0, 0), small);
      refusesFrame("4.2", head(1, rule), format(1, 4));
    }
    refusesFrame("4.2", head(1, 4, 0, 1, 1, 1), small);
  }
});

test("4.3: same frames", () => {
  const wrong = [new Composer(2).bits(14, 0), new Composer(2).bits(14, 1).bits(16, 0)];
  for (const composer of wrong) {
    refusesFrame("4.3", composer.fragment(), small);
    refuses("4.3", () => decodeFrames([empty.fragment(), composer.fragment()], small).frame(1));
  }
  for (const back of [1, 77, 16383]) refuses("4.3", () => decodeFrame(encodeSame(back), small), { needs: back });
  const labels = Array.from({ length: 16 }, (_, i) => i >> 2);
  const how = { k: 2, size: [4, 4], random: chance(3) };
  const fragments = [encodeFrame(labels, how), empty.fragment(), encodeSame(2), encodeSame(2), encodeSame(1), encodeSame(6)];
  fragments.push(encodeFrame(labels.toReversed(), { ...how, type: 3 }), encodeSame(1));
  const frames = decodeFrames(fragments, small);
  assert.equal(frames.length, 8);
  assert.deepEqual(numbers(frames.frame(2)), labels);
  assert.deepEqual(numbers(frames.frame(3)), Array(16).fill(0));
  refuses("4.3", () => frames.frame(4)); // of a same frame
  refuses("4.3", () => frames.frame(5), { needs: 6 }); // of frame -1
  assert.deepEqual(numbers(frames.frame(7)), labels.toReversed());
  assert.deepEqual(numbers(frames.frame(0)), labels);
  refuses("4.3", () => decodeFrames([undefined, empty.fragment(), encodeSame(2)], small).frame(2), { missing: 0 });
  const lone = [];
  lone[2] = encodeSame(1);
  lone[1] = fragments[0];
  assert.deepEqual(numbers(decodeFrames(lone, small).frame(2)), labels);
});

test("pixels are the caller's", () => {
  const labels = [1, 1, 2, 2];
  const frames = decodeFrames([encodeFrame(labels, { k: 2, size: [2, 2], random: chance(1) }), encodeSame(1)], format(2, 2));
  frames.frame(0).fill(9);
  frames.frame(1).fill(9);
  assert.deepEqual(numbers(frames.frame(0)), labels);
  assert.deepEqual(numbers(frames.frame(1)), labels);
});

/** A gap from "from" on, where the next edge is expected at "expected". */
function gap(composer, from, expected, value, long) {
  const w = Math.max(expected - from + 1, 1);
  return composer.number("GAP", Math.min(Math.floor(Math.log2(Math.floor((w + 1) / 2))), 10), value, long);
}
/** A frame of n positions, none of them expected, with its first edge at p, of label 1. */
const first = (p, n, k = 3) => gap(begun(k).symbol("END", 0, 1), 0, n, p).symbol("BIRTH", 0, 7).symbol("NEW", 0, 0);
/** The same after more bits, so that nothing but what was composed can be wrong. */
const padded = (composer) => composer.bits(48, 0).fragment();

test("6.1: the end of a frame, and its size", () => {
  const frame = () => first(2, 4).symbol("END", 1, 0);
  const row = format(4, 1);
  assert.deepEqual(numbers(decodeFrame(frame().fragment(), row)), [0, 0, 1, 1]);
  for (const state of [1, 2, 128, 255]) refusesFrame("6.1", frame().fragment({ state }), row);
  refusesFrame("6.1", frame().fragment({ more: 2 }), row);
  refusesFrame("6.1", frame().fragment({ filler: 1 }), row);
  refusesFrame("6.1", sealed(frame().bytes().slice(0, 2)), row);
  refusesFrame("6.1", sealed(first(2, 4).bytes()), row);
  refusesFrame("6.1", empty.fragment(), format(65535, 65535));
  refusesFrame("6.1", empty.fragment(), format(65535, 4097));
  const narrow = [[1, 1], [1, 2]];
  const flat = new Composer(0).head(1, narrow, [65535, 40]).state().symbol("END", 0, 0).fragment();
  assert.equal(decodeFrame(flat, format(65535, 40)).length, 65535 * 40);
});

test("6.3: numbers", () => {
  const row = format(4096, 1);
  const number = (e, m, value) => begun().symbol("END", 0, 1).symbol("GAP", 10, 15).bits(5, e).bits(m, value);
  for (const e of [29, 30, 31]) refusesFrame("6.3", padded(number(e, 28, 0)), row);
  refusesFrame("8", padded(number(28, 28, 2 ** 28 - 1).symbol("BIRTH", 0, 7).symbol("NEW", 0, 0)), row);
  const longer = number(1, 1, 1).symbol("BIRTH", 0, 7).symbol("NEW", 0, 0).symbol("END", 1, 0);
  assert.deepEqual(numbers(decodeFrame(longer.fragment(), row)), Array.from({ length: 4096 }, (_, x) => (x < 2 ? 0 : 1)));
});

test("6.4: labels", () => {
  // A row of 8, in which each pixel is an edge.
  const row = format(8, 1);
  const next = (composer, at, b) => gap(composer.symbol("END", 1, 1), at, 8, 0).symbol("BIRTH", 2, b);
  refusesFrame("6.4", padded(gap(begun().symbol("END", 0, 1), 0, 8, 0).symbol("BIRTH", 0, 5).bits(1, 0)), row);
  refusesFrame("6.4", padded(next(first(0, 8), 1, 5).bits(1, 0)), row);
  refusesFrame("6.4", padded(next(first(0, 8), 1, 6).bits(2, 3)), row);
  refusesFrame("8", padded(next(first(0, 8), 1, 4)), row); // the label that is there
  refusesFrame("6.4", padded(next(first(0, 8), 1, 7).symbol("NEW", 1, 8).bits(2, 0)), row); // 2 - 4
  refusesFrame("6.4", padded(next(first(0, 8), 1, 7).symbol("NEW", 1, 4).bits(3, 0)), row); // 2 + 8
  refusesFrame("6.4", padded(next(first(0, 8), 1, 7).symbol("NEW", 1, 3).bits(2, 2)), row); // 2 + 6
  const composer = first(0, 8, 4);
  const labels = [1];
  for (let at = 1; at < 8; at++) {
    labels.push(((at * 5) % 8) + 1);
    next(composer, at, 7).symbol("NEW", at === 1 ? 1 : 2, 11).bits(4, labels[at]);
  }
  assert.deepEqual(numbers(decodeFrame(composer.symbol("END", 1, 0).fragment(), row)), labels);
});

test("6.4: the list has seven labels", () => {
  const nine = (i) => {
    const composer = first(0, 9, 4);
    for (let at = 1; at < 8; at++) {
      gap(composer.symbol("END", 1, 1), at, 9, 0).symbol("BIRTH", 2, 7).symbol("NEW", 1, 0);
    }
    return gap(composer.symbol("END", 1, 1), 8, 9, 0).symbol("BIRTH", 2, 6).bits(2, i - 3);
  };
  // The labels 1 to 8 were read, and 1 is dropped.
  assert.deepEqual(numbers(decodeFrame(nine(6).symbol("END", 1, 0).fragment(), format(9, 1))), [1, 2, 3, 4, 5, 6, 7, 8, 2]);
});

test("8: edges out of place", () => {
  // Of two columns: the first edge is at 0, of label 1, and the one below it is expected at 2. Its history is 30.
  const moved = (s) => padded(first(0, 8).symbol("EDGE", 64, s));
  for (const s of [3, 5, 7]) refusesFrame("8", moved(s), format(2, 4)); // to 0 again, to -1 and to -2
  for (const s of [5, 7]) refusesFrame("8", moved(s), format(3, 4)); // to 0 again, and to -1
  refusesFrame("8", moved(0), format(2, 4)); // the label that is there
  // A row with labels 1 and 0 from 0 and 1 on; below, the first comes 2 late, and then the second too early.
  const two = () => gap(first(0, 8).symbol("EDGE", 64, 10), 1, 4, 0).symbol("BIRTH", 3, 7).symbol("NEW", 1, 7).bits(1, 0);
  const whole = two().symbol("EDGE", 30, 0).symbol("EDGE", 30, 0).symbol("END", 0, 0);
  assert.deepEqual(numbers(decodeFrame(whole.fragment(), format(4, 2))), [1, 0, 0, 0, 1, 0, 0, 0]);
  refusesFrame("8", padded(two().symbol("EDGE", 30, 4).symbol("EDGE", 30, 0)), format(4, 2));
  refusesFrame("8", padded(two().symbol("EDGE", 30, 4).symbol("EDGE", 30, 11).symbol("BIRTH", 4, 7).symbol("NEW", 0, 0)), format(4, 2));
  // Behind the last position: new edges, and one that moves there.
  for (const p of [8, 9, 14]) {
    refusesFrame("8", padded(first(p, 8)), format(4, 2));
    refusesFrame("8", padded(gap(begun(1).symbol("END", 0, 1), 0, 8, p)), format(4, 2, 1));
  }
  const last = () => gap(first(3, 8).symbol("EDGE", 64, 10), 4, 7, 0).symbol("BIRTH", 3, 7).symbol("NEW", 1, 7).bits(1, 0);
  assert.deepEqual(numbers(decodeFrame(last().symbol("EDGE", 30, 0).symbol("END", 0, 0).fragment(), format(4, 2))), [0, 0, 0, 1, 0, 0, 0, 1]);
  for (const s of [2, 4, 6, 8]) refusesFrame("8", padded(last().symbol("EDGE", 30, s)), format(4, 2));
});

test("8: labels of edges that are not there, and none that changes", () => {
  // One edge, of label 1, and a new one before what is expected below it.
  const one = (b) => gap(first(0, 8).symbol("EDGE", 64, 10), 1, 4, 0).symbol("BIRTH", 3, b);
  refusesFrame("8", padded(one(1)), format(4, 2)); // that of E[0] is that which is there
  refusesFrame("8", padded(one(2)), format(4, 2)); // E[1]
  refusesFrame("8", padded(one(3)), format(4, 2)); // E[-2]
  assert.deepEqual(numbers(decodeFrame(one(0).symbol("EDGE", 30, 9).symbol("EDGE", 64, 9).symbol("END", 0, 0).fragment(), format(4, 2))), [1, 0, 0, 0, 0, 0, 0, 0]);
  // In the last row, with no edge expected.
  const below = (b) => gap(first(0, 4).symbol("END", 1, 1), 1, 4, 0).symbol("BIRTH", 2, b);
  refusesFrame("8", padded(below(2)), format(4, 1));
  refusesFrame("8", padded(below(3)), format(4, 1));
  // An edge that stays, to the label in front of it.
  const stays = (b) => first(0, 8).symbol("EDGE", 64, 11).symbol("BIRTH", 5, b);
  refusesFrame("8", padded(stays(4)), format(4, 2));
  refusesFrame("8", padded(stays(2)), format(4, 2));
  refusesFrame("8", padded(stays(3)), format(4, 2));
  assert.deepEqual(numbers(decodeFrame(stays(0).symbol("END", 1, 0).fragment(), format(4, 2))), [1, 1, 1, 1, 0, 0, 0, 0]);
});

test("9: raw frames", () => {
  const labels = [1, 2, 3, 4, 5, 6, 7, 0, 1];
  const raw = (k, list, ...behind) => {
    const composer = new Composer(3).head(k).bits(1, 0);
    for (const label of list) composer.bits(k, label);
    behind.forEach(([m, value]) => composer.bits(m, value));
    return composer;
  };
  const shape = format(3, 3);
  for (const k of [3, 4, 5, 8]) assert.deepEqual(numbers(decodeFrame(raw(k, labels).fragment(), shape)), labels);
  const wide = labels.map((label) => label * 9000);
  assert.deepEqual(numbers(decodeFrame(raw(16, wide).fragment(), format(3, 3, 16))), wide);
  refusesFrame("9", raw(3, labels).fragment({ filler: 1 }), shape);
  refusesFrame("9", raw(3, labels).fragment({ more: 2 }), shape);
  refusesFrame("9", raw(8, labels, [8, 128]).fragment(), format(3, 3));
  refusesFrame("6.1", sealed(raw(8, labels).bytes().slice(0, -2)), shape);
  refusesFrame("6.1", raw(16, [1, 2]).fragment(), format(65535, 65535, 16));
  refusesFrame("9", new Composer(3).head(3).bits(1, 1).bits(27, 0).fragment(), shape); // in front of the labels
});

test("P: what predicted frames must not be", () => {
  const size = [4, 2];
  const shape = format(4, 2);
  const how = { k: 2, size, random: chance(4) };
  const P = encodeFrame([1, 1, 1, 1, 2, 2, 2, 2], how);
  const Q = encodeFrame([1, 1, 1, 1, 3, 3, 3, 3], how);
  const between = (fragment, first = P, last = Q) => decodeFrames([first, fragment, last], shape, { predicted }).frame(1);
  const refusesBetween = (section, composer, ...around) => refuses(section, () => between(composer.bits(64, 0).fragment(), ...around));
  const begun = (k = 2) => new Composer(1).bits(4, k - 1).state();
  // Keys, and the frame that a frame repeats.
  for (const f of [0, 1]) {
    const two = [P, P];
    two[f] = begun().fragment();
    refuses("P.2", () => decodeFrames(two, shape, { predicted }).frame(f));
  }
  refuses("P.2", () => decodeFrames([begun().fragment()], shape, { predicted }).frame(0));
  assert.deepEqual(numbers(between(encodeSame(1))), [1, 1, 1, 1, 2, 2, 2, 2]);
  assert.deepEqual(numbers(between(encodeSame(2))), [1, 1, 1, 1, 3, 3, 3, 3]);
  for (const back of [3, 4, 16383]) refuses("P.2", () => between(encodeSame(back)));
  refuses("4.3", () => between(new Composer(2).bits(14, 0).fragment()));
  const whole = encodePredicted([1, 1, 1, 1, 2, 2, 2, 2], [1, 1, 1, 1, 2, 2, 2, 2], [1, 1, 1, 1, 3, 3, 3, 3], 4, 2, chance(5));
  refuses("4.3", () => decodeFrames([P, whole, encodeSame(1)], shape, { predicted }).frame(2)); // a key repeats a predicted one
  refuses("4.3", () => {
    const frames = decodeFrames([P, whole, Q, P, P, P, P, P, encodeSame(7)], shape, { predicted });
    frames.frame(1);
    frames.frame(8);
  });
  for (const missing of [0, 2]) {
    const some = [P, whole, Q];
    some[missing] = undefined;
    refuses("4.3", () => decodeFrames(some, shape, { predicted }).frame(1), { missing });
  }
  // Two grids, the head, and the end.
  const narrow = encodeFrame([1, 2, 1, 2], { ...how, grid: [[1, 2], [0]] });
  refusesBetween("P.2", begun(), P, narrow);
  refusesBetween("P.2", begun(), encodeFrame([1, 1, 1, 1], { ...how, grid: [[0], [1, 1]] }), Q);
  refusesBetween("4.2", begun(9));
  assert.deepEqual(numbers(between(whole)), [1, 1, 1, 1, 2, 2, 2, 2]);
  for (const state of [1, 200]) refuses("P.3", () => between(predictedRow().fragment({ state })));
  refuses("P.3", () => between(predictedRow().fragment({ more: 2 })));
  const longer = begun().symbol("SEGMENT", 14, 7).number("OFFSET", 1, 2).symbol("WHICH", 0, 5).symbol("NEW", 0, 11).bits(2, 2);
  refuses("6.1", () => between(sealed(longer.bytes().slice(0, 2))));
  function predictedRow() {
    // Row 0: N = 0 agrees, P = Q = 1: pattern 2, of 4 positions. Row 1: label 1, N = 1 agrees, P = 2, Q = 3: pattern 3.
    return begun().symbol("SEGMENT", 12 + 2, 1).symbol("SEGMENT", contextInside(), 0).symbol("SEGMENT", 18 + 2, 0);
  }
  /** Label 1 inside row 0, behind its first position: P and Q agree, N does not; above and below by a = 0. */
  function contextInside() {
    return 216 + 4 * 5 + 1 + 2; // Q- and P- are those of the row itself
  }
  assert.deepEqual(numbers(between(predictedRow().fragment())), [1, 1, 1, 1, 1, 1, 1, 1]);
  // P.3.1: behind the segment, to the same label, out of range, a label that is not there.
  refusesBetween("P.3.1", begun().symbol("SEGMENT", 14, 5));
  const row = { ...how, size: [8, 1] };
  const [ones, wide] = [encodeFrame(Array(8).fill(1), row), format(8, 1)];
  for (const o of [3, 4, 1000, 2 ** 29 - 2]) {
    const far = begun().symbol("SEGMENT", 15, 6).number("OFFSET", 0, o).bits(64, 0).fragment();
    refuses("P.3.1", () => decodeFrames([ones, far, ones], wide, { predicted }).frame(1));
  }
  refusesBetween("P.3.1", begun().symbol("SEGMENT", 14, 7).number("OFFSET", 1, 0).symbol("WHICH", 0, 0));
  refusesBetween("P.3.1", begun().symbol("SEGMENT", 14, 7).number("OFFSET", 1, 4).symbol("WHICH", 0, 5).symbol("NEW", 0, 0));
  refusesBetween("6.4", begun().symbol("SEGMENT", 14, 7).number("OFFSET", 1, 0).symbol("WHICH", 0, 2));
  refusesBetween("P.3.1", begun().symbol("SEGMENT", 14, 7).number("OFFSET", 1, 0).symbol("WHICH", 0, 5).symbol("NEW", 0, 11).bits(2, 0));
  refusesBetween("P.3.1", begun(1).symbol("SEGMENT", 14, 1).symbol("SEGMENT", contextInside(), 0).symbol("SEGMENT", 20, 1)); // 2, of 1 bit
});
