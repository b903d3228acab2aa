// SPDX-License-Identifier: Apache-2.0
// A Part 10 file (PS3.10) of attributes by keyword, in Explicit VR Little Endian: the header of an image, as dseg.write
// takes it.
import { ATTRIBUTES } from "./image_attributes.js";

const LONG = new Set(["OB", "OW", "SQ", "UC", "UN", "UR", "UT"]); // with a length of 4 bytes (PS3.5 7.1.2)
const SYNTAX = "1.2.840.10008.1.2.1";
const text = new TextEncoder();

/** A decimal string of at most 16 characters (PS3.5 6.2) that says as much of the number as fits. */
export function decimalText(value) {
  const number = Number(value);
  if (!Number.isFinite(number)) return String(value); // the library says that it is none
  for (let digits = 17; digits > 0; digits--) {
    const found = String(Number(number.toPrecision(digits)));
    if (found.length <= 16) return found;
  }
  return "0";
}

const two = (number) => String(number).padStart(2, "0");
/** What libraries make of texts, as texts: names of dcmjs (PS3.5 6.2.1), dates and times of dicom-parser. */
const TO_TEXT = {
  DS: decimalText,
  PN: (value) => (typeof value !== "object" ? String(value)
    : [value.Alphabetic, value.Ideographic, value.Phonetic].map((group) => group ?? "").join("=").replace(/=+$/, "")),
  DA: (value) => (typeof value !== "object" ? String(value) : `${value.year}${two(value.month)}${two(value.day)}`),
  TM: (value) => (typeof value !== "object" ? String(value)
    : [value.hours, value.minutes, value.seconds].filter((part) => part !== undefined).map(two).join("")),
};

function join(parts) {
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function numbersToBytes(values, size, put) {
  const view = new DataView(new ArrayBuffer(values.length * size));
  values.forEach((value, i) => view[put](i * size, Number(value), true));
  return new Uint8Array(view.buffer);
}

function valueBytes(vr, value) {
  const values = Array.isArray(value) ? value : [value];
  if (vr === "US") return numbersToBytes(values, 2, "setUint16");
  if (vr === "FD") return numbersToBytes(values, 8, "setFloat64");
  const bytes = text.encode(values.map(TO_TEXT[vr] ?? String).join("\\"));
  return bytes.length % 2 === 0 ? bytes : join([bytes, Uint8Array.of(vr === "UI" ? 0 : 0x20)]);
}

function element(tag, vr, value) {
  const isLong = LONG.has(vr);
  const head = new DataView(new ArrayBuffer(isLong ? 12 : 8));
  head.setUint16(0, tag >>> 16, true);
  head.setUint16(2, tag & 0xffff, true);
  head.setUint8(4, vr.charCodeAt(0));
  head.setUint8(5, vr.charCodeAt(1));
  if (isLong) head.setUint32(8, value.length, true);
  else head.setUint16(6, value.length, true);
  return join([new Uint8Array(head.buffer), value]);
}

function itemBytes(attributes) {
  const value = dataSetBytes(attributes);
  const head = new DataView(new ArrayBuffer(8));
  head.setUint16(0, 0xfffe, true);
  head.setUint16(2, 0xe000, true);
  head.setUint32(4, value.length, true);
  return join([new Uint8Array(head.buffer), value]);
}

const isNothing = (value) => value === undefined || value === null || value === "" || value.length === 0;

/** Attributes that the table lacks are passed over. A value too long for its VR is left out, as no reader takes it. */
function dataSetBytes(attributes) {
  const parts = [];
  for (const [keyword, { tag, vr }] of ATTRIBUTES) {
    const value = attributes[keyword];
    if (isNothing(value)) continue;
    const bytes = vr === "SQ" ? join([value].flat().map(itemBytes)) : valueBytes(vr, value);
    if (LONG.has(vr) || bytes.length <= 0xfffe) parts.push(element(tag, vr, bytes));
  }
  return join(parts);
}

/** attributes: values by keyword, as dcmjs names them; texts, numbers or lists of these, sequences as lists of such
 * records. */
export function part10Bytes(attributes) {
  const meta = join([
    element(0x00020001, "OB", Uint8Array.of(0, 1)),
    element(0x00020002, "UI", valueBytes("UI", attributes.SOPClassUID)),
    element(0x00020003, "UI", valueBytes("UI", attributes.SOPInstanceUID)),
    element(0x00020010, "UI", valueBytes("UI", SYNTAX)),
  ]);
  const preamble = new Uint8Array(132);
  preamble.set(text.encode("DICM"), 128);
  const length = numbersToBytes([meta.length], 4, "setUint32");
  return join([preamble, element(0x00020000, "UL", length), meta, dataSetBytes(attributes)]);
}
