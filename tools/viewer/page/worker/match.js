// SPDX-License-Identifier: Apache-2.0
// match.js - which of the images at hand a segmentation is shown on, and the sentence when it is none.
import dicomParser from "dicom-parser";

const HEAD_BYTES = 1 << 16;

/** Patient ID (0010,0020) of a segmentation; undefined where the header cannot be read here: it is deflated, say. */
export async function readPatientId(file) {
  const bytes = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  let set;
  try {
    set = dicomParser.parseDicom(bytes, { untilTag: "x00200011" });
  } catch (error) {
    set = error.dataSet; // what comes before the end of the part that was read
  }
  return set?.string("x00100020");
}

/** {series, note}: a series or null, and a sentence that says why none of those at hand. */
export async function chooseSeries(file, segmentation, allSeries) {
  if (allSeries.length === 0) return { series: null };
  const wanted = new Set(segmentation.references.map((reference) => reference.sopInstanceUid));
  const frame = segmentation.geometry.frameOfReferenceUid;
  const refersTo = (series) => series.planes.some((plane) => wanted.has(plane.instance));
  const series = allSeries.find(refersTo) ?? allSeries.find((one) => frame && one.frameOfReference === frame);
  const patientId = await readPatientId(file);
  const nearest = series ?? allSeries[0];
  if (patientId && nearest.patientId && patientId !== nearest.patientId) {
    return {
      series: null,
      note:
        `The images are another patient's: their Patient ID is ${nearest.patientId}, the ` +
        `segmentation's is ${patientId}. The segmentation is shown without them.`,
    };
  }
  if (series === undefined) {
    return {
      series: null,
      note:
        "The segmentation refers to none of the images, and does not lie in their frame of " +
        "reference. It is shown without them.",
    };
  }
  return { series };
}
