// SPDX-License-Identifier: Apache-2.0
// segment_input.js - the segments that are to be written (SegmentInput of types/index.d.ts): checked, and handed over.
import { argument, textOf } from "./errors.js";

const algorithms = ["AUTOMATIC", "SEMIAUTOMATIC", "MANUAL"];

const isNumber = (value) => Number.isInteger(value) && value >= 1 && value < 2 ** 32;
/** Three whole numbers, the colour of a segment. */
const isColor = (values, most) => values?.length === 3
  && Array.from(values).every((value) => Number.isInteger(value) && value >= 0 && value <= most);

function codesOf(list, name) {
  if (list === undefined) return [];
  if (!Array.isArray(list)) throw argument(`${name} must be an array of codes`);
  return list;
}

/** A code's texts. */
function textsOfCode(code, name) {
  if (!code?.value) throw argument(`${name} must be a code: value, scheme and meaning`);
  return ["value", "scheme", "meaning"].map((key) => textOf(code[key], `${name}: ${key}`));
}

/** The texts of a segment, in the order of native/face_writer.c, and how many codes there are in its three lists. */
function textsOfSegment(segment, name) {
  const own = ["label", "description", "algorithmName", "trackingId", "trackingUid"];
  const codes = ["category", "type"].flatMap((key) => textsOfCode(segment[key], `${name}: ${key}`));
  const lists = ["typeModifiers", "anatomicRegions", "anatomicRegionModifiers"].map((key) =>
    codesOf(segment[key], `${name}: ${key}`).map((code) => textsOfCode(code, `${name}: one of ${key}`)));
  return {
    texts: [...own.map((key) => textOf(segment[key], `${name}: ${key}`)), ...codes, ...lists.flat(2)],
    counts: lists.map((list) => list.length),
  };
}

function checkSegment({ number, originalNumber, label, algorithmType, rgb, cielab }) {
  if (!isNumber(number)) throw argument(`segment number ${number}: must be a whole number from 1 to 4294967295`);
  if (typeof label !== "string") throw argument(`segment ${number} needs a label`);
  const name = `segment ${number} (${label})`;
  if (originalNumber !== undefined && !isNumber(originalNumber)) {
    throw argument(`${name}: originalNumber must be a whole number from 1 to 4294967295`);
  }
  if (rgb !== undefined && !isColor(rgb, 255)) throw argument(`${name}: rgb are three whole numbers from 0 to 255`);
  if (cielab !== undefined && !isColor(cielab, 65535)) {
    throw argument(`${name}: cielab are three whole numbers from 0 to 65535`);
  }
  if (algorithmType !== undefined && !algorithms.includes(algorithmType)) {
    throw argument(`${name}: algorithmType is one of ${algorithms.join(", ")}`);
  }
  return name;
}

/** An array of segments by ascending number, each with the index that it had, its texts and the numbers of its codes. */
export function sortSegments(segments) {
  const sorted = segments.map((given, index) => {
    // null is what JSON has for what is left out.
    const told = Object.fromEntries(Object.entries(given ?? {}).filter(([, value]) => value !== null));
    const segment = { ...told, number: told.number ?? index + 1, index };
    return { ...segment, ...textsOfSegment(segment, checkSegment(segment)) };
  });
  sorted.sort((a, b) => a.number - b.number);
  const twice = sorted.find((segment, i) => segment.number === sorted[i + 1]?.number);
  if (twice) throw argument(`two segments have the number ${twice.number}`);
  return sorted;
}

/** One of sortSegments, to the module. */
export function giveSegment(module, segment) {
  const [red, green, blue] = segment.rgb ?? [];
  const hasColor = segment.hasColor !== false;
  const rgb = segment.rgb === undefined || !hasColor ? -1 : (red << 16) | (green << 8) | blue;
  const cielab = segment.cielab === undefined || !hasColor ? null : Uint16Array.from(segment.cielab);
  const algorithm = algorithms.indexOf(segment.algorithmType ?? (segment.algorithmName ? "AUTOMATIC" : "MANUAL"));
  module.with([segment.texts, cielab], (list, color) => {
    const { number, originalNumber } = segment;
    module.check(module.calls.new_segment(number, originalNumber ?? 0, algorithm, rgb, color, list, ...segment.counts));
  });
}
