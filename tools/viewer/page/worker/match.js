// SPDX-License-Identifier: Apache-2.0
// match.js - which of the images at hand a segmentation is shown on, and the sentence when it is none.

/** {series, note}: a series or null, and a sentence that says why none of those at hand, or why this one. row: what
 * folder.js knows of the files. */
export function chooseSeries({ head, isVolume }, segmentation, allSeries) {
  if (allSeries.length === 0) return { series: null };
  if (isVolume) {
    // Reading onto the images' planes fails unless it lies there.
    const note = "A volume names no patient: it is shown on these images because it lies on their grid.";
    return { series: allSeries[0], note };
  }
  const wanted = new Set(segmentation.references.map((reference) => reference.sopInstanceUid));
  const frame = segmentation.geometry.frameOfReferenceUid;
  const refersTo = (series) => series.planes.some((plane) => wanted.has(plane.instance));
  const series = allSeries.find(refersTo) ?? allSeries.find((one) => frame && one.frameOfReference === frame);
  const patientId = head?.patientId;
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
