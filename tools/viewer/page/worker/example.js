// SPDX-License-Identifier: Apache-2.0
// example.js - for whoever has no files at hand: a trunk of a few simple shapes as a CT series, and its segmentation in
// each encoding that the module writes, made in memory.
const SIZE = [96, 72, 56]; // columns, rows, planes
const SPACING = [4, 4, 5]; // mm
const NOISE = 24; // HU, from -NOISE to NOISE
const AIR = -1000;
const FAT = -100;
const MUSCLE = 50;
const CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2";
const FIRST_UID = 269698248069220563810872935581938279000n;
const uid = (number) => `2.25.${FIRST_UID + BigInt(number)}`; // PS3.5 B.2

const ANATOMY = { value: "123037004", scheme: "SCT", meaning: "Anatomical Structure" };
const code = (value, meaning) => ({ value, scheme: "SCT", meaning });
const LEFT = [code("7771000", "Left")];
const RIGHT = [code("24028007", "Right")];
const LUNG = code("39607008", "Lung");
const KIDNEY = code("64033007", "Kidney");

/** Ellipsoids in the order of painting: centre and radii in mm (x to the left, y to the back, z to the head), CT number. */
const SHAPES = [
  ["Left lung", LUNG, LEFT, [197, 165, 145], [80, -5, 62], [58, 76, 72], -820],
  ["Right lung", LUNG, RIGHT, [172, 138, 115], [-80, -5, 62], [60, 76, 72], -820],
  ["Heart", code("80891009", "Heart"), [], [206, 110, 84], [22, -32, 52], [58, 46, 48], 130],
  ["Liver", code("10200004", "Liver"), [], [221, 130, 101], [-62, -12, -28], [84, 74, 62], 110],
  ["Stomach", code("69695003", "Stomach"), [], [216, 132, 105], [62, -38, -42], [44, 34, 48], 30],
  ["Spleen", code("78961009", "Spleen"), [], [157, 108, 162], [108, 30, -40], [26, 38, 46], 120],
  ["Left kidney", KIDNEY, LEFT, [212, 126, 151], [64, 48, -90], [27, 25, 52], 180],
  ["Right kidney", KIDNEY, RIGHT, [185, 102, 83], [-64, 48, -96], [27, 25, 52], 180],
  ["Spine", code("421060004", "Vertebral column"), [], [226, 202, 134], [0, 68, 0], [26, 22, 900], 420],
  ["Aorta", code("15825003", "Aorta"), [], [224, 97, 76], [14, 34, -60], [12, 12, 115], 220],
];
const BODY = [[0, 0, 0], [176, 122, 900]];

const isIn = (place, [centre, radii]) =>
  place.reduce((sum, x, axis) => sum + ((x - centre[axis]) / radii[axis]) ** 2, 0) <= 1;

const positionOf = (plane) => SIZE.map((n, axis) => SPACING[axis] * ((axis === 2 ? plane : 0) - (n - 1) / 2));

/** Labels and CT numbers of all voxels: plane, row, column. */
function paint() {
  const [columns, rows, planes] = SIZE;
  const labels = new Uint8Array(columns * rows * planes);
  const grey = new Int16Array(labels.length);
  let random = 1;
  for (let at = 0; at < labels.length; at++) {
    const index = [at % columns, Math.floor(at / columns) % rows, Math.floor(at / (columns * rows))];
    const place = index.map((i, axis) => SPACING[axis] * (i - (SIZE[axis] - 1) / 2));
    let value = AIR;
    if (isIn(place, BODY)) {
      value = isIn(place, [BODY[0], BODY[1].map((radius) => radius - 14)]) ? MUSCLE : FAT;
      SHAPES.forEach(([, , , , ...shape], i) => {
        if (!isIn(place, shape)) return;
        labels[at] = i + 1;
        value = shape[2];
      });
    }
    random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
    grey[at] = value + Math.round(((random >>> 8) / 2 ** 23 - 1) * NOISE);
  }
  return { labels, grey };
}

/** Elements [tag, VR, text, or numbers of 16 bits] in Explicit VR Little Endian (PS3.5 7.1.2). */
function encode(elements) {
  const pieces = elements.map(([tag, vr, given]) => {
    const padding = vr === "UI" ? "\0" : " ";
    const text = () => new TextEncoder().encode(given.length % 2 === 0 ? given : given + padding);
    const value = typeof given === "string" ? text() : new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
    const head = new DataView(new ArrayBuffer(vr === "OW" || vr === "OB" ? 12 : 8));
    head.setUint16(0, tag >>> 16, true);
    head.setUint16(2, tag & 0xffff, true);
    head.setUint8(4, vr.charCodeAt(0));
    head.setUint8(5, vr.charCodeAt(1));
    if (head.byteLength === 12) head.setUint32(8, value.length, true);
    else head.setUint16(6, value.length, true);
    return [new Uint8Array(head.buffer), value];
  });
  return pieces.flat();
}

/** One image as a Part 10 file. */
function makeImage(plane, grey) {
  const [columns, rows] = SIZE;
  const pixels = grey.slice(plane * columns * rows, (plane + 1) * columns * rows);
  const short = (value) => Uint16Array.of(value);
  const instance = uid(100 + plane);
  const meta = encode([
    [0x00020001, "OB", Uint8Array.of(0, 1)],
    [0x00020002, "UI", CT_IMAGE],
    [0x00020003, "UI", instance],
    [0x00020010, "UI", "1.2.840.10008.1.2.1"],
    [0x00020012, "UI", uid(0)],
  ]);
  const length = meta.reduce((sum, piece) => sum + piece.length, 0);
  const head = encode([[0x00020000, "UL", Uint32Array.of(length)]]);
  const data = encode([
    [0x00080016, "UI", CT_IMAGE],
    [0x00080018, "UI", instance],
    [0x00080020, "DA", "20250101"],
    [0x00080030, "TM", "120000"],
    [0x00080060, "CS", "CT"],
    [0x0008103e, "LO", "An example"],
    [0x00100010, "PN", "Example"],
    [0x00100020, "LO", "EXAMPLE"],
    [0x0020000d, "UI", uid(1)],
    [0x0020000e, "UI", uid(2)],
    [0x00200032, "DS", positionOf(plane).join("\\")],
    [0x00200037, "DS", "1\\0\\0\\0\\1\\0"],
    [0x00200052, "UI", uid(3)],
    [0x00280002, "US", short(1)],
    [0x00280004, "CS", "MONOCHROME2"],
    [0x00280010, "US", short(rows)],
    [0x00280011, "US", short(columns)],
    [0x00280030, "DS", `${SPACING[1]}\\${SPACING[0]}`],
    [0x00280100, "US", short(16)],
    [0x00280101, "US", short(16)],
    [0x00280102, "US", short(15)],
    [0x00280103, "US", short(1)],
    [0x7fe00010, "OW", pixels],
  ]);
  const name = `${String(plane + 1).padStart(5, "0")}.dcm`;
  return new File([new Uint8Array(128), "DICM", ...head, ...meta, ...data], name);
}

/** [{file, path}] as they are dropped. */
export async function makeExample(dseg, progress) {
  const { labels, grey } = paint();
  const images = Array.from({ length: SIZE[2] }, (_, plane) => makeImage(plane, grey));
  const segments = SHAPES.map(([label, type, typeModifiers, rgb]) => ({
    label,
    category: ANATOMY,
    type,
    typeModifiers,
    rgb,
    algorithmType: "MANUAL",
  }));
  const codecs = dseg.codecs().filter(({ writes }) => writes);
  const files = [...images];
  for (const as of ["labelmap", "binary"]) {
    for (const { name } of codecs) {
      progress(files.length - images.length + 1, 2 * codecs.length);
      const request = { labels, segments, images, as, transferSyntax: name, uidSeed: `${as} ${name}` };
      const { bytes } = await dseg.write(request);
      files.push(new File([bytes], `${as}-${name}.dcm`));
    }
  }
  return files.map((file) => ({ file, path: file.name }));
}
