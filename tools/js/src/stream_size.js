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

const JPEG_XL_SIGNATURE = [0x00, 0x00, 0x00, 0x0c, 0x4a, 0x58, 0x4c, 0x20]; // the first box of a file (ISO/IEC 18181-2 9.1)
const RATIOS = [null, [1, 1], [12, 10], [4, 3], [3, 2], [16, 9], [5, 4], [2, 1]]; // width to height

/** The codestream of a JPEG XL file: the content of its box jxlc, or of the first jxlp, behind the number of that. */
function codestreamOfJpegXl(view) {
  if (JPEG_XL_SIGNATURE.some((byte, at) => view.byteLength <= at || view.getUint8(at) !== byte)) return view;
  for (let at = 0; at + 8 <= view.byteLength; ) {
    const isLong = view.getUint32(at) === 1 && at + 16 <= view.byteLength;
    const start = at + (isLong ? 16 : 8);
    const length = isLong ? Number(view.getBigUint64(at + 8)) : view.getUint32(at);
    const type = view.getUint32(at + 4);
    const skipped = { 0x6a786c63: 0, 0x6a786c70: 4 }[type];
    if (skipped !== undefined) return new DataView(view.buffer, view.byteOffset + Math.min(start + skipped, view.byteLength),
      Math.max(view.byteLength - start - skipped, 0));
    if (length < start - at) return null;
    at += length;
  }
  return null;
}

/** SizeHeader, which follows the signature FF0A; bits from the least significant one (ISO/IEC 18181-1 D.2). */
function sizeOfJpegXl(view) {
  const stream = codestreamOfJpegXl(view);
  if (stream === null || stream.byteLength < 3 || stream.getUint16(0) !== 0xff0a) return null;
  let at = 16;
  const read = (count) => {
    let value = 0;
    for (let i = 0; i < count; i++, at++) {
      const byte = at >> 3 < stream.byteLength ? stream.getUint8(at >> 3) : 0; // what is cut off is for the decoder to refuse
      value += ((byte >> (at & 7)) & 1) * 2 ** i;
    }
    return value;
  };
  const small = read(1);
  const side = () => (small ? 8 * (read(5) + 1) : read([9, 13, 18, 30][read(2)]) + 1);
  const rows = side();
  const ratio = RATIOS[read(3)];
  return { rows, columns: ratio === null ? side() : Math.floor((rows * ratio[0]) / ratio[1]) };
}

/** {rows, columns} of a JPEG, JPEG-LS, JPEG 2000 or JPEG XL stream; null: it does not say, or is none of these. */
export function sizeOfStream(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const start = bytes.length < 4 ? 0 : view.getUint16(0);
  if (start === 0xffd8) return sizeOfJpeg(view);
  if (start === 0xff4f) return sizeOfJpeg2000(view);
  return start === 0xff0a || start === 0 ? sizeOfJpegXl(view) : null;
}
