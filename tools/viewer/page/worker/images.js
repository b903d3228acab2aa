// SPDX-License-Identifier: Apache-2.0
// images.js - series of uncompressed single-frame images, read for display: headers by dicom-parser, pixels by this.
import dicomParser from "dicom-parser";

const IMPLICIT = "1.2.840.10008.1.2";
const EXPLICIT = "1.2.840.10008.1.2.1";
const PIXEL_DATA = "x7fe00010";
const HEADER_SIZES = [1 << 16, 1 << 20, Infinity];
// Differences below which directions, distances of pixels and places count as the same; mm but for directions.
const SAME = 1e-4;
const GREYS = ["MONOCHROME1", "MONOCHROME2"];

const numbers = (set, tag, count) => {
  const text = set.string(tag);
  const values = text === undefined ? [] : text.split("\\").map(Number);
  return values.length === count && values.every(Number.isFinite) ? values : null;
};
const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** The data set up to Pixel Data, read in as few bytes as hold it. */
async function readHeader(file) {
  for (const size of HEADER_SIZES) {
    const bytes = new Uint8Array(await file.slice(0, Math.min(size, file.size)).arrayBuffer());
    try {
      const set = dicomParser.parseDicom(bytes, { untilTag: PIXEL_DATA });
      if (set.elements[PIXEL_DATA] !== undefined) return set;
    } catch (error) {
      if (bytes.length === file.size)
        throw new Error(`it cannot be read: ${error.exception ?? error.message ?? error}`);
    }
    if (bytes.length === file.size) break;
  }
  throw new Error("it has no Pixel Data (7FE0,0010)");
}

/** What the page needs to know of one image; an Error with a sentence for what it cannot show. */
export async function readImage(file, path, meta) {
  if (meta.transferSyntax !== IMPLICIT && meta.transferSyntax !== EXPLICIT) {
    throw new Error(
      `its pixels are compressed or big endian (transfer syntax ${meta.transferSyntax}); ` +
        "images are read uncompressed, little endian",
    );
  }
  const set = await readHeader(file);
  const rows = set.uint16("x00280010");
  const columns = set.uint16("x00280011");
  const bits = set.uint16("x00280100");
  const bitsStored = set.uint16("x00280101") ?? bits;
  const highBit = set.uint16("x00280102") ?? bitsStored - 1;
  const position = numbers(set, "x00200032", 3);
  const orientation = numbers(set, "x00200037", 6);
  const spacing = numbers(set, "x00280030", 2);
  if (position === null || orientation === null || spacing === null) {
    throw new Error("it does not say where it lies (0020,0032; 0020,0037; 0028,0030)");
  }
  if ((set.uint16("x00280002") ?? 1) !== 1 || (bits !== 8 && bits !== 16)) {
    throw new Error("it is not a grey image of 8 or 16 bits a pixel");
  }
  const photometric = set.string("x00280004");
  if (!GREYS.includes(photometric)) {
    throw new Error(`its Photometric Interpretation (0028,0004) is ${photometric ?? "missing"}; images are read as greys`);
  }
  if (bitsStored < 1 || highBit + 1 < bitsStored || highBit >= bits) {
    throw new Error(`Bits Stored (0028,0101) ${bitsStored} and High Bit (0028,0102) ${highBit} do not fit into ${bits} bits`);
  }
  if ((Number(set.string("x00280008") ?? 1) || 1) !== 1) throw new Error("it has several frames");
  const element = set.elements[PIXEL_DATA];
  const length = rows * columns * (bits / 8);
  if (element.length < length || element.dataOffset + length > file.size) {
    throw new Error(
      `it is cut off: ${length} bytes of pixels are expected, ${Math.max(0, file.size - element.dataOffset)} are there`,
    );
  }
  return {
    file,
    path,
    rows,
    columns,
    bits,
    position,
    orientation,
    spacing,
    pixels: element.dataOffset,
    signed: set.uint16("x00280103") === 1,
    bitsStored,
    highBit,
    isInverted: photometric === "MONOCHROME1", // the least value is white
    slope: Number(set.string("x00281053") ?? 1),
    intercept: Number(set.string("x00281052") ?? 0),
    window: [set.string("x00281050"), set.string("x00281051")].map((text) =>
      Number((text ?? "").split("\\")[0] || NaN),
    ),
    instance: set.string("x00080018") ?? "",
    series: set.string("x0020000e") ?? "",
    patientId: set.string("x00100020") ?? "",
    patientName: set.string("x00100010") ?? "",
    frameOfReference: set.string("x00200052") ?? "",
    modality: set.string("x00080060") ?? "",
    description: set.string("x0008103e") ?? "",
    thickness: Number(set.string("x00180050") ?? 0) || 0,
  };
}

const isNear = (a, b) => a.every((x, i) => Math.abs(x - b[i]) < SAME);

/** Whether two images can be planes of one volume. */
const isAlike = (a, b) =>
  a.series === b.series &&
  a.rows === b.rows &&
  a.columns === b.columns &&
  a.isInverted === b.isInverted &&
  isNear(a.orientation, b.orientation) &&
  isNear(a.spacing, b.spacing);

/** Images that are alike as stacks of one image at each height. Images side by side go to the stack whose last image they
 * lie over; one in the same place as another (a second phase, a repeated file) is counted, and not shown. */
function stack(images) {
  const [first] = images;
  const normal = cross(first.orientation.slice(0, 3), first.orientation.slice(3));
  const height = (image) => dot(image.position, normal);
  const stacks = [];
  for (const image of [...images].sort((a, b) => height(a) - height(b))) {
    const between = ({ planes }) => image.position.map((x, i) => x - planes.at(-1).position[i]);
    const aside = (one) => Math.hypot(...cross(between(one), normal));
    const same = stacks.find((one) => isNear(between(one), [0, 0, 0]));
    const [below] = stacks
      .filter((one) => dot(between(one), normal) >= SAME)
      .sort((a, b) => aside(a) - aside(b));
    if (same !== undefined) same.repeated++;
    else if (below !== undefined) below.planes.push(image);
    else stacks.push({ ...image, planes: [image], normal, repeated: 0 });
  }
  return stacks;
}

/** Puts images of one series, size and direction together, in the order of their places; the most planes come first. */
export function groupSeries(images) {
  const groups = new Map(); // by what is equal to the last digit; then those that are alike
  for (const image of images) {
    const key = [image.series, image.rows, image.columns].join();
    if (!groups.has(key)) groups.set(key, []);
    const alike = groups.get(key).find(([first]) => isAlike(first, image));
    if (alike !== undefined) alike.push(image);
    else groups.get(key).push([image]);
  }
  return [...groups.values()]
    .flat()
    .flatMap(stack)
    .sort((a, b) => b.planes.length - a.planes.length);
}

/** Where its planes lie, as labels are read onto them. */
export const imagePlanes = (series) =>
  series.planes.map(({ rows, columns, position, orientation, spacing }) => ({
    rows,
    columns,
    position,
    orientation,
    pixelSpacing: spacing,
  }));

/** The grid that the series is shown on. The step of uneven planes is their mean; uneven says by how much that is off. */
export function seriesGrid(series) {
  const { planes, orientation, spacing, normal } = series;
  const count = planes.length;
  const last = planes[count - 1].position;
  const first = planes[0].position;
  const step =
    count > 1
      ? last.map((x, i) => (x - first[i]) / (count - 1))
      : normal.map((x) => x * (series.thickness || spacing[0]));
  const uneven = Math.max(
    ...planes.map(({ position }, k) => Math.hypot(...position.map((x, i) => x - first[i] - k * step[i]))),
  );
  return {
    size: [series.columns, series.rows, count],
    origin: first,
    step: [orientation.slice(0, 3).map((x) => x * spacing[1]), orientation.slice(3).map((x) => x * spacing[0]), step],
    uneven,
  };
}

/** All pixels, plane by plane, as shown values, those of inverted images negative, so that the greatest is the lightest:
 * Int16Array, or Float32Array where one of them is no such integer. */
export async function readPixels(series, progress) {
  for (const Values of [Int16Array, Float32Array]) {
    const values = new Values(series.rows * series.columns * series.planes.length);
    if (await fill(series, values, Values === Int16Array, progress)) return values;
  }
  return null; // not reached: any number goes into a Float32Array
}

/** False when exact values were asked for and one did not fit. */
async function fill({ rows, columns, planes }, values, exact, progress) {
  const pixels = rows * columns;
  for (let k = 0; k < planes.length; k++) {
    const { file, pixels: start, bits, bitsStored, highBit, signed, isInverted, slope, intercept } = planes[k];
    const sign = isInverted ? -1 : 1;
    const bytes = await file.slice(start, start + pixels * (bits / 8)).arrayBuffer();
    const words = bits === 8 ? new Uint8Array(bytes) : new Uint16Array(bytes);
    const to = values.subarray(k * pixels, (k + 1) * pixels);
    // Bits beside those stored are not to be relied on (PS3.5 8.1.1); the highest stored one is the sign.
    const [left, right] = [31 - highBit, 32 - bitsStored];
    for (let i = 0; i < pixels; i++) {
      const stored = signed ? (words[i] << left) >> right : (words[i] << left) >>> right;
      const value = sign * (stored * slope + intercept);
      to[i] = value;
      if (exact && to[i] !== value) return false;
    }
    progress?.(k + 1, planes.length);
  }
  return true;
}
