// SPDX-License-Identifier: Apache-2.0
// changed_images.mjs - copies of CT images of `dseg phantom`, Explicit VR Little Endian, with other attributes.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** The file with another value of an element with a short length, in Explicit VR Little Endian. */
export function setText(bytes, group, element, vr, value) {
  const start = Buffer.from([group & 255, group >> 8, element & 255, element >> 8, ...Buffer.from(vr)]);
  const at = bytes.indexOf(start);
  assert.ok(at > 0, `no element ${group.toString(16)},${element.toString(16)}`);
  const text = Buffer.from(value.padEnd(value.length + (value.length % 2), " "));
  const head = Buffer.concat([start, Buffer.from([text.length & 255, text.length >> 8])]);
  return Buffer.concat([bytes.subarray(0, at), head, text, bytes.subarray(at + 8 + bytes.readUInt16LE(at + 6))]);
}

/** The same image with signed values of 12 bits and zeros beside them, 2,048 lower than before and rescaled. */
export function storeSigned(bytes) {
  const changed = setText(bytes, 0x28, 0x1052, "DS", "1024"); // of -1024
  const sign = changed.indexOf(Buffer.from([0x28, 0, 0x03, 0x01, ...Buffer.from("US")]));
  const pixels = changed.indexOf(Buffer.from([0xe0, 0x7f, 0x10, 0, ...Buffer.from("OW")]));
  assert.ok(sign > 0 && pixels > 0);
  changed.writeUInt16LE(1, sign + 8);
  for (let at = pixels + 12; at < changed.length; at += 2)
    changed.writeUInt16LE((changed.readUInt16LE(at) - 2048) & 0xfff, at);
  return changed;
}

/** Where the least value is white; values and window stay. */
export const storeInverted = (bytes) => setText(bytes, 0x28, 0x04, "CS", "MONOCHROME1");

/** The same image 400 mm to the side: another instance of the series. */
export function moveAside(bytes) {
  const at = bytes.indexOf(Buffer.from([0x08, 0, 0x18, 0, ...Buffer.from("UI")]));
  const uid = bytes.toString("latin1", at + 8, at + 8 + bytes.readUInt16LE(at + 6)).replace(/\0$/, "");
  const place = bytes.indexOf(Buffer.from([0x20, 0, 0x32, 0, ...Buffer.from("DS")]));
  const [x, y, z] = bytes.toString("latin1", place + 8, place + 8 + bytes.readUInt16LE(place + 6)).split("\\");
  const moved = setText(bytes, 0x20, 0x32, "DS", `${Number(x) + 400}\\${y}\\${z.trim()}`);
  return setText(moved, 0x08, 0x18, "UI", `${uid.slice(0, 60)}.9${uid.length % 2 === 0 ? "" : "9"}`);
}

/** Copies of files in another directory, changed. */
export function copyChanged(files, to, change) {
  mkdirSync(to);
  return files.map((name) => {
    const copy = path.join(to, path.basename(name));
    writeFileSync(copy, change(readFileSync(name)));
    return copy;
  });
}
