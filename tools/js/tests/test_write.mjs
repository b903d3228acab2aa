// SPDX-License-Identifier: Apache-2.0
// test_write.mjs - objects from arrays, conversions, transfer syntaxes; the program reads and validates them.
import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";
import { code, ctHeaders, dseg, Dseg, DsegError, imagePlanes, liver, phantom } from "./support.mjs";

phantom("volume.dcm", "--size", "48x40x16", "--labels", "12");
phantom("overlap.dcm", "--size", "48x40x16", "--labels", "30", "--overlap");
const module = await Dseg.create();
const seg = await module.open("volume.dcm");
const { voxels } = await seg.labels();
const on = imagePlanes(seg.geometry);
const spleen = { ...liver, label: "Spleen", type: code("78961009", "Spleen"), rgb: undefined };

/** Has the program check an object, and returns the digest of a new reading. */
async function checked(bytes, name) {
  fs.writeFileSync(name, bytes);
  dseg("validate", name); // fails with exit code 1 where a rule is broken
  const again = await module.open(name);
  const digest = await again.digest();
  again.close();
  return digest;
}

test("a label map in each encoding that the module writes", async () => {
  const codecs = module.codecs().filter(({ writes }) => writes).map(({ name }) => name);
  assert.ok(codecs.includes("rle") && codecs.includes("label-edge"));
  for (const as of ["labelmap", "binary"]) {
    for (const transferSyntax of codecs) {
      const written = await module.write({ labels: voxels, segments: seg.segments, on, as, transferSyntax });
      assert.equal(await checked(written.bytes, "written.dcm"), await seg.digest(), `${as} ${transferSyntax}`);
      assert.ok(written.frames > 0 && written.pixelDataBytes > 0 && written.sopInstanceUid.length > 10);
    }
  }
});

test("what is said of segments comes back", async () => {
  const given = { ...liver, number: 3, description: "by hand", algorithmType: "SEMIAUTOMATIC", algorithmName: "paint",
    typeModifiers: [code("7771000", "Left")], anatomicRegions: [code("818983003", "Abdomen")],
    anatomicRegionModifiers: [code("24028007", "Right")], trackingId: "L1",
    trackingUid: "1.2.3.4" };
  const labels = voxels.map((value) => (value === 1 ? 3 : 0));
  const { bytes } = await module.write({ labels, segments: [given], on, seriesDescription: "Ärztin", uidSeed: "x",
    dateTime: "20250131235959" });
  const [segment] = (await module.open(bytes)).segments;
  for (const key of Object.keys(given)) assert.deepEqual(segment[key], given[key], key);
  assert.equal(segment.hasColor, true);
  const again = await module.write({ labels, segments: [given], on, seriesDescription: "Ärztin", uidSeed: "x",
    dateTime: "20250131235959" });
  assert.deepEqual(again.bytes, bytes);
});

test("masks: a label map where they do not overlap, else binary", async () => {
  const masks = [1, 2].map((number) => voxels.map((value) => (value === number ? 1 : 0)));
  const apart = await module.write({ masks, segments: [liver, spleen], on });
  assert.equal((await module.open(apart.bytes)).encoding.representation, "labelmap");
  const twice = [masks[0], masks[0]];
  const both = await module.write({ masks: twice, segments: [liver, { ...spleen, number: 7 }], on });
  const read = await module.open(both.bytes);
  assert.equal(read.encoding.representation, "binary");
  assert.deepEqual(read.segments.map(({ number }) => number), [1, 2]);
  assert.equal(read.segments[1].originalNumber, 7);
  assert.deepEqual((await read.mask(2, { on })).voxels, masks[0]); // on: empty planes have no frames
  await assert.rejects(module.write({ masks: twice, segments: [liver, spleen], on, as: "labelmap" }), { code: "overlap" });
  const fraction = await module.write({ masks: [masks[0].map((v) => v * 128)], segments: [liver], on, as: "fractional" });
  const probability = await module.open(fraction.bytes);
  assert.equal(probability.kind, "probability");
  assert.deepEqual((await probability.mask(1, { on })).voxels, masks[0].map((v) => v * 128));
});

test("a Buffer is an array of bytes", async () => {
  const { bytes } = await module.write({ labels: Buffer.from(voxels), segments: seg.segments, on, as: "binary" });
  assert.equal(await checked(bytes, "of-buffer.dcm"), await seg.digest());
  const clamped = await module.write({ labels: Uint8ClampedArray.from(voxels), segments: seg.segments, on });
  assert.equal(await checked(clamped.bytes, "clamped.dcm"), await seg.digest());
});

test("null says that something of a segment is left out", async () => {
  const labels = voxels.map((value) => (value === 1 ? 1 : 0));
  const nothing = Object.fromEntries(["number", "originalNumber", "description", "rgb", "cielab", "hasColor", "algorithmType",
    "algorithmName", "typeModifiers", "anatomicRegions", "anatomicRegionModifiers", "trackingId", "trackingUid"].map(
    (key) => [key, null]));
  const { label, category, type } = liver;
  const options = { on, uidSeed: "x", dateTime: "20250131235959" };
  const [some, none] = await Promise.all([{ ...nothing, label, category, type }, { label, category, type }].map(
    (segment) => module.write({ labels, segments: [segment], ...options })));
  assert.deepEqual(some.bytes, none.bytes);
});

test("planes may come in any order", async () => {
  const plane = seg.geometry.rows * seg.geometry.columns;
  const order = on.map((_, p) => (p * 5) % 16);
  const labels = new Uint8Array(voxels.length);
  order.forEach((p, i) => labels.set(voxels.subarray(p * plane, (p + 1) * plane), i * plane));
  const { bytes } = await module.write({ labels, segments: seg.segments, on: order.map((p) => on[p]) });
  assert.equal(await checked(bytes, "ordered.dcm"), await seg.digest());
});

test("patient, study, planes and references come from images", async () => {
  const headers = ctHeaders(seg.geometry);
  // A Blob is read by parts, and images may come in any order.
  const images = [...headers.slice(8).map((header) => new Blob([header])), ...headers.slice(0, 8)];
  for (const planes of [undefined, on]) {
    const { bytes, messages } = await module.write({ labels: voxels, segments: seg.segments, images, on: planes });
    assert.deepEqual(messages, []);
    assert.equal(await checked(bytes, "of-images.dcm"), await seg.digest());
    const again = await module.open(bytes);
    assert.equal(again.references.length, 16);
    assert.equal(again.encoding.studyUid, again.references[0].studyUid);
    assert.match(again.geometry.frameOfReferenceUid, /\.4$/);
    for (const [p, { position, reference, referenceCount }] of again.geometry.planes.entries()) {
      position.forEach((value, axis) => assert.ok(Math.abs(value - seg.geometry.planes[p].position[axis]) < 1e-5));
      assert.equal(referenceCount, 1);
      assert.equal(again.references[reference].sopInstanceUid.split(".").at(-1), String(p + 1));
    }
    const information = JSON.parse(dseg("info", "--json", "of-images.dcm"));
    assert.equal(information.study_uid, again.encoding.studyUid);
    again.close();
  }
  const strangers = [...headers.slice(1), ctHeaders(seg.geometry, "P2")[0]];
  const request = { labels: voxels, segments: seg.segments, images: strangers };
  await assert.rejects(module.write(request), { code: "unsupported" });
  assert.ok((await module.write({ ...request, otherPatient: true })).messages.length > 0);
  await assert.rejects(module.write({ ...request, images: [fs.readFileSync("volume.dcm")] }), (error) =>
    error.code === "format" && /image 1/.test(error.message));
});

test("a series has hundreds of images", async () => {
  const planes = Array.from({ length: 300 }, (_, k) => ({ position: [0, 0, 2 * k] }));
  const geometry = { rows: 8, columns: 8, orientation: [1, 0, 0, 0, 1, 0], pixelSpacing: [1, 1], planes };
  const labels = new Uint8Array(64 * planes.length).fill(1);
  const { bytes } = await module.write({ labels, segments: [liver], images: ctHeaders(geometry) });
  const again = await module.open(bytes);
  assert.equal(again.references.length, planes.length);
  assert.equal(again.geometry.planes.length, planes.length);
  again.close();
});

test("headers of images may come as elements", async () => {
  const [{ position }, second] = seg.geometry.planes;
  const ct = "1.2.840.10008.5.1.4.1.1.2";
  const headers = ctHeaders(seg.geometry);
  const { rows, columns, orientation, pixelSpacing, planes } = seg.geometry;
  const images = planes.map((image, i) => ({ elements: [
    { tag: 0x00080005, vr: "CS", value: "ISO_IR 192" },
    { tag: 0x00080016, vr: "UI", value: ct },
    { tag: 0x00080018, vr: "UI", value: `1.2.826.0.1.3680043.8.498.3.${i + 1}` },
    { tag: 0x00080020, vr: "DA", value: "20250131" },
    { tag: 0x00080060, vr: "CS", value: "CT" },
    { tag: 0x00081032, vr: "SQ", value: [[{ tag: 0x00080100, vr: "SH", value: "CTAP" },
      { tag: 0x00080102, vr: "SH", value: "99X" }, { tag: 0x00080104, vr: "LO", value: "Abdomen" }]] },
    { tag: 0x00100010, vr: "PN", value: "Müller^Jürgen" },
    { tag: 0x00100020, vr: "LO", value: "P1" },
    { tag: 0x0020000d, vr: "UI", value: "1.2.826.0.1.3680043.8.498.1" },
    { tag: 0x0020000e, vr: "UI", value: "1.2.826.0.1.3680043.8.498.2" },
    { tag: 0x00200013, vr: "IS", value: String(i + 1) },
    { tag: 0x00200032, vr: "DS", value: image.position },
    { tag: 0x00200037, vr: "DS", value: orientation },
    { tag: 0x00200052, vr: "UI", value: "1.2.826.0.1.3680043.8.498.4" },
    { tag: 0x00280010, vr: "US", value: [rows] },
    { tag: 0x00280011, vr: "US", value: [columns] },
    { tag: 0x00280030, vr: "DS", value: pixelSpacing },
  ] }));
  assert.equal(images.length, headers.length);
  assert.notDeepEqual(position, second.position);
  const { bytes } = await module.write({ labels: voxels, segments: seg.segments, images });
  assert.equal(await checked(bytes, "of-elements.dcm"), await seg.digest());
  assert.ok(Buffer.from(bytes).includes("Müller^Jürgen") && Buffer.from(bytes).includes("CTAP"));
  const again = await module.open(bytes);
  assert.equal(again.references.length, planes.length);
  again.close();
  const refused = [
    { tag: 0x00280010, vr: "US", value: [70000] },
    { tag: 0x00200032, vr: "DS", value: [NaN] },
    { tag: 0x00280010, vr: "LO", value: "40" }, // another VR than PS3.6 gives
    { tag: 0xfffee000, vr: "UI", value: "1" },
    { tag: 0x00100020, vr: "LO", value: 5 },
    { tag: -1, vr: "LO", value: "" },
  ];
  for (const element of refused) {
    const wrong = [{ elements: [...images[0].elements, element] }, ...images.slice(1)];
    await assert.rejects(module.write({ labels: voxels, segments: seg.segments, images: wrong }), { code: "argument" },
      JSON.stringify(element));
  }
  await assert.rejects(module.write({ labels: voxels, segments: seg.segments, images: [{ elements: [] }] }),
    { code: "argument" });
});

test("a colour that nobody changed stays as it was stored", async () => {
  const stored = [30000, 40000, 20000]; // no whole numbers of sRGB
  const labels = voxels.map((value) => (value === 1 ? 1 : 0));
  const colorOf = async (segment) => (await module.open((await module.write({ labels, segments: [segment], on })).bytes)).segments[0];
  const first = await colorOf({ ...liver, rgb: undefined, cielab: stored });
  assert.deepEqual(first.cielab, stored);
  assert.deepEqual((await colorOf(first)).cielab, stored);
  const changed = await colorOf({ ...first, rgb: [0, 0, 255] });
  assert.deepEqual(changed.rgb, [0, 0, 255]);
  assert.notDeepEqual(changed.cielab, stored);
  assert.equal((await colorOf({ ...first, hasColor: false })).cielab, undefined);
});

test("colours are numbers of their range, or refused", async () => {
  const masks = [voxels.map((value) => (value === 1 ? 1 : 0))];
  const write = (color) => module.write({ masks, segments: [{ ...liver, ...color }], on });
  for (const rgb of [[300, 0, 0], [-1, 0, 0], [255], [1, 2, 3, 4], [127.9, 0, 0], ["x", 0, 0], [NaN, 0, 0], 7, "red"]) {
    await assert.rejects(write({ rgb }), { name: "DsegError", code: "argument" }, JSON.stringify(rgb));
  }
  for (const cielab of [[1, 2], [1, 2, 65536], [-1, 2, 3], [1.5, 2, 3], 7]) {
    await assert.rejects(write({ cielab }), { name: "DsegError", code: "argument" }, JSON.stringify(cielab));
  }
  const { bytes } = await write({ rgb: Uint8ClampedArray.of(255, 0, 7) });
  assert.deepEqual((await module.open(bytes)).segments[0].rgb, [255, 0, 7]);
});

test("names in other character sets become UTF-8", async () => {
  const cases = [
    ["ISO_IR 101", [0xd8, 0x65], "Ře"],
    ["ISO_IR 144", [0xb8, 0xd2], "Ив"],
    ["GB18030", [0xcd, 0xf5], "王"],
    ["\\ISO 2022 IR 149", [0x1b, 0x24, 0x29, 0x43, 0xb1, 0xe8], "김"],
    // Characters for which browsers have other code points.
    ["\\ISO 2022 IR 87", [0x1b, 0x24, 0x42, 0x3b, 0x33, 0x21, 0x41, 0x21, 0x42, 0x21, 0x5d, 0x21, 0x71, 0x21, 0x72, 0x22, 0x4c,
      0x45, 0x44], "山〜‖−¢£¬田"],
    ["\\ISO 2022 IR 87\\ISO 2022 IR 159", [0x1b, 0x24, 0x28, 0x44, 0x22, 0x37, 0x1b, 0x24, 0x42, 0x21, 0x41], "～〜"],
    ["\\ISO 2022 IR 58", [0x1b, 0x24, 0x29, 0x41, 0xd5, 0xc5, 0xa1, 0xa4, 0xa1, 0xaa], "张・―"],
    ["ISO_IR 13", [0xd4, 0xcf, 0x7e, 0xe0, 0xe1, 0xb1], "ﾔﾏ‾\ufffd\ufffdｱ"],
    ["ISO_IR 166", [0xca, 0xc1, 0xa0, 0xfc], "สม\ufffd\ufffd"],
  ];
  for (const [characterSet, bytes, expected] of cases) {
    const images = ctHeaders(seg.geometry, "P1", Uint8Array.from(bytes), characterSet);
    const { bytes: written, messages } = await module.write({ labels: voxels, segments: seg.segments, images });
    assert.deepEqual(messages, [], characterSet);
    assert.ok(Buffer.from(written).includes(Buffer.from(expected, "utf8")), `${characterSet}: ${expected}`);
  }
});

test("what cannot be written is refused", async () => {
  const request = { labels: voxels, segments: seg.segments, on };
  const refused = [
    [{ labels: undefined }, "argument"],
    [{ on: undefined }, "argument"],
    [{ labels: voxels.subarray(1) }, "argument"],
    [{ labels: new Float32Array(voxels) }, "argument"],
    [{ segments: [liver] }, "argument"],
    [{ segments: [{ ...liver, category: undefined }] }, "argument"],
    [{ transferSyntax: "jpeg-ls" }, "unsupported"],
    [{ as: "painting" }, "unsupported"],
    [{ on: [...on.slice(0, 15), on[0]] }, "argument"],
  ];
  for (const [change, expected] of refused) {
    await assert.rejects(module.write({ ...request, ...change }), { code: expected }, JSON.stringify(Object.keys(change)));
  }
});

test("Segment Numbers keep their value, or are refused", async () => {
  const masks = [voxels.map((value) => (value === 1 ? 1 : 0))];
  for (const number of [0, -1, 1.5, "1", 2 ** 32, 2 ** 32 + 1, 2 ** 53]) {
    for (const as of ["binary", "labelmap", "fractional"]) {
      await assert.rejects(module.write({ masks, segments: [{ ...liver, number }], on, as }), { code: "argument" }, `${number}`);
      const original = { ...liver, originalNumber: number };
      await assert.rejects(module.write({ masks, segments: [original], on, as }), { code: "argument" }, `${number}`);
    }
  }
  const largest = 2 ** 32 - 1;
  await assert.rejects(module.write({ masks, segments: [{ ...liver, number: 65536 }], on, as: "labelmap" }), DsegError);
  const { bytes } = await module.write({ masks, segments: [{ ...liver, number: largest }], on, as: "binary" });
  const [segment] = (await module.open(bytes)).segments;
  assert.deepEqual([segment.number, segment.originalNumber], [1, largest]);
});

test("the number that a segment once had is kept when it is numbered anew", async () => {
  const masks = [1, 2, 3].map((number) => voxels.map((value) => (value === number ? 1 : 0)));
  const numbers = (written) => written.segments.map(({ number, originalNumber }) => [number, originalNumber]);
  const segments = [{ ...liver, originalNumber: 5 }, { ...spleen, number: 3, originalNumber: 9 }, { ...liver, number: 8 }];
  const first = await module.open((await module.write({ masks, segments, on, as: "binary" })).bytes);
  assert.deepEqual(numbers(first), [[1, 5], [2, 9], [3, 8]]);
  // Some of the segments that were read, written again.
  const some = { masks: masks.slice(1), segments: first.segments.slice(1), on, as: "binary" };
  assert.deepEqual(numbers(await module.open((await module.write(some)).bytes)), [[1, 9], [2, 8]]);
});

test("texts are texts, whole, or refused", async () => {
  const refused = { name: "DsegError", code: "argument" };
  const labels = voxels.map((value) => (value === 1 ? 1 : 0));
  for (const wrong of [500, "Left\0Right", {}, ["a"], true]) {
    const own = ["label", "description", "algorithmName", "trackingId", "trackingUid"].map((key) => ({ [key]: wrong }));
    const codes = ["category", "type"].flatMap((key) => ["value", "scheme", "meaning"].map((part) =>
      ({ [key]: { ...liver[key], [part]: wrong } })));
    const lists = ["typeModifiers", "anatomicRegions", "anatomicRegionModifiers"].flatMap((key) =>
      [{ [key]: wrong }, { [key]: [wrong] }, { [key]: [{ ...liver.type, value: wrong }] }]);
    for (const change of [...own, ...codes, ...lists]) {
      await assert.rejects(module.write({ labels, segments: [{ ...liver, ...change }], on }), refused, JSON.stringify(change));
    }
    for (const key of ["as", "transferSyntax", "seriesDescription", "seriesNumber", "uidSeed", "dateTime"]) {
      await assert.rejects(module.write({ labels, segments: [liver], on, [key]: wrong }), refused, key);
      await assert.rejects(seg.convert({ [key]: wrong }), refused, key);
    }
    await assert.rejects(seg.convert({ format: wrong }), refused);
    await assert.rejects(seg.transcode(wrong), refused);
    await assert.rejects(module.open("volume.dcm", { name: wrong }), refused);
  }
  await assert.rejects(module.write({ labels, segments: [liver], on, seriesNumber: 700 }), /seriesNumber must be a text/);
});

test("conversions keep the voxels", async () => {
  for (const format of [".nii", ".nii.gz", ".nrrd", ".seg.nrrd", ".mha", "dicom"]) {
    const { bytes, messages } = await seg.convert({ format });
    const again = await module.open(bytes, { name: `converted${format}` });
    assert.equal(await again.digest(), await seg.digest(), `${format}: ${messages}`);
    again.close();
  }
  const binary = await seg.convert({ as: "binary", transferSyntax: "label-edge" });
  assert.equal(await checked(binary.bytes, "converted.dcm"), await seg.digest());
  const one = await seg.convert({ segments: [seg.segments[0].number] });
  assert.equal((await module.open(one.bytes)).segments.length, 1);
  const overlap = await module.open("overlap.dcm");
  await assert.rejects(overlap.convert({ as: "labelmap" }), { code: "overlap" });
  await assert.rejects(overlap.convert({ format: ".doc" }), { code: "argument" });
});

test("segments are converted by their numbers, whatever their labels are", async () => {
  const labels = voxels.map((value) => (value <= 2 ? value : 0));
  const named = [{ ...liver, label: "2" }, { ...spleen, label: "1" }];
  const both = await module.open((await module.write({ labels, segments: named, on })).bytes);
  for (const [number, label] of [[1, "2"], [2, "1"]]) {
    const one = await module.open((await both.convert({ segments: [number, number], as: "labelmap" })).bytes);
    assert.deepEqual(one.segments.map((segment) => [segment.number, segment.label]), [[number, label]]);
    assert.deepEqual((await one.labels({ on })).voxels, labels.map((value) => (value === number ? value : 0)));
    one.close();
  }
  await assert.rejects(both.convert({ segments: [] }), { code: "argument" });
  both.close();
});

test("transcoding keeps the instance", async () => {
  for (const transferSyntax of ["rle", "implicit-le", "label-edge", "encapsulated", "explicit-le"]) {
    const { bytes } = await seg.transcode(transferSyntax);
    const again = await module.open(bytes);
    assert.equal(again.encoding.sopInstanceUid, seg.encoding.sopInstanceUid);
    assert.equal(again.encoding.frameCodec, transferSyntax);
    assert.equal(await again.digest(), await seg.digest());
    const back = await again.transcode("explicit-le");
    if (transferSyntax === "rle") assert.deepEqual(back.bytes, new Uint8Array(fs.readFileSync("volume.dcm")));
    again.close();
  }
  await assert.rejects(seg.transcode("jpeg-ls"), { code: "unsupported" });
  await assert.rejects(seg.transcode(undefined), { code: "argument" });
});

test("what is written stays out of the module's memory", async () => {
  const fresh = await Dseg.create();
  const big = await fresh.open(phantom("big.dcm", "--size", "256x256x64", "--labels", "40"));
  const { bytes } = await big.convert({ as: "binary" });
  assert.ok(big.cost().memory < 24e6, `${big.cost().memory} bytes for an object of ${bytes.length}`);
  fresh.close();
});
