// SPDX-License-Identifier: Apache-2.0
// test_read.mjs - labels, masks, layers, statistics, planes of images; what is refused.
import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";
import { dseg, Dseg, DsegError, imagePlanes, phantom } from "./support.mjs";

phantom("volume.dcm", "--size", "48x40x16", "--labels", "12");
phantom("overlap.dcm", "--size", "48x40x16", "--labels", "30", "--overlap");
const module = await Dseg.create();
const seg = await module.open("volume.dcm");
const overlap = await module.open("overlap.dcm");
const all = await seg.labels();
const plane = all.rows * all.columns;

test("what is said of a segmentation is what dseg info says", () => {
  const told = JSON.parse(dseg("info", "--json", "volume.dcm"));
  assert.equal(seg.segments.length, told.segments.length);
  for (const [i, segment] of seg.segments.entries()) {
    assert.equal(segment.number, told.segments[i].number);
    assert.equal(segment.label, told.segments[i].label);
    assert.deepEqual(segment.category, told.segments[i].category);
    assert.deepEqual(segment.type, told.segments[i].type);
    const hex = segment.rgb.map((value) => value.toString(16).padStart(2, "0")).join("");
    assert.equal(`#${hex}`, told.segments[i].color);
  }
  const { geometry } = seg;
  assert.deepEqual([geometry.rows, geometry.columns, geometry.planes.length], [40, 48, 16]);
  assert.deepEqual(geometry.planes[0].position, told.geometry.first_position);
  assert.deepEqual(geometry.planes.at(-1).position, told.geometry.last_position);
  assert.deepEqual(geometry.grid.size, told.geometry.grid.size);
  assert.deepEqual(geometry.grid.step[2], told.geometry.grid.step_k);
  assert.deepEqual(geometry.grid.slots, [...Array(16).keys()]);
  assert.equal(seg.encoding.sopInstanceUid, told.sop_instance_uid);
  assert.equal(seg.encoding.representation, "labelmap");
  assert.equal(seg.kind, "labels");
});

test("planes, segments and bits of labels", async () => {
  const some = await seg.labels({ planes: [5, 3] });
  assert.deepEqual(some.voxels, all.voxels.slice(5 * plane, 8 * plane));
  const wide = await seg.labels({ bits: 32 });
  assert.ok(wide.voxels instanceof Uint32Array);
  assert.deepEqual([...wide.voxels], [...all.voxels]);
  const [first, , third] = seg.segments;
  const two = await seg.labels({ segments: [third.number, first.number] });
  const wanted = new Set([third.number, first.number]);
  assert.deepEqual(two.voxels, all.voxels.map((value) => (wanted.has(value) ? value : 0)));
});

test("a mask is where the label is, and statistics count it", async () => {
  const statistics = await seg.statistics();
  for (const [i, { number }] of seg.segments.entries()) {
    const mask = await seg.mask(number);
    assert.deepEqual(mask.voxels, all.voxels.map((value) => (value === number ? 1 : 0)));
    assert.equal(statistics.segments[i].voxels, mask.voxels.reduce((sum, value) => sum + value, 0));
  }
  assert.equal(statistics.unit, "ml");
  const present = statistics.planes.map((numbers) => numbers.length > 0);
  assert.deepEqual(present, Array.from({ length: 16 }, (_, p) => all.voxels.subarray(p * plane, (p + 1) * plane).some(Boolean)));
});

test("layers hold all voxels of segments that overlap", async () => {
  const { count, of } = await overlap.layers();
  assert.ok(count > 1);
  const labels = await overlap.labels();
  assert.ok(labels.overlap > 0);
  const layers = [];
  for (let layer = 1; layer <= count; layer++) layers.push((await overlap.labels({ layer })).voxels);
  for (const [i, { number }] of overlap.segments.entries()) {
    const mask = await overlap.mask(number);
    assert.deepEqual(mask.voxels, layers[of[i]].map((value) => (value === number ? 1 : 0)), `segment ${number}`);
  }
  await assert.rejects(overlap.labels({ layer: count + 1 }), { code: "argument" });
});

const negate = (vector) => vector.map((value) => -value);

test("labels on planes of images: their order, mirrored, turned, missing ones", async () => {
  const planes = imagePlanes(seg.geometry);
  const reversed = await seg.labels({ on: [...planes].reverse() });
  for (let p = 0; p < 16; p++) {
    assert.deepEqual(reversed.voxels.subarray(p * plane, (p + 1) * plane),
      all.voxels.subarray((15 - p) * plane, (16 - p) * plane));
  }
  const { orientation, pixelSpacing, rows, columns } = seg.geometry;
  const row = orientation.slice(0, 3);
  const mirrored = planes.map((one) => ({
    ...one,
    orientation: [...negate(row), ...orientation.slice(3)],
    position: one.position.map((value, axis) => value + row[axis] * pixelSpacing[1] * (columns - 1)),
  }));
  const flipped = await seg.labels({ on: mirrored, planes: [7, 1] });
  for (let r = 0; r < rows; r++) {
    const from = all.voxels.slice(7 * plane + r * columns, 7 * plane + (r + 1) * columns).reverse();
    assert.deepEqual(flipped.voxels.subarray(r * columns, (r + 1) * columns), from);
  }
  const { grid } = seg.geometry;
  const length = (vector) => Math.hypot(...vector);
  const sagittal = Array.from({ length: columns }, (_, i) => ({
    rows: 16,
    columns: rows,
    position: grid.origin.map((value, axis) => value + i * grid.step[0][axis]),
    orientation: [grid.step[1], grid.step[2]].flatMap((step) => step.map((value) => value / length(step))),
    pixelSpacing: [length(grid.step[2]), length(grid.step[1])],
  }));
  const side = await seg.labels({ on: sagittal });
  for (let i = 0; i < columns; i++) {
    for (let k = 0; k < 16; k++) {
      for (let j = 0; j < rows; j++) {
        assert.equal(side.voxels[(i * 16 + k) * rows + j], all.voxels[k * plane + j * columns + i]);
      }
    }
  }
  const wider = [...planes, { ...planes[0], position: planes[0].position.map((v, axis) => v - 3 * grid.step[2][axis]) }];
  const more = await seg.labels({ on: wider });
  assert.deepEqual(more.voxels.subarray(0, 16 * plane), all.voxels);
  assert.ok(more.voxels.subarray(16 * plane).every((value) => value === 0));
  const statistics = await seg.statistics({ on: wider });
  assert.equal(statistics.planes.length, 17);
  assert.deepEqual(statistics.planes[16], []);
});

test("where images are missing the others get their planes, and messages say what is left out", async () => {
  const planes = imagePlanes(seg.geometry);
  const some = [planes[3], planes[4], planes[9]];
  const { voxels, messages, planes: count } = await seg.labels({ on: some });
  assert.equal(count, 3);
  [3, 4, 9].forEach((p, i) => assert.deepEqual(voxels.subarray(i * plane, (i + 1) * plane),
    all.voxels.subarray(p * plane, (p + 1) * plane)));
  assert.deepEqual(messages, ["0 columns, 0 rows and 13 planes lie outside the grid that it is put on, and are left out"]);
  assert.deepEqual((await seg.labels({ on: some, planes: [1, 1] })).messages, messages);
  const { number } = seg.segments.find((segment) => voxels.includes(segment.number));
  const mask = await seg.mask(number, { on: some });
  assert.deepEqual(mask.voxels, voxels.map((value) => (value === number ? 1 : 0)));
  assert.deepEqual(mask.messages, messages);
  const counted = await seg.statistics({ on: some });
  assert.deepEqual(counted.messages, messages);
  for (const segment of counted.segments) {
    assert.equal(segment.voxels, voxels.reduce((sum, value) => sum + (value === segment.number), 0));
  }
  assert.deepEqual((await seg.labels()).messages, []);
  // Overlap counts where voxels are shown alone.
  const [first] = imagePlanes(overlap.geometry);
  const half = imagePlanes(overlap.geometry).map((one) => ({ ...one, columns: first.columns / 2 }));
  const { columns } = overlap.geometry;
  const [whole, left] = [await overlap.labels(), await overlap.labels({ on: half })];
  assert.deepEqual(left.voxels, whole.voxels.filter((_, i) => i % columns < columns / 2));
  const { count: layers } = await overlap.layers();
  const seen = new Uint8Array(left.voxels.length);
  for (let layer = 1; layer <= layers; layer++) {
    (await overlap.labels({ on: half, layer })).voxels.forEach((value, i) => (seen[i] += value !== 0));
  }
  assert.equal(left.overlap, seen.reduce((sum, count) => sum + Math.max(0, count - 1), 0));
  // An object of it would lose voxels, and a stack that lies elsewhere shows nothing.
  await assert.rejects(seg.convert({ on: some }), (error) =>
    error.code === "unsupported" && /voxels lie outside the grid/.test(error.message));
  const { orientation, pixelSpacing } = seg.geometry;
  const away = planes.map((one) => ({
    ...one,
    position: one.position.map((value, axis) => value + 1000 * pixelSpacing[1] * orientation[axis]),
  }));
  await assert.rejects(seg.labels({ on: away }), (error) => error.code === "unsupported" && /wholly outside/.test(error.message));
});

test("messages are those of their own call, and stay as they are", async () => {
  const [a, b] = [await module.open("volume.dcm"), await module.open("volume.dcm")];
  const converted = await b.convert({ format: ".nii" });
  const before = [a, b, converted].map(({ messages }) => [...messages]);
  const narrow = imagePlanes(a.geometry).slice(2, 9);
  const { messages: cut } = await a.labels({ on: narrow });
  assert.equal(cut.length, 1);
  const kept = [...cut];
  await a.statistics({ on: narrow.slice(1) });
  cut.push("the caller's own");
  assert.deepEqual((await a.labels({ on: narrow })).messages, kept);
  assert.deepEqual([a, b, converted].map(({ messages }) => messages), before);
  assert.deepEqual((await a.labels()).messages, []);
  // Whole rows and columns without voxels are left out of an object, which is told of it.
  const voxels = await a.statistics();
  const last = Math.max(...voxels.segments.map(({ box }) => box.high[0]));
  const fitting = imagePlanes(a.geometry).map((one) => ({ ...one, columns: last }));
  assert.ok(last < a.geometry.columns);
  for (let times = 0; times < 2; times++) {
    const { messages } = await a.convert({ as: "labelmap", on: fitting });
    assert.equal(messages.filter((one) => /lie outside the grid/.test(one)).length, 1, `${messages}`);
  }
});

test("planes side by side are no view", async () => {
  const wide = imagePlanes(seg.geometry).map((one) => ({ ...one, columns: one.columns + 10 }));
  const beside = (pixels) => wide.map((one) => ({ ...one, position: one.position.map((value, axis) =>
    value - pixels * one.pixelSpacing[1] * one.orientation[axis]) }));
  for (const call of ["labels", "statistics"]) {
    await assert.rejects(seg[call]({ on: [...wide, ...beside(5)] }), (error) => error instanceof DsegError
      && error.code === "unsupported" && /plane \d+ lies .* mm beside plane \d+/.test(error.message), call);
  }
  // What decimal strings round away is one place.
  const half = (await seg.labels({ on: wide })).voxels;
  assert.deepEqual((await seg.labels({ on: [...wide, ...beside(0.001)] })).voxels, Uint8Array.of(...half, ...half));
});

test("an oblique grid is refused with the angle", async () => {
  const [c, s] = [Math.cos(0.1), Math.sin(0.1)];
  const oblique = imagePlanes(seg.geometry).map((one) => ({ ...one, orientation: [c, s, 0, -s, c, 0] }));
  await assert.rejects(seg.labels({ on: oblique }), (error) => error.code === "unsupported" && /degrees|°/.test(error.message));
});

test("what cannot be read is refused", async () => {
  const code = (wanted) => (error) => error instanceof DsegError && error.code === wanted;
  await assert.rejects(seg.labels({ planes: [15, 2] }), code("argument"));
  await assert.rejects(seg.labels({ bits: 12 }), code("argument"));
  await assert.rejects(seg.labels({ segments: [999] }), code("argument"));
  await assert.rejects(seg.mask(999), code("argument"));
  await assert.rejects(seg.labels({ on: [] }), code("argument"));
  const planes = imagePlanes(seg.geometry);
  for (const position of [[null, 0, 0], ["", 0, 0], [[], 0, 0], [false, 0, 0], [NaN, 0, 0], ["x", 0, 0], [0, 0]]) {
    await assert.rejects(seg.labels({ on: planes.map((one) => ({ ...one, position })) }), code("argument"), `${position}`);
  }
  await assert.rejects(module.open("missing.dcm"), code("input"));
  await assert.rejects(module.open(new Uint8Array(300)), code("unsupported"));
  await assert.rejects(module.open(new Uint8Array(0)), code("unsupported"));
  await assert.rejects(module.open(42), code("argument"));
  await assert.rejects(module.open([]), code("argument"));
  const bytes = fs.readFileSync("volume.dcm");
  await assert.rejects(module.open(bytes.subarray(0, bytes.length - 1000)), code("format"));
  const signal = AbortSignal.abort();
  await assert.rejects(seg.labels({ signal }), code("aborted"));
});

test("a buffer that is transferred is told of, and harms no other segmentation", async () => {
  const bytes = fs.readFileSync("volume.dcm");
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const fresh = await Dseg.create();
  const [gone, good] = [await fresh.open(buffer, { name: "gone.dcm" }), await fresh.open("volume.dcm")];
  const view = new Uint8Array(buffer);
  structuredClone(buffer, { transfer: [buffer] });
  const told = (error) => error instanceof DsegError && error.code === "input" && /gone.dcm.*transferred/.test(error.message);
  for (let times = 0; times < 3000; times++) await assert.rejects(gone.labels(), told, `${times}`);
  for (const call of ["statistics", "digest", "layers"]) await assert.rejects(gone[call](), told, call);
  await assert.rejects(gone.mask(1), told);
  await assert.rejects(gone.transcode("rle"), told);
  await assert.rejects(gone.convert({ as: "binary" }), told);
  assert.equal(await good.digest(), await seg.digest());
  for (const input of [buffer, view]) await assert.rejects(fresh.open(input), { name: "DsegError", code: "input" });
  fresh.close();
});

test("a data URL is opened", async () => {
  const url = `data:application/dicom;base64,${fs.readFileSync("volume.dcm").toString("base64")}`;
  for (const input of [url, new URL(url)]) {
    const read = await module.open(input);
    assert.equal(await read.digest(), await seg.digest());
    read.close();
  }
  await assert.rejects(module.open("data:application/dicom;base64,AAAA"), { name: "DsegError", message: /^input 1: / });
  await assert.rejects(module.open("data:nothing"), { name: "DsegError", code: "input", message: /^input 1: / });
  await assert.rejects(module.open(url, { signal: AbortSignal.abort() }), { code: "aborted" });
});

test("a cut file never gives anything but a DsegError", async () => {
  const bytes = fs.readFileSync("overlap.dcm");
  for (let size = 0; size < bytes.length; size += Math.ceil(bytes.length / 150)) {
    await assert.rejects(module.open(new Blob([bytes.subarray(0, size)])), (error) => error instanceof DsegError);
  }
});

test("what is being opened when all is closed is not opened", async () => {
  let release;
  const gate = new Promise((resolve) => (release = resolve));
  let begin;
  const begun = new Promise((resolve) => (begin = resolve));
  /** A Blob whose bytes behind the first part come when they are let. */
  class SlowBlob extends Blob {
    slice(from, to) {
      const part = super.slice(from, to);
      const read = part.arrayBuffer.bind(part);
      part.arrayBuffer = async () => {
        if (from > 0) begin();
        if (from > 0) await gate;
        return read();
      };
      return part;
    }
  }
  dseg("convert", phantom("deep.dcm", "--size", "32x32x300", "--labels", "12"), "frames.dcm", "--as", "binary", "--force");
  const bytes = fs.readFileSync("frames.dcm");
  const fresh = await Dseg.create();
  const opening = fresh.open(new SlowBlob([bytes]));
  await Promise.race([begun, opening]);
  fresh.close();
  release();
  await assert.rejects(opening, { name: "DsegError", code: "closed" });
});

test("calls may be made together, and after close they fail", async () => {
  const one = await module.open("volume.dcm");
  const [labels, mask, digest] = await Promise.all([one.labels(), one.mask(1), one.digest()]);
  assert.deepEqual(labels.voxels, all.voxels);
  assert.equal(mask.planes, 16);
  assert.equal(digest, await seg.digest());
  const running = one.labels();
  one.close();
  one.close();
  await assert.rejects(running, { code: "closed" });
  await assert.rejects(one.labels(), { code: "closed" });
});
