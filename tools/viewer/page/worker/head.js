// SPDX-License-Identifier: Apache-2.0
// head.js - of a segmentation's header what the module does not tell: whose it is, and of which concatenation a part.
import dicomParser from "dicom-parser";
import { Inflate } from "fflate";

const HEAD_BYTES = 1 << 16;

/** The start of a deflated data set, which begins at position: dicom-parser reads it from its first byte on. */
function inflateStart(bytes, position) {
  const pieces = [];
  try {
    new Inflate((piece) => pieces.push(piece)).push(bytes.subarray(position), false);
  } catch {
    // Damaged: the module says so when it opens the file. What comes before may still name the patient.
  }
  const start = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    start.set(piece, at);
    at += piece.length;
  }
  return start;
}

/** {patientId, concatenation}: Patient ID (0010,0020) and Concatenation UID (0020,9161); undefined where there is none. */
export async function readHead(file) {
  const bytes = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  let set;
  try {
    set = dicomParser.parseDicom(bytes, { untilTag: "x00280002", inflater: inflateStart });
  } catch (error) {
    set = error.dataSet; // what comes before the end of the part that was read
  }
  return { patientId: set?.string("x00100020"), concatenation: set?.string("x00209161") };
}
