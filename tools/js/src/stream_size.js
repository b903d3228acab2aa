// SPDX-License-Identifier: Apache-2.0
// stream_size.js - how large the image of a compressed frame says it is, before anything is decoded: a frame of a hundred
// bytes can ask for gigabytes.

/** SOF markers: those of ITU-T T.81 B.1.1.3, without DHT, JPG and DAC among them, and that of JPEG-LS (T.87 C.1.1). */
const isFrameHeader = (marker) =>
  (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) || marker === 0xf7;

function sizeOfJpeg(view) {
  let at = 2;
  while (at + 9 <= view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    if (isFrameHeader(marker)) return { rows: view.getUint16(at + 5), columns: view.getUint16(at + 7) };
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2); // any number of bytes FF may fill in before a marker
  }
  return null;
}

/** SIZ, which follows the start of a codestream (ITU-T T.800 A.5.1). */
function sizeOfJpeg2000(view) {
  if (view.byteLength < 24 || view.getUint16(2) !== 0xff51) return null;
  return { columns: view.getUint32(8) - view.getUint32(16), rows: view.getUint32(12) - view.getUint32(20) };
}

/** {rows, columns} of a JPEG, JPEG-LS or JPEG 2000 stream; null: it does not say, or is none of these. */
export function sizeOfStream(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const start = bytes.length < 4 ? 0 : view.getUint16(0);
  if (start === 0xffd8) return sizeOfJpeg(view);
  return start === 0xff4f ? sizeOfJpeg2000(view) : null;
}
