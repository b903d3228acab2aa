// SPDX-License-Identifier: Apache-2.0
// test_worker.mjs - the same through a worker: results, messages of errors, abort, the end.
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { after, test } from "node:test";
import path from "node:path";
import { pathToFileURL } from "node:url";
import fs from "node:fs";
import { Dseg, dseg, nodeDirectory, packageDirectory, phantom } from "./support.mjs";

phantom("volume.dcm", "--size", "48x40x16", "--labels", "12");
const here = await Dseg.create();
const there = await Dseg.create({ worker: true });
const [mine, theirs] = await Promise.all([here.open("volume.dcm"), there.open("volume.dcm")]);
after(() => there.close());

test("everything is the same as without", async () => {
  assert.ok(here instanceof Dseg && there instanceof Dseg);
  assert.equal(there.version, here.version);
  assert.deepEqual(there.codecs(), here.codecs());
  for (const key of ["segments", "geometry", "encoding", "references", "kind", "messages"]) {
    assert.deepEqual(theirs[key], mine[key], key);
  }
  assert.deepEqual(await theirs.labels(), await mine.labels());
  assert.deepEqual(await theirs.mask(2, { planes: [3, 4] }), await mine.mask(2, { planes: [3, 4] }));
  assert.deepEqual(await theirs.statistics(), await mine.statistics());
  assert.deepEqual(await theirs.layers(), await mine.layers());
  assert.equal(await theirs.digest(), await mine.digest());
  const options = { as: "binary", uidSeed: "x", dateTime: "20250131235959" };
  assert.deepEqual(await theirs.convert(options), await mine.convert(options));
  assert.deepEqual((await theirs.transcode("rle")).bytes, (await mine.transcode("rle")).bytes);
  assert.ok(theirs.cost().memory > 0);
});

test("Blobs and bytes are opened there", async () => {
  const bytes = fs.readFileSync("volume.dcm");
  for (const input of [new Blob([bytes]), new Uint8Array(bytes), pathToFileURL(path.resolve("volume.dcm"))]) {
    const seg = await there.open(input);
    assert.equal(await seg.digest(), await mine.digest());
    seg.close();
  }
});

test("progress, abort, errors", async () => {
  const steps = [];
  await theirs.labels({ progress: (done, total) => steps.push([done, total]) });
  assert.deepEqual(steps.at(-1), [16, 16]);
  await assert.rejects(theirs.labels({ signal: AbortSignal.abort() }), { code: "aborted" });
  await assert.rejects(theirs.mask(99), { code: "argument", name: "DsegError" });
  await assert.rejects(there.open("missing.dcm"), { code: "input" });
  await assert.rejects(there.open(() => {}), { code: "argument" });
});

/** A worker whose decoder of deflated frames is this text, and a segmentation of 32 frames of 2 MB for it. */
async function withDecoder(name, decoder) {
  dseg("convert", phantom("wide.dcm", "--size", "1024x1024x32", "--labels", "3"), "wide-deflated.dcm", "--transfer-syntax",
    "deflated-frame", "--as", "labelmap", "--force");
  fs.writeFileSync(name, `export default { "1.2.840.10008.1.2.8.1": ${decoder} };\n`);
  const worker = await Dseg.create({ worker: true, decoderModules: [pathToFileURL(path.resolve(name))] });
  return { worker, seg: await worker.open("wide-deflated.dcm") };
}

test("a call is given up while it runs", async () => {
  const { worker, seg } = await withDecoder("slow.mjs", `(bytes, { rows, columns }) => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  return new Uint8Array(rows * columns);
}`);
  for (const how of ["progress", "timer"]) {
    const controller = new AbortController();
    let [steps, total] = [0, 0];
    const progress = (done, count) => {
      steps = done;
      total = count;
      if (how === "progress") controller.abort();
      else setTimeout(() => controller.abort(), 20);
    };
    await assert.rejects(seg.labels({ bits: 32, signal: controller.signal, progress }), { code: "aborted" });
    assert.ok(steps < total, `${how}: after ${steps} of ${total} planes`);
  }
  await assert.rejects(seg.labels({ layer: 1, signal: AbortSignal.timeout(100) }), { code: "aborted" });
  assert.equal((await seg.labels({ planes: [0, 1] })).planes, 1);
  worker.close();
});

test("a worker that ends leaves no call without an answer", { timeout: 60000 }, async () => {
  const { worker, seg } = await withDecoder("exit.mjs", "() => process.exit(3)");
  const running = [seg.labels(), seg.digest()];
  const ended = { name: "DsegError", code: "internal", message: /the worker ended/ };
  for (const call of running) await assert.rejects(call, ended);
  await assert.rejects(worker.open("volume.dcm"), ended);
  worker.close();
});

test("a signal keeps nothing of a call that is over", async () => {
  const { signal } = new AbortController();
  const listeners = () => getEventListeners(signal, "abort").length;
  const running = theirs.labels({ signal });
  assert.equal(listeners(), 1);
  await running;
  assert.equal(listeners(), 0);
  await assert.rejects(theirs.labels({ signal, on: [() => {}] }), { code: "argument" }); // cannot be sent
  assert.equal(listeners(), 0);
  const ended = await Dseg.create({ worker: true });
  const opening = ended.open("volume.dcm", { signal });
  ended.close();
  await assert.rejects(opening, { code: "closed" });
  assert.equal(listeners(), 0);
});

test("relative modules begin at the working directory", async () => {
  fs.writeFileSync("relative.mjs", 'export default { "1.2.3": () => {} };\n');
  for (const worker of [false, true]) {
    for (const name of ["relative.mjs", "./relative.mjs", path.resolve("relative.mjs")]) {
      const made = await Dseg.create({ worker, decoderModules: [name] });
      assert.ok(made.codecs().some(({ transferSyntax }) => transferSyntax === "1.2.3"), name);
      made.close();
    }
  }
});

test("wrong arguments are errors of dseg, here and there", async () => {
  const code = "argument";
  const { segments } = mine;
  const labels = new Uint8Array(8);
  fs.writeFileSync("throws.mjs", "throw new Error('it does not work');\n");
  fs.writeFileSync("nothing.mjs", "export default 5;\n");
  for (const [dsegOf, seg] of [[here, mine], [there, theirs]]) {
    const calls = {
      "write nothing": () => dsegOf.write(), "write null": () => dsegOf.write(null), "write {}": () => dsegOf.write({}),
      "no segments": () => dsegOf.write({ masks: [labels] }), "labels without segments": () => dsegOf.write({ labels }),
      "images 5": () => dsegOf.write({ labels, segments, images: 5 }), "segments 5": () => dsegOf.write({ labels, segments: 5 }),
      "masks 5": () => dsegOf.write({ masks: 5, segments: [] }), "null segment": () => dsegOf.write({ labels, segments: [null] }),
      "open null": () => dsegOf.open("volume.dcm", null), "open http:": () => dsegOf.open("http:"),
      "signal 5": () => dsegOf.open("volume.dcm", { signal: 5 }), "open nothing": () => dsegOf.open(),
      "labels null": () => seg.labels(null), "labels 5": () => seg.labels(5), "planes 5": () => seg.labels({ planes: 5 }),
      "labels of 5": () => seg.labels({ segments: 5 }), "on 5": () => seg.labels({ on: 5 }),
      "on null": () => seg.labels({ on: [null] }), "progress 5": () => seg.labels({ progress: 5 }),
      "mask null": () => seg.mask(1, null), "mask nothing": () => seg.mask(), "statistics null": () => seg.statistics(null),
      "digest null": () => seg.digest(null), "convert null": () => seg.convert(null),
      "convert 5": () => seg.convert({ segments: 5 }), "transcode nothing": () => seg.transcode(),
    };
    for (const [name, call] of Object.entries(calls)) await assert.rejects(call(), { name: "DsegError", code }, name);
  }
  for (const worker of [false, true]) {
    for (const decoderModules of [5, ["away.mjs"], ["throws.mjs"], ["nothing.mjs"], ["http:"]]) {
      await assert.rejects(Dseg.create({ worker, decoderModules }), { name: "DsegError", code }, `${decoderModules}`);
    }
    for (const memoryLimit of [NaN, -1, 0, "x"]) {
      await assert.rejects(Dseg.create({ worker, memoryLimit }), { name: "DsegError", code }, `${memoryLimit}`);
    }
    for (const wasm of ["away.wasm", new ArrayBuffer(10)]) {
      await assert.rejects(Dseg.create({ worker, wasm }), { name: "DsegError", code: "input" });
    }
  }
  await assert.rejects(Dseg.create(null), { name: "DsegError", code });
  await assert.rejects(Dseg.create({ decoders: null, decoderModules: null, wasm: 5 }), { name: "DsegError" });
});

test("decoders come as modules", async () => {
  await assert.rejects(Dseg.create({ worker: true, decoders: {} }), { code: "argument" });
  dseg("convert", "volume.dcm", "deflated-frame.dcm", "--transfer-syntax", "deflated-frame", "--force");
  const decoders = pathToFileURL(path.join(packageDirectory, "src/decoders.js")).href;
  const fflate = pathToFileURL(path.join(nodeDirectory, "node_modules/fflate/esm/index.mjs")).href;
  fs.writeFileSync("decoders.mjs", `import * as fflate from "${fflate}";
import { deflatedFrame } from "${decoders}";
export default () => deflatedFrame(fflate);
`);
  const worker = await Dseg.create({ worker: true, decoderModules: [pathToFileURL(path.resolve("decoders.mjs"))] });
  const seg = await worker.open("deflated-frame.dcm");
  assert.equal(await seg.digest(), await mine.digest());
  worker.close();
  await assert.rejects(seg.digest(), { code: "closed" });
  await assert.rejects(worker.open("volume.dcm"), { code: "closed" });
});
