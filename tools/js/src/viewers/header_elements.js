// SPDX-License-Identifier: Apache-2.0
// Attributes by keyword, in the forms that viewers' libraries give them, as elements of an image's header, which
// dseg.write takes.
import { ATTRIBUTES } from "./image_attributes.js";

const LONG = new Set(["UC", "UR", "UT"]); // text of more than 65534 bytes (PS3.5 7.1.2)

const two = (number) => String(number).padStart(2, "0");
/** What libraries make of texts, as texts: names of dcmjs (PS3.5 6.2.1), dates and times of dicom-parser. */
const TO_TEXT = {
  PN: (value) => (typeof value !== "object" ? String(value)
    : [value.Alphabetic, value.Ideographic, value.Phonetic].map((group) => group ?? "").join("=").replace(/=+$/, "")),
  DA: (value) => (typeof value !== "object" ? String(value) : `${value.year}${two(value.month)}${two(value.day)}`),
  TM: (value) => (typeof value !== "object" ? String(value)
    : [value.hours, value.minutes, value.seconds].filter((part) => part !== undefined).map(two).join("")),
};

const isNothing = (value) => value === undefined || value === null || value === "" || value.length === 0;

/** Text, or numbers where all are some: the library says of others that they are none. */
function valueOf(vr, value) {
  const values = Array.isArray(value) || ArrayBuffer.isView(value) ? Array.from(value) : [value];
  if (vr === "US" || vr === "FD") return values.map(Number);
  if (vr === "DS" && values.every((one) => String(one).trim() !== "" && Number.isFinite(Number(one)))) return values.map(Number);
  return values.map(TO_TEXT[vr] ?? String).join("\\");
}

/** attributes: values by keyword, as dcmjs names them; texts, numbers or lists of these, sequences as lists of such
 * records. Attributes that the table lacks are passed over. A value too long for its VR is left out, as no reader takes
 * it. */
export function elementsOf(attributes) {
  const elements = [];
  for (const [keyword, { tag, vr }] of ATTRIBUTES) {
    const given = attributes[keyword];
    if (isNothing(given)) continue;
    const value = vr === "SQ" ? [given].flat().map(elementsOf) : valueOf(vr, given);
    if (typeof value !== "string" || LONG.has(vr) || value.length <= 0xfffe) elements.push({ tag, vr, value });
  }
  return elements;
}
