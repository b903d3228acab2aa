// SPDX-License-Identifier: Apache-2.0
// Label maps of a viewer as objects: the module and cornerstone3D's adapters read them back. check_written.py then
// shows the files in written/ to dciodvfy, highdicom and dcmqi.
import assert from "node:assert/strict";
import fs from "node:fs";
import test from "node:test";
import { adapters, addStack, cache, createAdapter, dcmjs, dseg, labelmapOf, loadPackage, pixelsOf, plainImages,
  readStack, segmentMetadata } from "./kit.mjs";

const ours = createAdapter();
const [BINARY, LABELMAP] = ["1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7"];
fs.mkdirSync("written", { recursive: true });

const planesOf = (stack, flat) => {
  const size = stack.rows * stack.columns;
  return stack.images.map((_, k) => Uint8Array.from(flat.slice(k * size, (k + 1) * size)));
};
const metadata = [undefined, ...[1, 2, 3].map((number) => segmentMetadata(number))];

async function write(stack, labelmaps, settings, images = stack.images) {
  const { imageIds, provider } = addStack(images);
  return ours.generateSegmentation(plainImages(imageIds, stack.rows * stack.columns), labelmaps, provider, settings);
}

/** The label maps that the adapters and the module read of the object. */
async function readBack(written, images) {
  const { imageIds, provider } = addStack(images);
  const buffer = written.bytes.slice().buffer;
  const settings = { metadataProvider: provider };
  const theirs = pixelsOf(await adapters.createFromDICOMSegBuffer(imageIds, buffer.slice(0), settings));
  cache.purgeCache();
  const result = await ours.createFromDICOMSegBuffer(imageIds, buffer, settings);
  const got = pixelsOf(result);
  cache.purgeCache();
  assert.deepEqual(got, theirs);
  return { got, result };
}

for (const name of ["axial", "rows-reversed", "sagittal", "oblique"]) {
  const stack = readStack(name);
  const planes = planesOf(stack, stack.labels);
  for (const [kind, sopClassUID] of [["binary", BINARY], ["labelmap", LABELMAP]]) {
    test(`${name}: ${kind}`, async () => {
      const labelmap = labelmapOf(planes, stack.rows, stack.columns, metadata);
      const written = await write(stack, labelmap, { sopClassUID, SeriesDescription: "Drawn", SeriesNumber: 12 });
      fs.writeFileSync(`written/${name}-${kind}.dcm`, written.bytes);
      const { got, result } = await readBack(written, stack.images);
      assert.deepEqual(got, [planes.map((plane) => [...plane])]);
      const seen = dcmjs.data.Colors.dicomlab2RGB8(metadata[2].RecommendedDisplayCIELabValue);
      assert.deepEqual(result.segMetadata.data[2].rgba, [...seen, 255]);
      assert.deepEqual(dcmjs.data.Colors.dicomlab2RGB8(result.segMetadata.data[2].RecommendedDisplayCIELabValue), seen);
      const segmentation = await dseg.open(written.bytes);
      assert.equal(segmentation.encoding.sopClassUid, sopClassUID);
      assert.equal(segmentation.encoding.studyUid, stack.images[0].StudyInstanceUID);
      assert.equal(segmentation.geometry.frameOfReferenceUid, stack.images[0].FrameOfReferenceUID);
      const referred = segmentation.references.map((image) => image.sopInstanceUid);
      segmentation.geometry.planes.forEach((plane) => {
        const image = stack.images.find((one) => one.SOPInstanceUID === referred[plane.reference]);
        plane.position.forEach((value, axis) => assert.ok(Math.abs(value - image.ImagePositionPatient[axis]) < 1e-3));
      });
      segmentation.close();
    });
  }
  test(`${name}: segments that overlap, in layers`, async () => {
    const masks = stack.masks.map((mask, s) => planesOf(stack, mask.map((value) => value * (s + 1))));
    const labelmaps = masks.map((mask) => labelmapOf(mask, stack.rows, stack.columns, metadata));
    const written = await write(stack, labelmaps, { sopClassUID: BINARY });
    fs.writeFileSync(`written/${name}-overlap.dcm`, written.bytes);
    const { got } = await readBack(written, stack.images);
    assert.deepEqual(got, masks.map((mask) => mask.map((plane) => [...plane])));
    await assert.rejects(write(stack, labelmaps, { sopClassUID: LABELMAP }), { name: "DsegError" });
  });
  test(`${name}: images in another order, some of them empty or not there`, async () => {
    const images = [...stack.images].reverse();
    const labelmaps2D = [...planes].reverse().map((pixelData) =>
      (pixelData.some((value) => value !== 0) ? { pixelData } : undefined));
    const written = await write(stack, { labelmaps2D, metadata }, {}, images);
    const { got } = await readBack(written, images);
    assert.deepEqual(got, [[...planes].reverse().map((plane) => [...plane])]);
  });
}

test("labels that stand for other segments", async () => {
  const stack = readStack("axial");
  const planes = planesOf(stack, stack.labels);
  const moved = planes.map((plane) => plane.map((value) => value && value + 40));
  const labelmap = { ...labelmapOf(moved, stack.rows, stack.columns, metadata),
    labelToSegmentIndex: { 41: 1, 42: 2, 43: 3 } };
  const { got } = await readBack(await write(stack, labelmap, {}), stack.images);
  assert.deepEqual(got, [planes.map((plane) => [...plane])]);
});

test("codes of a segment come back as they were read, those of regions and long ones too", async () => {
  const { itemOf, segmentOf } = await loadPackage("viewers/segment_items.js");
  const code = (value, meaning) => ({ value, scheme: "SCT", meaning });
  const codes = {
    category: code("123037004", "Anatomical Structure"),
    type: code("85756007", "Tissue"),
    typeModifiers: [code("7771000", "Left")],
    anatomicRegions: [code("64033007", "Kidney")],
    anatomicRegionModifiers: [code("24028007", "Right")],
  };
  const item = itemOf({ number: 1, label: "x", rgb: [1, 2, 3], algorithmType: "MANUAL", ...codes });
  const back = segmentOf(item, 1);
  for (const key of Object.keys(codes)) assert.deepEqual(back[key], codes[key], key);
  const [type] = item.SegmentedPropertyTypeCodeSequence;
  for (const name of ["LongCodeValue", "URNCodeValue"]) {
    const other = { ...type, CodeValue: undefined, [name]: "urn:oid:1.2.826.0.1.3680043.8.498" };
    const { value } = segmentOf({ ...item, SegmentedPropertyTypeCodeSequence: [other] }, 1).type;
    assert.equal(value, "urn:oid:1.2.826.0.1.3680043.8.498");
  }
});

test("frames of one instance", async () => {
  const stack = readStack("axial");
  const planes = planesOf(stack, stack.labels);
  const shared = { ...stack.images[0], NumberOfFrames: 5, SOPClassUID: "1.2.840.10008.5.1.4.1.1.2.1" };
  const images = stack.images.map((image) => ({ ...shared, ImagePositionPatient: image.ImagePositionPatient }));
  const { imageIds, provider } = addStack(images, (index) => `/frames/${index + 1}`);
  const labelmap = labelmapOf(planes, stack.rows, stack.columns, metadata);
  const written = await ours.generateSegmentation(plainImages(imageIds, 1), labelmap, provider, {});
  const segmentation = await dseg.open(written.bytes);
  segmentation.geometry.planes.forEach((plane) => {
    const { frame, sopInstanceUid } = segmentation.references[plane.reference];
    assert.equal(sopInstanceUid, shared.SOPInstanceUID);
    assert.ok(Math.abs(images[frame - 1].ImagePositionPatient[2] - plane.position[2]) < 1e-3);
  });
  segmentation.close();
});

test("what cannot be written is refused", async () => {
  const stack = readStack("axial");
  const planes = planesOf(stack, stack.labels);
  const of = (pixels, described) => labelmapOf(pixels, stack.rows, stack.columns, described);
  const refused = { name: "DsegError", code: "argument" };
  const told = (message) => ({ ...refused, message });
  await assert.rejects(write(stack, of(planes, metadata.slice(0, 3)), {}), told(/segment 3 is not described/));
  await assert.rejects(write(stack, of(planes.map(() => new Uint8Array(560)), metadata), {}), refused);
  await assert.rejects(write(stack, of(planes.map((plane) => plane.slice(1)), metadata), {}), refused);
  await assert.rejects(write(stack, of(planes, metadata), { sopClassUID: "1.2" }), refused);
  const bare = metadata.map((item) => item && { ...item, SegmentedPropertyTypeCodeSequence: undefined });
  await assert.rejects(write(stack, of(planes, bare), {}), told(/SegmentedPropertyTypeCodeSequence/));
  const nameless = stack.images.map((image) => ({ ...image, SeriesInstanceUID: undefined }));
  await assert.rejects(write(stack, of(planes, metadata), {}, nameless), told(/SeriesInstanceUID/));
  const { imageIds, provider } = addStack(stack.images);
  const [, ...rest] = imageIds;
  const images = [undefined, ...rest.slice(0, 1), undefined, ...rest.slice(2)].map((imageId) => imageId && { imageId });
  await assert.rejects(ours.generateSegmentation(images, of(planes, metadata), provider), told(/not loaded/));
});
