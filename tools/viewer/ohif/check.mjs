// SPDX-License-Identifier: Apache-2.0
// Drives the prebuilt OHIF in a headless Chromium: each segmentation of the study is loaded and shown on its images,
// names and voxels are those that the program reads, coloured pixels lie where segments are, and what is drawn is stored by
// dseg. Screenshots go to OUT.
// usage: node check.mjs OUT SAMPLES PACKAGE ORTHANC-PORT STUDY PROGRAM
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { openOhif } from "./browser.mjs";

const [out, samples, dsegPackage, orthanc, study, program] = process.argv.slice(2);
const { Dseg } = await import(pathToFileURL(path.join(dsegPackage, "src/index.js")).href);

const dseg = await Dseg.create();
const files = fs.readdirSync(samples)
  .filter((name) => name.endsWith(".dcm") && name !== "source.dcm");
const wanted = new Map(); // by Series Instance UID
for (const name of files) {
  const said = execFileSync(program, ["info", path.join(samples, name), "--json", "--statistics"], { encoding: "utf8" });
  const { series_uid: series, segments } = JSON.parse(said);
  const present = segments.filter(({ statistics }) => statistics.voxels > 0);
  wanted.set(series, { name, labels: segments.map(({ label }) => label),
    voxels: Object.fromEntries(present.map(({ number, statistics }) => [number, statistics.voxels])) });
}

const { address, browser, close } = await openOhif(out, dsegPackage, orthanc);

/** In the page: loads a segmentation, shows it, and says what is there. */
async function show(series) {
  const { displaySetService, segmentationService, viewportGridService } = window.services;
  const set = displaySetService.getActiveDisplaySets().find((one) => one.SeriesInstanceUID === series);
  if (!set) return { error: "no display set" };
  const start = performance.now();
  try {
    await set.load({ headers: {} });
  } catch (error) {
    return { error: error.message };
  }
  const milliseconds = performance.now() - start;
  const segmentationId = set.displaySetInstanceUID;
  const viewportId = viewportGridService.getActiveViewportId();
  segmentationService.clearSegmentationRepresentations?.(viewportId);
  await segmentationService.addSegmentationRepresentation(viewportId, { segmentationId, type: "Labelmap" });
  const segments = Object.values(segmentationService.getSegmentation(segmentationId).segments);
  const voxels = {};
  const places = [];
  const { cache, utilities, getEnabledElements } = window.cornerstone;
  const [{ viewport }] = getEnabledElements();
  const middle = set.labelMapImages[0][Math.floor(set.labelMapImages[0].length / 2)];
  for (const image of set.labelMapImages.flat()) {
    for (const value of image.voxelManager.getScalarData()) if (value) voxels[value] = (voxels[value] ?? 0) + 1;
  }
  await viewport.setImageIdIndex?.(viewport.getImageIds().indexOf(middle.referencedImageId));
  viewport.render();
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const box = viewport.element.getBoundingClientRect();
  const pixels = middle.voxelManager.getScalarData();
  const [columns, rows] = [middle.columns, middle.rows];
  for (let y = 4; y < rows - 4; y += 5) {
    for (let x = 4; x < columns - 4; x += 5) {
      const value = pixels[y * columns + x];
      let isInside = true; // of one segment, or of none
      for (let dy = -3; dy <= 3; dy++) {
        for (let dx = -3; dx <= 3; dx++) isInside &&= pixels[(y + dy) * columns + x + dx] === value;
      }
      if (!isInside) continue;
      const [left, top] = viewport.worldToCanvas(utilities.imageToWorldCoords(middle.referencedImageId, [x, y]));
      if (left < 60 || top < 60 || left > box.width - 60 || top > box.height - 60) continue; // texts are at the rim
      const color = value ? segmentationService.getSegmentColor(viewportId, segmentationId, value) : null;
      places.push({ left: box.left + left, top: box.top + top, value, color: color && Array.from(color) });
    }
  }
  return { milliseconds, labels: segments.map((one) => one.label), voxels, places, images: cache.getCacheSize() };
}

/** In the page: the colours of a picture at places. */
async function colorsAt(base64, places) {
  const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  return places.map(({ left, top }) => Array.from(context.getImageData(Math.round(left), Math.round(top), 1, 1).data));
}

/** What lies on grey images: towards the segment's colour where there is one, grey where there is none. */
function assertColors(places, colors, name) {
  const chroma = (color) => Math.max(...color.slice(0, 3)) - Math.min(...color.slice(0, 3));
  let [seen, right] = [0, 0];
  places.forEach(({ value, color }, i) => {
    if (value !== 0 && chroma(color) < 60) return; // greyish itself
    seen++;
    const got = colors[i];
    const mean = (got[0] + got[1] + got[2]) / 3;
    const towards = color && [0, 1, 2].reduce((sum, c) => sum + (got[c] - mean) * (color[c] - 128), 0);
    if (value === 0 ? chroma(got) < 12 : chroma(got) > 15 && towards > 0) right++;
  });
  assert.ok(seen >= 10, `${name}: only ${seen} places to look at`);
  assert.ok(right >= 0.95 * seen, `${name}: ${seen - right} of ${seen} places have another colour than their segment`);
  return seen;
}

/** In the page: draws a block on the images, and stores it as the user does. */
async function drawAndStore() {
  const { displaySetService, segmentationService, uiDialogService, viewportGridService } = window.services;
  const images = displaySetService.getActiveDisplaySets().find((one) => one.Modality !== "SEG");
  const segmentationId = await segmentationService.createLabelmapForDisplaySet(images, { label: "Drawn",
    segments: { 1: { segmentIndex: 1, label: "Block", active: true } } });
  const viewportId = viewportGridService.getActiveViewportId();
  await segmentationService.addSegmentationRepresentation(viewportId, { segmentationId, type: "Labelmap" });
  const { state } = window.cornerstoneTools.segmentation;
  const { imageIds } = state.getSegmentation(segmentationId).representationData.Labelmap;
  const positions = [];
  for (const id of imageIds.slice(2, 4)) {
    const image = window.cornerstone.cache.getImage(id);
    const plane = window.cornerstone.metaData.get("imagePlaneModule", image.referencedImageId);
    positions.push(Array.from(plane.imagePositionPatient, Number));
    for (let y = 10; y < 20; y++) {
      for (let x = 12; x < 30; x++) image.voxelManager.setAtIndex(y * image.columns + x, 1);
    }
  }
  // Storing needs the images themselves, which scrolling loads.
  for (const id of imageIds) {
    await window.cornerstone.imageLoader.loadAndCacheImage(window.cornerstone.cache.getImage(id).referencedImageId);
  }
  const former = uiDialogService.show;
  uiDialogService.show = ({ contentProps }) => contentProps.onSave({ reportName: "Drawn", priorSeriesNumber: 3100 });
  try {
    const report = await window.commandsManager.runCommand("storeSegmentation", { segmentationId });
    return { sop: report.SOPInstanceUID, series: report.SeriesInstanceUID, positions };
  } catch (error) {
    return { error: error.message };
  } finally {
    uiDialogService.show = former;
  }
}

const page = await browser.newPage();
page.on("pageerror", (error) => console.error(`page: ${String(error.stack ?? error).slice(0, 400)}`));
try {
  await page.setViewport({ width: 1400, height: 850 });
  await page.goto(`${address}segmentation?StudyInstanceUIDs=${study}`);
  await page.waitForFunction((count) => {
    const sets = window.services?.displaySetService?.getActiveDisplaySets?.() ?? [];
    const [enabled] = window.cornerstone?.getEnabledElements?.() ?? [];
    return sets.filter((set) => set.Modality === "SEG").length >= count
      && enabled?.viewport.getImageIds?.().length > 0;
  }, { timeout: 300000 }, wanted.size);
  for (const [series, { name, labels, voxels }] of wanted) {
    const shown = await page.evaluate(show, series);
    assert.equal(shown.error, undefined, `${name}: ${shown.error}`);
    assert.deepEqual([...shown.labels].sort(), [...labels].sort(), name);
    assert.deepEqual(shown.voxels, voxels, name);
    const picture = await page.screenshot({ encoding: "base64" });
    fs.writeFileSync(path.join(out, `${path.basename(name, ".dcm")}.png`), Buffer.from(picture, "base64"));
    const seen = assertColors(shown.places, await page.evaluate(colorsAt, picture, shown.places), name);
    console.log(`${name}: ${shown.labels.length} segments in ${shown.milliseconds.toFixed(0)} ms, ${seen} places`);
  }
  const stored = await page.evaluate(drawAndStore);
  assert.equal(stored.error, undefined, stored.error);
  const answer = await fetch(`http://127.0.0.1:${orthanc}/tools/lookup`, { method: "POST", body: stored.sop });
  const [{ ID: id }] = await answer.json();
  const file = await fetch(`http://127.0.0.1:${orthanc}/instances/${id}/file`);
  const segmentation = await dseg.open(new Uint8Array(await file.arrayBuffer()), { name: "what was stored" });
  assert.equal(segmentation.encoding.studyUid, study);
  assert.equal(segmentation.encoding.seriesUid, stored.series);
  assert.deepEqual(segmentation.segments.map((segment) => segment.label), ["Block"]);
  const { segments, planes } = await segmentation.statistics();
  assert.equal(segments[0].voxels, 2 * 10 * 18);
  const drawn = segmentation.geometry.planes.filter((_, plane) => planes[plane].length > 0);
  const along = (a, b) => a[2] - b[2];
  const wantedPositions = stored.positions.sort(along);
  drawn.map(({ position }) => position).sort(along).forEach((position, i) => position.forEach((value, axis) =>
    assert.ok(Math.abs(value - wantedPositions[i][axis]) < 1e-3, `${position} is not ${wantedPositions[i]}`)));
  // The first and the last image have a frame although nothing was drawn on them: the extent stays that of the images.
  assert.equal(segmentation.encoding.frameCount, drawn.length + 2);
  console.log(`stored: ${segmentation.encoding.representation}, ${drawn.length} planes drawn, and the first and the last`);
} finally {
  await close();
  dseg.close();
}
