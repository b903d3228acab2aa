// SPDX-License-Identifier: Apache-2.0
// test_inflate.mjs - inputs that are deflated as a whole, where TextDecoder and DecompressionStream are those of browsers.
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { test } from "node:test";
import { deflateRawSync, gunzipSync, gzipSync, inflateRawSync, zstdCompressSync } from "node:zlib";
import { deflated, Dseg, fromPackage, nodeDirectory, phantom, renamed } from "./support.mjs";

/** latin1 is windows-1252 in browsers (WHATWG Encoding 4.2). Here all bytes that differ become one character. */
class BrowserTextDecoder extends TextDecoder {
  #isLatin;
  constructor(label = "utf-8", options = undefined) {
    super(label, options);
    this.#isLatin = /latin1|windows-1252/.test(label);
  }
  decode(bytes, options) {
    const text = super.decode(bytes, options);
    return this.#isLatin ? text.replace(/[\u0080-\u009f]/g, "\u0178") : text;
  }
}

/** As in Chromium, where an error throws away what was not read yet. */
class BrowserDecompressionStream {
  constructor(format) {
    const pieces = [];
    const inflate = format === "gzip" ? gunzipSync : (bytes) => {
      const { buffer, engine } = inflateRawSync(bytes, { info: true });
      if (engine.bytesWritten !== bytes.length) throw new TypeError("Junk found after end of compressed data.");
      return buffer;
    };
    const { readable, writable } = new TransformStream({
      transform: (piece) => void pieces.push(piece),
      flush: (controller) => controller.enqueue(new Uint8Array(inflate(Buffer.concat(pieces)))),
    });
    Object.assign(this, { readable, writable });
  }
}
const NodeDecompressionStream = globalThis.DecompressionStream;
globalThis.TextDecoder = BrowserTextDecoder;
globalThis.DecompressionStream = BrowserDecompressionStream;

const module = await Dseg.create();
const plain = fs.readFileSync(phantom("volume.dcm", "--size", "96x96x32", "--labels", "12"));
const digest = await (await module.open(plain)).digest();

test("a deflated data set may be padded by one byte, and nothing else lies behind it", async () => {
  for (const count of [0, 1]) {
    const seg = await module.open(deflated(plain, Buffer.alloc(count)));
    assert.equal(await seg.digest(), digest);
    assert.equal(seg.encoding.transferSyntax, "1.2.840.10008.1.2.1.99");
    seg.close();
  }
  const damaged = { name: "DsegError", code: "format", message: /damaged/ };
  await assert.rejects(module.open(deflated(plain, Buffer.from([1]))), damaged);
  await assert.rejects(module.open(deflated(plain, Buffer.alloc(2))), damaged);
  await assert.rejects(module.open(deflated(plain, Buffer.alloc(0)).subarray(0, -9)), damaged);
});

test("names in a gzipped NRRD file keep their bytes", async () => {
  const name = "Großhirn – Ärztin 肝臓";
  const file = fs.readFileSync(phantom("source.seg.nrrd", "--size", "48x40x16", "--labels", "12"));
  const seg = await module.open(renamed(file, name));
  assert.equal(seg.segments[0].label, name);
  assert.equal(await seg.digest(), await (await module.open(file)).digest());
});

test("inflating ends at memoryLimit, and where the caller gives up", async (t) => {
  globalThis.DecompressionStream = NodeDecompressionStream;
  t.after(() => (globalThis.DecompressionStream = BrowserDecompressionStream));
  const fflate = createRequire(path.join(nodeDirectory, "/"))("fflate");
  const decoders = await fromPackage("decoders");
  const memoryLimit = 1 << 24;
  const zeros = Buffer.alloc(1 << 28);
  const nrrd = Buffer.concat([Buffer.from("NRRD0004\ntype: uchar\nencoding: gzip\n\n"), gzipSync(zeros)]);
  const bombs = [gzipSync(zeros), nrrd, deflated(Buffer.concat([plain.subarray(0, 2000), zeros]), Buffer.alloc(0))];
  for (const options of [{}, { inflate: await decoders.inflate(fflate) }]) {
    const small = await Dseg.create({ memoryLimit, ...options });
    for (const bomb of bombs) {
      const before = process.memoryUsage().arrayBuffers;
      await assert.rejects(small.open(bomb), { name: "DsegError", code: "limit", message: /^input 1: .* 16777216 bytes/ });
      const taken = process.memoryUsage().arrayBuffers - before;
      assert.ok(taken < 1.8e8, `${taken} bytes were taken`);
    }
    assert.equal(await (await small.open(deflated(plain, Buffer.alloc(1)))).digest(), digest);
  }
  const controller = new AbortController();
  const opening = module.open(bombs[0], { signal: controller.signal });
  setTimeout(() => controller.abort(), 5);
  await assert.rejects(opening, { code: "aborted" });
  // A frame that is larger than it should be takes no more than it should.
  const { deflatedFrame } = decoders;
  const [decode] = Object.values(await deflatedFrame(fflate));
  const info = { rows: 10, columns: 10, bitsAllocated: 8 };
  assert.equal(decode(deflateRawSync(Buffer.alloc(100)), info).length, 100);
  for (const count of [99, 101, 1 << 28]) {
    assert.throws(() => decode(deflateRawSync(zeros.subarray(0, count)), info), /bytes came out for a frame of 100/);
  }
});

/** A Zstandard frame (RFC 8878) of one segment, whose header says so many bytes, of runs of the byte 7. */
function zstdFrame(said, runs) {
  const header = Buffer.alloc(9);
  header.writeUInt32LE(0xfd2fb528);
  header[4] = 0xa0; // a content size of four bytes
  header.writeUInt32LE(said, 5);
  const blocks = runs.map((length, i) => {
    const block = Buffer.alloc(4, 7);
    block.writeUIntLE((length << 3) | 2 | Number(i === runs.length - 1), 0, 3);
    return block;
  });
  return Buffer.concat([header, ...blocks]);
}

test("a Zstandard frame has the size that its header and the object say", async () => {
  const fzstd = createRequire(path.join(nodeDirectory, "/"))("fzstd");
  const [decode] = Object.values(await (await fromPackage("decoders")).zstd(fzstd));
  const info = { rows: 10, columns: 10, bitsAllocated: 8 };
  const good = zstdFrame(100, [60, 40]);
  for (const frame of [good, Buffer.concat([good, Buffer.alloc(1)])]) {
    assert.deepEqual([...decode(frame, info)], Array(100).fill(7));
  }
  const changed = (at, value) => Buffer.from(good.map((byte, i) => (i === at ? value : byte)));
  const faults = [
    [zstdFrame(2 ** 31, [100]), /the content size is 2147483648, the frame has 100 bytes/],
    [zstdFrame(99, [99]), /the content size is 99/],
    [zstdFrame(100, Array(2000).fill((1 << 21) - 1)), /more bytes came out than the 100 of the frame/],
    [zstdFrame(100, [101]), /more bytes came out/],
    [zstdFrame(100, [60]), /60 bytes came out for a frame of 100/],
    [changed(0, 0x27), /no Zstandard frame/],
    [good.subarray(0, 8), /no Zstandard frame/],
    [changed(4, 0), /the content size is missing/],
    [Buffer.concat([good.subarray(0, 4), Buffer.from([0x80, 17 << 3]), good.subarray(5)]), /window of 134217728 bytes/],
    [Buffer.concat([good.subarray(0, 4), Buffer.from([0xa1, 42]), good.subarray(5)]), /dictionary/],
    [good.subarray(0, -1), /cut off/],
    [Buffer.concat([good, good]), /17 bytes lie behind/],
    [Buffer.concat([good, Buffer.from([1])]), /1 bytes lie behind/],
  ];
  for (const [frame, pattern] of faults) assert.throws(() => decode(frame, info), pattern);
  const pixels = Uint8Array.from({ length: 600 * 500 }, (_, i) => (i * i) >> 11); // blocks of a window
  const frame = zstdCompressSync(pixels, { pledgedSrcSize: pixels.length });
  assert.deepEqual(decode(frame, { rows: 500, columns: 600, bitsAllocated: 8 }), pixels);
});

test("a frame that says it is larger than the object says is not decoded", async () => {
  const { htj2k, jpeg2000, jpegLossless, jpegLs, jpegXl } = await fromPackage("decoders");
  const size = (bytes) => [...new Uint8Array(Uint16Array.from(bytes).buffer)].reverse(); // two numbers, big endian
  const jpeg = (marker) => [0xff, 0xd8, 0xff, 0xff, 0xe0, 0, 4, 1, 2, 0xff, marker, 0, 11, 8, ...size([60000, 50000]), 1, 1, 0x11, 0];
  const siz = [0xff, 0x4f, 0xff, 0x51, 0, 41, 0, 0, 0, 0, 0xea, 0x65, 0, 0, 0xc3, 0x54, 0, 0, 0, 5, 0, 0, 0, 4, 0, 0, 0, 0];
  // Fields of a SizeHeader as [value, bits], the first in the lowest bits.
  const packed = (fields) => {
    const bits = fields.flatMap(([value, count]) => Array.from({ length: count }, (_, i) => Math.floor(value / 2 ** i) % 2));
    return Array.from({ length: Math.ceil(bits.length / 8) }, (_, byte) => bits.slice(8 * byte, 8 * byte + 8).reduce((sum, bit, i) => sum + bit * 2 ** i, 0));
  };
  const xl = [0xff, 0x0a, ...packed([[0, 1], [2, 2], [49999, 18], [0, 3], [2, 2], [59999, 18]])];
  const box = (type, content) => [0, 0, 0, 8 + content.length, ...Buffer.from(type), ...content];
  const file = (...boxes) => [...box("JXL ", [0x0d, 0x0a, 0x87, 0x0a]), ...box("ftyp", Buffer.from("jxl ....jxl ")), ...boxes];
  class Decoder {
    getEncodedBuffer = (length) => new Uint8Array(length);
    decode() {
      throw new Error("it was decoded");
    }
  }
  const module = { JpegLSDecoder: Decoder, J2KDecoder: Decoder, HTJ2KDecoder: Decoder, JpegXLDecoder: Decoder, Decoder };
  const frames = [[jpegLs, jpeg(0xf7)], [jpegLossless, jpeg(0xc3)], [jpeg2000, siz], [htj2k, siz], [jpegXl, xl],
    [jpegXl, file(...box("jxlc", xl))], [jpegXl, file(...box("jxlp", [0, 0, 0, 0, ...xl]))]];
  for (const [binding, bytes] of frames) {
    const [decode] = Object.values(await binding(module));
    const frame = Uint8Array.from(bytes);
    const info = { rows: 100, columns: 100, bitsAllocated: 8 };
    assert.throws(() => decode(frame, info), /the frame has 50000 x 60000 pixels, the object says 100 x 100/);
    assert.throws(() => decode(frame, { ...info, rows: 50000, columns: 60000 }), /it was decoded/);
    for (let cut = 0; cut < bytes.length; cut++) assert.throws(() => decode(frame.subarray(0, cut), info)); // by whichever
  }
  const [decode] = Object.values(await jpegXl(module));
  const said = (fields, rows, columns) => assert.throws(
    () => decode(Uint8Array.from([0xff, 0x0a, ...packed(fields)]), { rows: 1, columns: 1, bitsAllocated: 8 }), new RegExp(`has ${rows} x ${columns} pixels`));
  said([[1, 1], [11, 5], [6, 3]], 96, 120); // sides of few multiples of 8; width as 5 to 4
  said([[1, 1], [11, 5], [0, 3], [0, 5]], 96, 8);
  said([[0, 1], [0, 2], [332, 9], [4, 3]], 333, 499); // 3 to 2, rounded down
  said([[0, 1], [3, 2], [2 ** 30 - 1, 30], [0, 3], [1, 2], [8190, 13]], 2 ** 30, 8191);
});
