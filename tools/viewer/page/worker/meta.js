// SPDX-License-Identifier: Apache-2.0
// meta.js - what a DICOM file is, from its first bytes: its File Meta Information (PS3.10 section 7.1) is in Explicit
// VR Little Endian whatever follows, so that a deflated data set needs no inflating for this.

const LONG_VRS = new Set(["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "UC", "UN", "UR", "UT", "SV", "UV"]);
export const META_BYTES = 2048;

/** Returns {sopClass, transferSyntax}, or null for what is not a DICOM file. bytes: the first META_BYTES or all. */
export function readMeta(bytes) {
  if (bytes.length < 132 || String.fromCharCode(...bytes.subarray(128, 132)) !== "DICM") return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const meta = { sopClass: "", transferSyntax: "" };
  for (let at = 132; at + 12 <= bytes.length && view.getUint16(at, true) === 2;) {
    const element = view.getUint16(at + 2, true);
    const vr = String.fromCharCode(bytes[at + 4], bytes[at + 5]);
    const long = LONG_VRS.has(vr);
    const length = long ? view.getUint32(at + 8, true) : view.getUint16(at + 6, true);
    const start = at + (long ? 12 : 8);
    if (length > bytes.length - start) break;
    const text = () => String.fromCharCode(...bytes.subarray(start, start + length)).replace(/[\0 ]+$/, "");
    if (element === 0x0002) meta.sopClass = text();
    if (element === 0x0010) meta.transferSyntax = text();
    at = start + length;
  }
  return meta;
}
