// SPDX-License-Identifier: Apache-2.0
// The ITK module beside @itk-wasm/dicom, which is dcmqi: images, voxels and attributes of segments.
// Run in a directory that make_objects.py has filled.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { loadItk, loadPackage, readStack } from "./kit.mjs";

const itk = await loadItk();
const { readOverlappingSegmentation, readSegmentation } = await loadPackage("itk.js");
// Its file system is made of the directories of absolute paths.
const theirs = (file) => itk.readSegmentationNode(path.resolve(file));
const theirsOverlapping = (file, options) => itk.readOverlappingSegmentationNode(path.resolve(file), options);

const near = (a, b) => Array.from(a).every((value, i) => Math.abs(value - b[i]) < 1e-4);

/** Component c of the voxel at index, in mm. */
function voxels(image) {
  const found = new Map();
  const { size, spacing, origin, direction, data } = image;
  const { components } = image.imageType;
  for (let at = 0; at < data.length; at++) {
    if (data[at] === 0) continue;
    const voxel = Math.floor(at / components);
    const index = [voxel % size[0], Math.floor(voxel / size[0]) % size[1], Math.floor(voxel / size[0] / size[1])];
    const place = [0, 1, 2].map((row) => origin[row]
      + index.reduce((sum, value, axis) => sum + value * spacing[axis] * direction[3 * row + axis], 0));
    found.set(`${place.map((value) => (value + 1e-9).toFixed(2)).join(" ")} ${at % components}`, data[at]);
  }
  return found;
}

function assertSame(got, wanted) {
  const [own, other] = [got.segImage, wanted.segImage];
  assert.deepEqual(own.imageType, other.imageType);
  assert.equal(own.data.constructor, other.data.constructor);
  assert.ok(near(own.spacing, other.spacing), `${own.spacing} is not ${other.spacing}`);
  assert.ok(near(own.direction, other.direction), `${own.direction} is not ${other.direction}`);
  assert.deepEqual(voxels(own), voxels(other));
  const byComponent = (metaInfo) => metaInfo.segmentAttributes.map((list) => list.map((one) => ({
    labelID: one.labelID,
    label: one.SegmentLabel,
    algorithm: one.SegmentAlgorithmType,
    type: one.SegmentedPropertyTypeCodeSequence,
    category: one.SegmentedPropertyCategoryCodeSequence,
  })));
  assert.deepEqual(byComponent(got.metaInfo), byComponent(wanted.metaInfo));
}

for (const name of ["axial", "rows-reversed", "sagittal", "oblique"]) {
  test(`${name}: one label map`, async () => {
    const file = `${name}/binary.dcm`;
    assertSame(await readSegmentation(file), await theirs(file));
  });
  for (const mergeSegments of [true, false]) {
    test(`${name}: segments that overlap, ${mergeSegments ? "merged" : "each alone"}`, async () => {
      const file = `${name}/overlap.dcm`;
      const bytes = new Uint8Array(fs.readFileSync(file));
      const got = await readOverlappingSegmentation({ path: path.basename(file), data: bytes }, { mergeSegments });
      assertSame(got, await theirsOverlapping(file, { mergeSegments }));
    });
  }
}

test("an ordinary object has one component for readers of overlap", async () => {
  const got = await readOverlappingSegmentation("axial/dseg-binary.dcm", { mergeSegments: true });
  assertSame(got, await theirsOverlapping("axial/dseg-binary.dcm", { mergeSegments: true }));
  assert.equal(got.segImage.imageType.components, 1);
});

test("names and colours are those of the object", async () => {
  const { metaInfo } = await readSegmentation("axial/dseg-binary.dcm");
  readStack("axial").segments.forEach((wanted, i) => {
    const segment = metaInfo.segmentAttributes[0][i];
    assert.deepEqual(segment.recommendedDisplayRGBValue, wanted.recommendedDisplayRGBValue);
    assert.equal(segment.SegmentDescription, wanted.SegmentDescription);
    assert.equal(segment.SegmentAlgorithmName, wanted.SegmentAlgorithmName);
  });
});

test("label maps, which dcmqi of that build does not read, are read as well", async () => {
  const binary = await readSegmentation("axial/binary.dcm");
  const labelmap = await readSegmentation("axial/labelmap.dcm");
  assert.deepEqual(voxels(labelmap.segImage), voxels(binary.segImage));
});

test("segments that overlap are refused as one label map", async () => {
  await assert.rejects(readSegmentation("axial/overlap.dcm"), { name: "DsegError", code: "overlap" });
});
