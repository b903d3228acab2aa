// SPDX-License-Identifier: Apache-2.0
// The NiiVue module: its files are read by NiiVue itself, whose loader needs no browser.
// Run in a directory that make_objects.py has filled.
import assert from "node:assert/strict";
import fs from "node:fs";
import test from "node:test";
import { dseg, loadNiivue, loadPackage, readStack } from "./kit.mjs";

const { NVImage } = await loadNiivue();
const { colormapLabel, register, toNifti } = await loadPackage("niivue.js");

const lengthOf = (vector) => Math.hypot(...vector);
/** Where NiiVue puts a voxel, in DICOM's coordinates. */
const placeOf = (image, voxel) => image.hdr.affine.slice(0, 3).map((row, axis) =>
  (axis < 2 ? -1 : 1) * row.reduce((sum, value, i) => sum + value * [...voxel, 1][i], 0));

async function loadImage(segmentation, options) {
  return NVImage.loadFromUrl({ url: await toNifti(segmentation, options), name: "labels.nii" });
}

for (const name of ["axial", "rows-reversed", "sagittal", "oblique"]) {
  const stack = readStack(name);
  test(`${name}: voxels lie where the images' pixels lie`, async () => {
    const segmentation = await dseg.open(`${name}/binary.dcm`);
    const image = await loadImage(segmentation);
    const [columns, rows, planes] = segmentation.geometry.grid.size;
    assert.deepEqual(image.hdr.dims.slice(0, 4), [3, columns, rows, planes]);
    assert.equal(image.hdr.intent_code, 1002);
    let found = 0;
    for (let k = 0; k < planes; k++) {
      const origin = placeOf(image, [0, 0, k]);
      const at = stack.images.findIndex((one) =>
        lengthOf(one.ImagePositionPatient.map((value, i) => value - origin[i])) < 1e-3);
      assert.ok(at >= 0, `plane ${k} lies on no image`);
      const size = rows * columns;
      const plane = [...image.img.subarray(k * size, (k + 1) * size)];
      assert.deepEqual(plane, stack.labels.slice(at * size, (at + 1) * size));
      found += plane.filter((value) => value !== 0).length;
    }
    assert.equal(found, stack.labels.filter((value) => value !== 0).length);
    const step = stack.images[0];
    const far = placeOf(image, [columns - 1, rows - 1, 0]);
    const near = placeOf(image, [0, 0, 0]);
    step.ImageOrientationPatient.slice(0, 3).forEach((row, axis) => {
      const wanted = near[axis] + row * step.PixelSpacing[1] * (columns - 1)
        + step.ImageOrientationPatient[3 + axis] * step.PixelSpacing[0] * (rows - 1);
      assert.ok(Math.abs(far[axis] - wanted) < 1e-3, `${far[axis]} is not ${wanted}`);
    });
    segmentation.close();
  });
}

test("segments that overlap are frames, and one layer is one of them", async () => {
  const segmentation = await dseg.open("axial/overlap.dcm");
  const { count } = await segmentation.layers();
  const all = await loadImage(segmentation);
  assert.deepEqual(all.hdr.dims.slice(0, 5), [4, 28, 20, 5, count]);
  for (let layer = 1; layer <= count; layer++) {
    const one = await loadImage(segmentation, { layer });
    assert.equal(one.hdr.dims[0], 3);
    const size = one.img.length;
    assert.deepEqual([...one.img], [...all.img.subarray((layer - 1) * size, layer * size)]);
    assert.ok(one.img.some((value) => value !== 0));
  }
  segmentation.close();
});

test("colours and names are the segments'", async () => {
  const segmentation = await dseg.open("axial/dseg-binary.dcm");
  const image = await loadImage(segmentation);
  image.setColormapLabel(colormapLabel(segmentation));
  const { lut, min, max, labels } = image.colormapLabel;
  assert.deepEqual([min, max], [0, 3]);
  assert.equal(lut[3], 0);
  for (const { labelID, recommendedDisplayRGBValue, SegmentLabel } of readStack("axial").segments) {
    assert.deepEqual([...lut.subarray(4 * labelID, 4 * labelID + 4)], [...recommendedDisplayRGBValue, 255]);
    assert.equal(labels[labelID], SegmentLabel);
  }
  segmentation.close();
});

test("a Niivue opens objects by itself", async () => {
  const loaders = new Map();
  const loaded = [];
  const nv = {
    useLoader: (loader, from, to) => loaders.set(from, { loader, to }),
    onImageLoaded: (volume) => loaded.push(volume),
    updateGLVolume: () => loaded.push("updated"),
  };
  register(nv, dseg);
  const { loader, to } = loaders.get("dcm");
  assert.equal(to, "nii");
  const bytes = fs.readFileSync("axial/labelmap.dcm");
  const url = await loader(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const volume = await NVImage.loadFromUrl({ url, name: "labelmap.dcm.nii" });
  nv.onImageLoaded(volume);
  assert.deepEqual(loaded, ["updated", volume]);
  assert.equal(volume.colormapLabel.labels[2], "Label 2");
  await assert.rejects(loader(new TextEncoder().encode("not DICOM").buffer), { name: "DsegError" });
});
