// SPDX-License-Identifier: Apache-2.0
// test_ranges.mjs - an object over HTTP: what it costs, and servers that do something else.
//
// The budget is that of 108 segments on 512 x 512 x 429: the header grows with frames (130 bytes each, 8,000 of them:
// 1.1 MB; with references to images 160), a plane with its frames (20 of 32 KB). Here are 108 segments on 128 x 128 x
// 60; measured with the large one: 1.5 MB in 8 requests for 292 MB.
import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import { after, before, test } from "node:test";
import { dseg, Dseg, DsegError, fromPackage, phantom } from "./support.mjs";

dseg("convert", phantom("volume.dcm", "--size", "128x128x60"), "binary.dcm", "--as", "binary", "--force");
const file = fs.readFileSync("binary.dcm");
const module = await Dseg.create();
const local = await module.open(file);

/** Sends a megabyte at a time until nobody listens, or 200 MB were taken. */
function sendForEver(response) {
  const piece = Buffer.alloc(1 << 20);
  const send = () => {
    if (given.bytes > 2e8) return response.end();
    given.bytes += piece.length;
    return !response.destroyed && response.write(piece, send);
  };
  send();
}

/** How the server behaves, and what it has; it counts what it gives. */
let behaviour = {};
let served = file;
let given = { requests: 0, bytes: 0 };
const server = http.createServer((request, response) => {
  given.requests++;
  const [begin, last] = /bytes=(\d+)-(\d+)/.exec(request.headers.range).slice(1).map(Number);
  const end = Math.min(last + 1, served.length);
  given.bytes += end - begin;
  const headers = { ETag: `"${behaviour.tag?.(given.requests) ?? "one"}"`, ...behaviour.headers?.(begin, end) };
  headers["Content-Range"] ??= `bytes ${begin}-${end - 1}/${served.length}`;
  const body = served.subarray(begin, behaviour.cut ? end - 1 : end);
  if (behaviour.hang?.(given.requests)) return;
  response.writeHead(behaviour.status ?? 206, headers);
  if (behaviour.endless) sendForEver(response);
  else response.end(body);
});
let url;
before(async () => {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${server.address().port}/binary.dcm`;
});
after(() => server.close(() => {}) && server.closeAllConnections());

async function open(how = {}, options, bytes = file) {
  behaviour = how;
  served = bytes;
  given = { requests: 0, bytes: 0 };
  return module.open(url, options);
}

test("the first plane costs little more than the header", async () => {
  const seg = await open();
  const header = file.length - seg.encoding.pixelDataBytes;
  const first = await seg.labels({ planes: [30, 1] });
  assert.deepEqual(first.voxels, (await local.labels({ planes: [30, 1] })).voxels);
  assert.ok(given.requests <= 12, `${given.requests} requests`);
  assert.ok(given.bytes <= 2 * header + 350000, `${given.bytes} bytes, of a header of ${header}`);
  assert.deepEqual({ requests: seg.cost().requests, bytes: seg.cost().bytes }, given);
  seg.close();
});

test("whole passes fetch each byte once, in large pieces", async () => {
  const seg = await open();
  assert.equal(await seg.digest(), await local.digest());
  assert.ok(given.bytes <= file.length + 2 * 65536, `${given.bytes} of ${file.length}`);
  assert.ok(given.requests < 30, `${given.requests}`);
  assert.deepEqual((await seg.labels()).voxels, (await local.labels()).voxels);
  assert.deepEqual(await seg.statistics(), await local.statistics());
  assert.deepEqual(await seg.layers(), await local.layers());
  const again = await module.open((await seg.transcode("rle")).bytes);
  assert.equal(await again.digest(), await local.digest());
  assert.ok(seg.cost().memory < 60e6);
});

test("a pass holds three windows of planes at most, and fetches each plane once", async () => {
  const { Ahead } = await fromPackage("ahead");
  const MEGABYTE = 1 << 20;
  let [time, held, most] = [0, [], 0];
  const loads = [];
  const input = { now: () => ++time, forget: (before) => (held = held.filter((window) => window.time >= before)) };
  const load = async (first, count) => {
    loads.push([first, count]);
    held.push({ first, count, time: ++time });
    most = Math.max(most, held.reduce((sum, window) => sum + window.count, 0));
  };
  const ahead = new Ahead(load, MEGABYTE, input);
  for (let first = 0; first < 100; first += 4) {
    await ahead.need(first, Math.min(4, 100 - first), 100);
    assert.ok(held.some((window) => window.first <= first && first + 4 <= window.first + window.count), `plane ${first}`);
  }
  assert.deepEqual(loads, [[0, 24], [24, 24], [48, 24], [72, 24], [96, 4]]);
  assert.ok(most <= 72, `${most} MB`);
  // A step that is larger than a window, a second pass, a stretch elsewhere.
  const large = new Ahead(load, 100 * MEGABYTE, input);
  loads.length = 0;
  for (const first of [0, 4, 0, 40]) await large.need(first, 4, 44);
  assert.deepEqual(loads, [[0, 4], [4, 4], [8, 4], [0, 4], [4, 4], [40, 4]]);
});

test("a walk that begins anew tells once what it tells", async () => {
  const { walkOver } = await fromPackage("walks");
  const [input, host] = [{ missing: null }, { messages: ["of the view"], failure: null }];
  let [begun, left] = [0, 0];
  const calls = {
    walk_begin: () => {
      left = 1;
      return ++begun;
    },
    walk_count: () => left,
    walk_first: () => 0,
    walk_step: () => {
      host.messages.push("of a step");
      left = 0;
      if (begun === 1) input.missing = [0, 1];
      return begun === 1 ? 1 : 0;
    },
    walk_end: () => {},
  };
  const check = (status) => assert.equal(status, 0);
  const needAll = async () => (input.missing = null);
  const found = await walkOver({ calls, host, check }, { kind: 0, source: 1, inputs: [input], need: async () => {}, needAll,
    end: () => "the end" });
  assert.equal(found, "the end");
  assert.equal(begun, 2);
  assert.deepEqual(host.messages, ["of the view", "of a step"]);
});

/** An object whose frames have no offset table: each is found behind the one before it. */
function withoutTable(bytes) {
  const at = bytes.indexOf(Uint8Array.of(0xe0, 0x7f, 0x10, 0, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff)) + 12;
  const length = bytes.readUInt32LE(at + 4);
  assert.ok(length > 0);
  return Buffer.concat([bytes.subarray(0, at + 4), Buffer.alloc(4), bytes.subarray(at + 8 + length)]);
}

test("encapsulated frames are found by their table, or by walking in large steps", async () => {
  const size = 256 * 256;
  const frames = phantom("frames.dcm", "--size", "256x256x200", "--labels", "12");
  const make = (table) => {
    dseg("convert", frames, "encapsulated.dcm", "--transfer-syntax", "encapsulated", "--offset-table", table, "--force");
    return fs.readFileSync("encapsulated.dcm");
  };
  const native = await module.open(frames);
  const expected = (await native.labels({ planes: [100, 1] })).voxels;
  const header = fs.statSync(frames).size - native.encoding.pixelDataBytes;
  for (const table of ["basic", "extended"]) {
    const bytes = make(table);
    for (const by of ["URL", "Blob"]) {
      const seg = by === "URL" ? await open({}, undefined, bytes) : await module.open(new Blob([bytes]));
      assert.deepEqual((await seg.labels({ planes: [100, 1] })).voxels, expected, table);
      const cost = seg.cost();
      assert.ok(cost.requests <= 12 && cost.bytes <= 2 * header + size + 350000, `${table}, ${by}: ${JSON.stringify(cost)}`);
      assert.equal(await seg.digest(), await native.digest());
      seg.close();
    }
  }
  const bytes = withoutTable(make("basic"));
  for (const by of ["URL", "Blob"]) {
    const seg = by === "URL" ? await open({}, undefined, bytes) : await module.open(new Blob([bytes]));
    assert.deepEqual((await seg.labels({ planes: [100, 1] })).voxels, expected);
    assert.ok(seg.cost().requests <= 16, `${by}: ${JSON.stringify(seg.cost())}`);
    seg.close();
  }
  // A table that is wrong in the middle is found out by a frame that is read.
  const wrong = make("basic");
  const at = wrong.indexOf(Uint8Array.of(0xe0, 0x7f, 0x10, 0, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff)) + 20;
  wrong.writeUInt32LE(wrong.readUInt32LE(at + 4 * 100) + 2, at + 4 * 100);
  const seg = await open({}, undefined, wrong);
  await assert.rejects(seg.labels({ planes: [100, 1] }), (error) => error.code === "format" && /no item/.test(error.message));
  const whole = await module.open(wrong);
  assert.equal(await whole.digest(), await native.digest());
  assert.ok(whole.messages.some((message) => /offset table/.test(message)));
});

test("a Blob is read by parts", async () => {
  const seg = await module.open(new Blob([file]));
  const { geometry } = seg;
  assert.deepEqual((await seg.labels({ planes: [59, 1] })).voxels, (await local.labels({ planes: [59, 1] })).voxels);
  assert.ok(seg.cost().bytes < file.length / 2, `${seg.cost().bytes} of ${file.length}`);
  const on = geometry.planes.map(({ position }) => ({ ...geometry, position }));
  assert.deepEqual((await seg.labels({ on, planes: [10, 2] })).voxels, (await local.labels({ planes: [10, 2] })).voxels);
  assert.equal(await seg.digest(), await local.digest());
});

test("headers of the caller are sent, and abort is obeyed", async () => {
  let seen = null;
  server.prependOnceListener("request", (request) => (seen = request.headers.authorization));
  (await open({}, { headers: { Authorization: "Bearer x" } })).close();
  assert.equal(seen, "Bearer x");
  const worker = await Dseg.create({ worker: true });
  for (const asker of [module, worker]) {
    seen = null;
    server.prependOnceListener("request", (request) => (seen = request.headers.authorization));
    (await asker.open(url, { headers: new Headers({ Authorization: "Bearer y" }) })).close();
    assert.equal(seen, "Bearer y");
  }
  worker.close();
  const controller = new AbortController();
  const opening = open({ hang: (request) => request > 1 }, { signal: controller.signal });
  setTimeout(() => controller.abort(), 100);
  await assert.rejects(opening, { code: "aborted" });
  const seg = await open();
  await assert.rejects(seg.labels({ signal: AbortSignal.abort() }), { code: "aborted" });
  assert.equal((await seg.labels({ planes: [0, 1] })).planes, 1);
});

test("servers that do something else are told of", async () => {
  const cases = [
    [{ status: 200 }, /ignores ranges/],
    [{ status: 404 }, /answered 404/],
    [{ headers: () => ({ "Content-Range": "bytes 5-9/100000" }) }, /gave bytes 5-9/],
    [{ headers: () => ({ "Content-Range": "words" }) }, /Content-Range/],
    [{ tag: (request) => request }, /changed on the server/],
    [{ headers: (begin) => (begin > 0 ? { "Content-Range": `bytes ${begin}-${begin + 9}/77777777` } : {}) }, /changed|gave bytes/],
    [{ cut: true }, /bytes came for a range|broke off/],
  ];
  for (const [how, text] of cases) {
    await assert.rejects(open(how), (error) => {
      assert.ok(error instanceof DsegError, error.stack);
      assert.equal(error.code, "network", error.message);
      assert.match(error.message, text);
      assert.ok(error.message.startsWith(url), error.message);
      return true;
    });
  }
  await assert.rejects(module.open("http://127.0.0.1:1/none.dcm"), { code: "network" });
});

test("no more is taken of a server than was asked for", async () => {
  await assert.rejects(open({ endless: true }), { code: "network", message: /more bytes came for a range of 65536/ });
  assert.ok(given.bytes < 5e7, `${given.bytes} bytes were taken`);
});
