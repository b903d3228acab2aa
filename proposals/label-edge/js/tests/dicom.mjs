// SPDX-License-Identifier: Apache-2.0
// Cuts the frames out of a stored instance. A frame's fragment is an item of Pixel Data (PS3.5 A.4); what comes before
// is walked over, element by element.
import fs from "node:fs";

const LONG = new Set(["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"]);
const UNDEFINED = 0xffffffff;

/**
 * @param {string | Buffer} file  its name or bytes, in an Explicit VR Little Endian encoding
 * @returns {{syntax: string, format: import("../label-edge.js").Format, frames: Uint8Array[]}}  frames are fragments
 *   where Pixel Data is encapsulated, else the pixels of each frame, of 1 bit as a byte for each pixel
 */
export function framesOf(file) {
  const bytes = typeof file === "string" ? fs.readFileSync(file) : file;
  const found = new Map();
  let at = 132;

  function walk(end, nested) {
    while (at < end) {
      const tag = bytes.readUInt16LE(at) * 65536 + bytes.readUInt16LE(at + 2);
      if (tag === 0xfffee00d) {
        at += 8; // the item's end
        return;
      }
      const vr = bytes.toString("latin1", at + 4, at + 6);
      const length = LONG.has(vr) ? bytes.readUInt32LE(at + 8) : bytes.readUInt16LE(at + 6);
      at += LONG.has(vr) ? 12 : 8;
      if (length !== UNDEFINED) {
        if (!nested) found.set(tag, bytes.subarray(at, at + length));
        at += length;
      } else {
        const items = readItems(vr === "SQ");
        if (!nested) found.set(tag, items);
      }
    }
  }

  /** The items up to the sequence's end; those of a sequence are walked over. */
  function readItems(isSequence) {
    const items = [];
    for (;;) {
      const tag = bytes.readUInt16LE(at) * 65536 + bytes.readUInt16LE(at + 2);
      const length = bytes.readUInt32LE(at + 4);
      at += 8;
      if (tag === 0xfffee0dd) return items;
      items.push(bytes.subarray(at, at + length));
      if (isSequence && length === UNDEFINED) walk(Infinity, true);
      else at += length;
    }
  }

  walk(bytes.length, false);
  const number = (tag) => found.get(tag).readUInt16LE(0);
  const text = (tag) => found.get(tag)?.toString("latin1").replace(/[\0 ]+$/, "");
  const format = { rows: number(0x00280010), columns: number(0x00280011), bitsAllocated: number(0x00280100) };
  const count = Number(text(0x00280008) ?? 1);
  const pixels = found.get(0x7fe00010);
  const size = (format.rows * format.columns * format.bitsAllocated) / 8;
  let frames = Array.isArray(pixels) ? pixels.slice(1) : undefined; // the first item is the offset table
  if (!frames && format.bitsAllocated > 1) frames = Array.from({ length: count }, (_, f) => pixels.subarray(f * size, (f + 1) * size));
  if (!frames) {
    const bit = (p) => (pixels[p >> 3] >> (p & 7)) & 1;
    const plane = format.rows * format.columns;
    frames = Array.from({ length: count }, (_, f) => Uint8Array.from({ length: plane }, (__, p) => bit(f * plane + p)));
  }
  if (frames.length !== count) throw new Error(`${file}: ${frames.length} fragments for ${count} frames`);
  return { syntax: text(0x00020010), format, frames };
}
