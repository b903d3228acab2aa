// SPDX-License-Identifier: Apache-2.0
// zstd_frame.js - what a fragment of the Zstandard proposal holds (proposals/zstd/bitstream.md), before it is expanded: a
// few bytes can stand for gigabytes.
const MAGIC = 0xfd2fb528;
const WINDOW = 2 ** 23; // the most that a decoder needs, or a frame of the size wanted

/** Where the blocks of a frame begin whose header says that it expands to so many bytes (RFC 8878, 3.1.1.1). */
function blocksOf(bytes, expanded) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const descriptor = bytes[4];
  const isSingle = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3];
  const sizeCode = descriptor >> 6;
  const sizeBytes = sizeCode === 0 ? Number(isSingle) : 1 << sizeCode;
  const fields = isSingle ? 5 : 6;
  const blocks = fields + dictionary + sizeBytes;
  if (bytes.length < blocks || view.getUint32(0, true) !== MAGIC) throw new Error("no Zstandard frame (RFC 8878, 3.1.1)");
  if (bytes.subarray(fields, fields + dictionary).some((byte) => byte !== 0)) {
    throw new Error("it needs a dictionary, there is none (RFC 8878, 3.1.1.1.3)");
  }
  if (sizeBytes === 0) throw new Error("the content size is missing (RFC 8878, 3.1.1.1.4)");
  let size = sizeBytes === 2 ? 256 : 0;
  for (let i = 0; i < sizeBytes; i++) size += bytes[fields + dictionary + i] * 256 ** i;
  if (size !== expanded) {
    throw new Error(`the content size is ${size}, the frame has ${expanded} bytes (RFC 8878, 3.1.1.1.4)`);
  }
  const base = 2 ** (10 + (bytes[5] >> 3));
  const window = isSingle ? size : base + (base / 8) * (bytes[5] & 7);
  if (window > Math.max(WINDOW, expanded)) {
    throw new Error(`a window of ${window} bytes is too large (RFC 8878, 3.1.1.1.2)`);
  }
  return blocks;
}

/** The one frame of a fragment, without the byte of padding that may follow it (PS3.5 A.4). expanded: bytes that it has to
 * expand to. */
export function frameOfZstd(bytes, expanded) {
  let at = blocksOf(bytes, expanded);
  for (let isLast = false; !isLast; ) {
    if (at + 3 > bytes.length) throw new Error("the Zstandard frame is cut off (RFC 8878, 3.1.1.2)");
    const header = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);
    const isRun = ((header >> 1) & 3) === 1; // of one byte, as long as the header says
    isLast = (header & 1) !== 0;
    at += 3 + (isRun ? 1 : header >> 3);
  }
  const end = at + ((bytes[4] & 4) !== 0 ? 4 : 0); // a checksum
  if (end > bytes.length) throw new Error("the Zstandard frame is cut off (RFC 8878, 3.1.1.2)");
  if (bytes.length - end > 1 || bytes.subarray(end).some((byte) => byte !== 0)) {
    throw new Error(`${bytes.length - end} bytes lie behind the Zstandard frame (PS3.5 A.4)`);
  }
  return bytes.subarray(0, end);
}
