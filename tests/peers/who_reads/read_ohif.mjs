// SPDX-License-Identifier: Apache-2.0
// What the prebuilt OHIF, without dseg's extension, shows of a segmentation in a headless Chromium: its label map images
// as they lie on the images of the study, and the names and colours of its list.
// usage: node read_ohif.mjs OHIF-DIRECTORY ORTHANC-PORT STUDY SERIES yes|no       the last: whether there are images
import path from "node:path";
import { fileURLToPath } from "node:url";
import { framesOf, geometryOf } from "./listing.mjs";
import { openOhif } from "../../../tools/viewer/ohif/browser.mjs";

const [directory, port, study, series, hasImages] = process.argv.slice(2);
const here = path.dirname(fileURLToPath(import.meta.url));
const LISTED = 120000; // milliseconds of waiting for the study's list

/** In the page: whether the segmentation is listed, and its images are shown. */
function isListed(uid, needsImages) {
  const sets = window.services?.displaySetService?.getActiveDisplaySets?.() ?? [];
  const [enabled] = window.cornerstone?.getEnabledElements?.() ?? [];
  return sets.some((set) => set.SeriesInstanceUID === uid)
    && (!needsImages || enabled?.viewport.getImageIds?.().length > 0);
}

/** In the page: loads the segmentation as a user does, and tells what is shown then. */
async function show(uid) {
  const { displaySetService, segmentationService, viewportGridService } = window.services;
  const set = displaySetService.getActiveDisplaySets().find((one) => one.SeriesInstanceUID === uid);
  if (!set.load || set.unsupported) return { refusal: "the series is listed as one that is not supported" };
  try {
    await set.load({ headers: {} });
  } catch (error) {
    const isAnswer = error instanceof XMLHttpRequest;
    return { refusal: isAnswer ? `a request is answered with ${error.status}` : String(error?.message ?? error) };
  }
  if (!set.labelMapImages) return { refusal: "it was loaded, and there is no label map" };
  const segmentationId = set.displaySetInstanceUID;
  const viewportId = viewportGridService.getActiveViewportId();
  await segmentationService.addSegmentationRepresentation(viewportId, { segmentationId, type: "Labelmap" });
  const segments = Object.entries(segmentationService.getSegmentation(segmentationId).segments);
  const labels = Object.fromEntries(segments.map(([number, segment]) => [number, segment.label]));
  const colors = Object.fromEntries(segments.map(([number]) =>
    [number, Array.from(segmentationService.getSegmentColor(viewportId, segmentationId, Number(number)) ?? [])]));
  const { metaData } = window.cornerstone;
  const planes = set.labelMapImages.flat().map((image) => {
    const values = Uint16Array.from(image.voxelManager.getScalarData());
    const plane = metaData.get("imagePlaneModule", image.referencedImageId);
    const bytes = new Uint8Array(values.buffer);
    let text = "";
    for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
    return { values: btoa(text), image: { Rows: plane.rows, Columns: plane.columns,
      ImagePositionPatient: Array.from(plane.imagePositionPatient, Number),
      ImageOrientationPatient: Array.from(plane.imageOrientationPatient, Number),
      PixelSpacing: [plane.rowPixelSpacing, plane.columnPixelSpacing] } };
  });
  return { planes, labels, colors };
}

function refuse(message) {
  console.error(`Error: ${message}`);
  process.exitCode = 1;
}

const { address, browser, close } = await openOhif(directory, path.resolve(here, "../../../tools/js"), port);
try {
  const page = await browser.newPage();
  const crash = new Promise((_, reject) => page.on("error", (error) => reject(error))); // the page itself has ended
  await page.setViewport({ width: 640, height: 480 }); // nobody looks: drawing is slow without a graphics card
  await page.goto(`${address}segmentation?StudyInstanceUIDs=${study}&stock=1`);
  const listed = page.waitForFunction(isListed, { timeout: LISTED }, series, hasImages === "yes");
  await Promise.race([listed, crash]);
  const { refusal, planes, labels, colors } = await Promise.race([page.evaluate(show, series), crash]);
  if (refusal !== undefined) {
    refuse(refusal);
  } else {
    const frames = planes.flatMap(({ values, image }) => {
      const bytes = Buffer.from(values, "base64");
      return framesOf(new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2), geometryOf(image));
    });
    process.stdout.write(JSON.stringify({ frames, labels, colors }));
  }
} catch (error) {
  refuse(error.name === "TimeoutError" ? "the series is not listed" : error.message);
} finally {
  await close().catch(() => {});
}
