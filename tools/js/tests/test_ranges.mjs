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
import { dseg, Dseg, DsegError, phantom } from "./support.mjs";

dseg("convert", phantom("volume.dcm", "--size", "128x128x60"), "binary.dcm", "--as", "binary", "--force");
const file = fs.readFileSync("binary.dcm");
const module = await Dseg.create();
const local = await module.open(file);

/** How the server behaves; it counts what it gives. */
let behaviour = {};
let given = { requests: 0, bytes: 0 };
const server = http.createServer((request, response) => {
  given.requests++;
  const [begin, last] = /bytes=(\d+)-(\d+)/.exec(request.headers.range).slice(1).map(Number);
  const end = Math.min(last + 1, file.length);
  given.bytes += end - begin;
  const headers = { ETag: `"${behaviour.tag?.(given.requests) ?? "one"}"`, ...behaviour.headers?.(begin, end) };
  headers["Content-Range"] ??= `bytes ${begin}-${end - 1}/${file.length}`;
  const body = file.subarray(begin, behaviour.cut ? end - 1 : end);
  if (behaviour.hang?.(given.requests)) return;
  response.writeHead(behaviour.status ?? 206, headers);
  response.end(body);
});
let url;
before(async () => {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${server.address().port}/binary.dcm`;
});
after(() => server.close(() => {}) && server.closeAllConnections());

async function open(how = {}, options) {
  behaviour = how;
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
