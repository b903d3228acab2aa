// SPDX-License-Identifier: Apache-2.0
// The cornerstone module beside cornerstone3D's adapters 5.14.0: the same objects on the same images.
// Run in a directory that make_objects.py has filled.
import assert from "node:assert/strict";
import test from "node:test";
import { adapters, addStack, arrayBufferOf, cache, createAdapter, labelmapOf, pixelsOf, plainImages, readStack,
  segmentMetadata, writtenByAdapters } from "./kit.mjs";

const ours = createAdapter();

const sortedSegments = (result) => Array.from(result.segmentsOnFrame, (numbers) =>
  [...new Set(numbers ?? [])].sort((a, b) => a - b));
const padded = (lists, length) => Array.from({ length }, (_, i) => lists[i] ?? []);

/** Centroids of a segment from label maps: what both should say. */
function centroidsOf(layers, images) {
  const sums = new Map();
  layers.forEach((planes) => planes.forEach((pixels, z) => pixels.forEach((value, at) => {
    if (value === 0) return;
    const image = images[z];
    const [x, y] = [at % image.Columns, Math.floor(at / image.Columns)];
    const o = image.ImageOrientationPatient;
    const world = image.ImagePositionPatient.map((p, axis) =>
      p + x * o[axis] * image.PixelSpacing[1] + y * o[3 + axis] * image.PixelSpacing[0]);
    const sum = sums.get(value) ?? [0, 0, 0, 0, 0, 0, 0];
    sums.set(value, sum.map((one, i) => one + [x, y, z, ...world, 1][i]));
  })));
  return new Map([...sums].map(([value, sum]) => {
    const mean = sum.slice(0, 6).map((one) => one / sum[6]);
    return [value, { image: mean.slice(0, 3).map(Math.floor), world: mean.slice(3), count: sum[6] }];
  }));
}

function assertCentroids(found, wanted, what) {
  assert.deepEqual([...found.keys()].sort(), [...wanted.keys()].sort(), what);
  for (const [number, { image, world, count }] of wanted) {
    const got = found.get(number);
    assert.equal(got.count, count, `${what}: voxels of segment ${number}`);
    assert.deepEqual([got.image.x, got.image.y, got.image.z], image, `${what}: centroid of segment ${number}`);
    [got.world.x, got.world.y, got.world.z].forEach((value, axis) =>
      assert.ok(Math.abs(value - world[axis]) < 1e-3, `${what}: ${value} is not ${world[axis]}`));
  }
}

/** Both on one object: pixels and all that is found. Returns ours. */
async function assertSame(buffer, images, what) {
  const { imageIds, provider } = addStack(images);
  const options = { metadataProvider: provider, tolerance: 1e-3 };
  const theirs = await adapters.createFromDICOMSegBuffer(imageIds, buffer.slice(0), options);
  const wanted = pixelsOf(theirs);
  cache.purgeCache();
  const result = await ours.createFromDICOMSegBuffer(imageIds, buffer, options);
  const got = pixelsOf(result);
  assert.deepEqual(got, wanted, what);
  assert.deepEqual(padded(sortedSegments(result), images.length), padded(sortedSegments(theirs), images.length), what);
  assert.equal(result.overlappingSegments, theirs.overlappingSegments, what);
  assert.equal(result.segMetadata.seriesInstanceUid, theirs.segMetadata.seriesInstanceUid);
  theirs.segMetadata.data.forEach((item, number) => {
    const own = result.segMetadata.data[number];
    if (number === 0 && !own) return; // the background, which is no segment
    // dcmjs 0.52.2 takes texts within sequences for Latin-1 (docs/viewers.md).
    assert.equal(own.SegmentLabel, Buffer.from(item.SegmentLabel, "latin1").toString("utf8"), what);
    assert.equal(Number(own.SegmentNumber), Number(item.SegmentNumber), what);
    assert.equal(own.SegmentAlgorithmType, item.SegmentAlgorithmType, what);
    for (const name of ["Category", "Type"]) {
      const key = `SegmentedProperty${name}CodeSequence`;
      assert.equal(own[key].CodeMeaning, [item[key]].flat()[0].CodeMeaning, what);
      assert.equal(own[key][0].CodeValue, [item[key]].flat()[0].CodeValue, what);
    }
  });
  const truth = centroidsOf(got, images);
  assertCentroids(result.centroids, truth, what);
  if (images[0].Rows === images[0].Columns) assertCentroids(theirs.centroids, truth, `${what}, adapters`);
  cache.purgeCache();
  return { result, got };
}

for (const name of ["axial", "rows-reversed", "sagittal", "oblique"]) {
  const stack = readStack(name);
  const size = stack.rows * stack.columns;
  const planesOf = (flat) => stack.images.map((_, k) => flat.slice(k * size, (k + 1) * size));
  for (const object of stack.objects) {
    test(`${name}: ${object.file}`, async () => {
      const { got } = await assertSame(arrayBufferOf(object.file), stack.images, object.file);
      if (object.overlap) {
        assert.equal(got.length, 3);
        stack.masks.forEach((mask, s) => {
          const wanted = planesOf(mask).map((plane) => plane.map((value) => value * (s + 1)));
          assert.deepEqual(got[s].map((plane) => plane.map((value) => (value === s + 1 ? value : 0))), wanted);
        });
      } else {
        assert.deepEqual(got, [planesOf(stack.labels)]);
      }
    });
  }
  test(`${name}: images in another order`, async () => {
    const images = [...stack.images].reverse();
    const { got } = await assertSame(arrayBufferOf(stack.objects[0].file), images, "reversed");
    assert.deepEqual(got, [planesOf(stack.labels).reverse()]);
  });
  for (const [kind, sopClassUID] of [["BINARY", "1.2.840.10008.5.1.4.1.1.66.4"],
    ["LABELMAP", "1.2.840.10008.5.1.4.1.1.66.7"]]) {
    test(`${name}: ${kind} of the adapters and dcmjs`, async () => {
      const { imageIds, provider } = addStack(stack.images);
      const planes = planesOf(stack.labels).map((plane) => Uint8Array.from(plane));
      const metadata = [undefined, ...[1, 2, 3].map((number) => segmentMetadata(number))];
      const labelmap = labelmapOf(planes, stack.rows, stack.columns, metadata);
      const made = adapters.generateSegmentation(plainImages(imageIds, size), labelmap, provider, { sopClassUID });
      const { got } = await assertSame(writtenByAdapters(made.dataset), stack.images, kind);
      assert.deepEqual(got, [planesOf(stack.labels)]);
    });
  }
}
