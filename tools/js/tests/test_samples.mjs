// SPDX-License-Identifier: Apache-2.0
// test_samples.mjs - the sample set, every encoding and edge case: the same voxels as the native library has.
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { test } from "node:test";
import { allDecoders, dseg, Dseg, DsegError, fromPackage, nodeDirectory, phantom } from "./support.mjs";

fs.rmSync("set", { recursive: true, force: true });
dseg("samples", phantom("source.seg.nrrd", "--size", "48x40x16", "--labels", "12"), "set", "--edge-cases");
const { samples } = JSON.parse(fs.readFileSync("set/manifest.json", "utf8"));
const module = await Dseg.create({ decoders: await allDecoders() });
const objects = samples.filter((sample) => sample.voxels_sha256 !== undefined && sample.file.endsWith(".dcm"));
// Built without, to be small; a proposal that is not there is refused, not read as something else.
const instances = new Set(["instance-labels", "segment-ranges"]);
const lossy = new Set(["1.2.840.10008.1.2.4.50"]); // decoders of it differ, and none is handed in

test("every valid object has the native digest", async () => {
  let count = 0;
  for (const sample of objects.filter(({ transfer_syntax }) => !lossy.has(transfer_syntax?.uid))) {
    if (instances.has(sample.representation)) {
      await assert.rejects(module.open(path.join("set", sample.file)), { code: "unsupported", message: /proposal/ });
      continue;
    }
    const seg = await module.open(path.join("set", sample.file));
    // Fractions of masks are digested as masks in the manifest where that makes them comparable.
    const digests = [await seg.digest(), await seg.digest({ asMasks: true })];
    assert.ok(digests.includes(sample.voxels_sha256), `${sample.file}: ${digests}`);
    if (sample.transfer_syntax) assert.equal(seg.encoding.frameCodec, sample.transfer_syntax.name);
    if (sample.status) assert.equal(seg.encoding.experimental, sample.status === "proposal", sample.file);
    assert.equal(seg.encoding.fileBytes, fs.statSync(path.join("set", sample.file)).size, sample.file);
    seg.close();
    count++;
  }
  assert.ok(count > 45, `${count} objects`);
});

test("the parts of a concatenation open as one", async () => {
  for (const kind of ["native", "rle"]) {
    const parts = samples.map(({ file }) => path.join("set", file))
      .filter((file) => new RegExp(`concatenation-${kind}-\\d`).test(file));
    assert.ok(parts.length > 1, kind);
    dseg("convert", ...parts, `whole-${kind}.dcm`, "--force"); // by the program
    const whole = await module.open(`whole-${kind}.dcm`);
    const wanted = [await whole.digest(), (await whole.labels()).voxels];
    const middle = whole.geometry.planes.length >> 1;
    const worker = await Dseg.create({ worker: true });
    const ways = [
      [module, parts],
      [module, [...parts].reverse()],
      [module, parts.map((file) => new Blob([fs.readFileSync(file)]))],
      [worker, parts.map((file) => fs.readFileSync(file))],
    ];
    for (const [opener, inputs] of ways) {
      const seg = await opener.open(inputs);
      assert.deepEqual([await seg.digest(), (await seg.labels()).voxels], wanted, kind);
      assert.deepEqual((await seg.labels({ planes: [middle, 1] })).voxels,
        (await whole.labels({ planes: [middle, 1] })).voxels);
      assert.deepEqual(await seg.statistics(), await whole.statistics());
      await assert.rejects(seg.transcode("rle"), { code: "unsupported" });
      seg.close();
    }
    worker.close();
    await assert.rejects(module.open(parts.slice(1)), (error) => error.code !== "internal" && /concatenation/i.test(error.message));
    await assert.rejects(module.open([...parts, parts[0]]), (error) => error.code !== "internal" && /concatenation/i.test(error.message));
    whole.close();
  }
});

test("source volumes open, gzipped ones too", async () => {
  const seg = await module.open("source.seg.nrrd");
  const object = await module.open("set/labelmap-explicit-le.dcm");
  assert.equal(await seg.digest(), await object.digest());
  const compressed = await module.open(new Uint8Array(fs.readFileSync("set/source.nii.gz")), { name: "source.nii.gz" });
  assert.equal(await compressed.digest(), await object.digest());
  for (const one of [seg, object, compressed]) one.close();
});

test("faulty objects open, or fail with the library's message", async () => {
  const faulty = samples.filter(({ group }) => group === "faulty");
  let failed = 0;
  for (const { file } of faulty) {
    try {
      const seg = await module.open(path.join("set", file));
      await seg.labels();
      seg.close();
    } catch (error) {
      assert.ok(error instanceof DsegError, `${file}: ${error.stack}`);
      assert.ok(["format", "unsupported"].includes(error.code), `${file}: ${error.code}`);
      assert.ok(error.message.length > 20, file);
      failed++;
    }
  }
  assert.ok(failed > 10 && failed < faulty.length, `${failed} of ${faulty.length}`);
});

test("an object whose syntax has no decoder is described, and its voxels are refused", async () => {
  const plain = await Dseg.create();
  const seg = await plain.open("set/labelmap-jpeg-ls.dcm");
  assert.equal(seg.segments.length, 12);
  await assert.rejects(seg.labels(), (error) =>
    error.code === "unsupported" && error.message.includes("1.2.840.10008.1.2.4.80"));
  plain.close();
});

test("a decoder that fails, or gives something else, is told", async () => {
  for (const [decode, text] of [
    [() => { throw new Error("no luck"); }, /no luck/],
    [() => new Uint8Array(3), /3 bytes for a frame of/],
    [() => undefined, /no typed array/],
  ]) {
    const one = await Dseg.create({ decoders: { "1.2.840.10008.1.2.4.80": decode } });
    const seg = await one.open("set/labelmap-jpeg-ls.dcm");
    await assert.rejects(seg.labels(), (error) => error.code === "format" && text.test(error.message));
    one.close();
  }
});

test("a decoder is loaded when the first object of its syntax is opened, and again where that failed", async () => {
  const { jpegLs, onDemand } = await fromPackage("decoders");
  let loads = 0;
  const decoders = onDemand(jpegLs, async () => {
    loads++;
    if (loads === 1) throw new Error("no network");
    return createRequire(path.join(nodeDirectory, "/"))("@cornerstonejs/codec-charls");
  });
  const one = await Dseg.create({ decoders });
  assert.ok(one.codecs().some(({ name }) => name === "jpeg-ls"));
  const plain = await one.open("set/labelmap-explicit-le.dcm");
  assert.equal(loads, 0);
  const failed = await one.open("set/labelmap-jpeg-ls.dcm");
  assert.equal(failed.segments.length, 12);
  await assert.rejects(failed.labels(), { name: "DsegError", message: /its decoder cannot be loaded: no network/ });
  const both = await Promise.all([1, 2].map(() => one.open("set/labelmap-jpeg-ls.dcm")));
  assert.equal(loads, 2);
  for (const seg of [...both, failed]) assert.equal(await seg.digest(), await plain.digest());
  await one.open("set/labelmap-jpeg-ls.dcm");
  assert.equal(loads, 2);
  const nothing = await Dseg.create({ decoders: { "1.2.840.10008.1.2.4.80": { load: async () => 5 } } });
  const seg = await nothing.open("set/labelmap-jpeg-ls.dcm");
  await assert.rejects(seg.labels(), { name: "DsegError", message: /what was loaded is no function/ });
  for (const wrong of [{}, null, { load: 5 }]) {
    await assert.rejects(Dseg.create({ decoders: { "1.2.3": wrong } }), { name: "DsegError", code: "argument" });
  }
  assert.throws(() => onDemand(() => {}, () => {}), { name: "DsegError", code: "argument" });
});
