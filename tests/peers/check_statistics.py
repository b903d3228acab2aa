# SPDX-License-Identifier: Apache-2.0
"""info --statistics beside SimpleITK's LabelShapeStatisticsImageFilter and numpy: check_statistics.py CASE"""

import json
import math
import sys

import numpy as np
import SimpleITK

from peerlib import dseg, need_data, step
from volumes import affine_of, rotation, save_nifti

ROUNDS = 12


def statistics(path, threads=0):
    info = json.loads(dseg("info", path, "--statistics", "--json", "--threads", threads))
    return info, {segment["number"]: segment["statistics"] for segment in info["segments"]}


def random_affine(random):
    return affine_of(random.uniform(0.3, 4, 3), random.uniform(-300, 300, 3), rotation(*random.uniform(-0.6, 0.6, 2)))


def random_labels(random, shape, numbers):
    """Boxes on each other, and single voxels."""
    labels = np.zeros(shape, np.uint16)
    for number in numbers:
        for _ in range(3):
            low = [random.integers(0, size) for size in shape]
            high = [at + random.integers(1, 9) for at in low]
            labels[tuple(slice(*ends) for ends in zip(low, high))] = number
    scattered = random.random(shape) < 0.02
    labels[scattered] = random.choice([0, *numbers], np.count_nonzero(scattered))
    return labels


def grid_of(info):
    grid = info["geometry"]["grid"]
    return np.array(grid["origin"]), np.array([grid["step_i"], grid["step_j"], grid["step_k"]])


def close(got, expected, tolerance=1e-9):
    assert np.allclose(got, expected, rtol=tolerance, atol=tolerance), f"{got} instead of {expected}"


def check_weights(info, found, weights):
    """weights: [k, j, i] of the object's own grid, of 0..1."""
    origin, steps = grid_of(info)
    at = np.argwhere(weights > 0)[:, ::-1]
    weight = weights[weights > 0]
    voxel_ml = abs(np.linalg.det(steps)) / 1000
    assert found["voxels"] == len(at)
    close(found["volume_ml"], weight.sum() * voxel_ml)
    if len(at) == 0:
        assert "centroid" not in found
        return
    centroid = (at * weight[:, None]).sum(axis=0) / weight.sum()
    close(found["centroid"], centroid)
    close(found["centroid_mm"], origin + centroid @ steps)
    assert found["first_voxel"] == at.min(axis=0).tolist() and found["last_voxel"] == at.max(axis=0).tolist()
    close(found["last_voxel_mm"], origin + at.max(axis=0) @ steps)
    assert found["planes"] == len(np.unique(at[:, 2]))


def check_itk(path, labels_path):
    """Volume, centroid and box of a label map, whatever its axes, as SimpleITK has them."""
    image = SimpleITK.ReadImage(str(labels_path), SimpleITK.sitkUInt32)
    shapes = SimpleITK.LabelShapeStatisticsImageFilter()
    shapes.ComputeOrientedBoundingBoxOff()
    shapes.ComputeFeretDiameterOff()
    shapes.ComputePerimeterOff()
    shapes.Execute(image)
    info, segments = statistics(path)
    assert sorted(segments) == sorted(shapes.GetLabels())
    for number in shapes.GetLabels():
        found = segments[number]
        assert found["voxels"] == shapes.GetNumberOfPixels(number)
        close(found["volume_ml"], shapes.GetPhysicalSize(number) / 1000, 1e-6)
        assert np.allclose(found["centroid_mm"], shapes.GetCentroid(number), atol=1e-3)
        box = shapes.GetBoundingBox(number)
        size = [last - first + 1 for first, last in zip(found["first_voxel"], found["last_voxel"])]
        assert size == list(box[3:])
        corner = image.TransformIndexToPhysicalPoint(box[:3])
        ends = np.array([found["first_voxel_mm"], found["last_voxel_mm"]])
        assert np.allclose(ends[0], corner, atol=1e-3), (ends, corner)
    return info


def labels_case():
    for seed in range(ROUNDS):
        random = np.random.default_rng(seed)
        numbers = sorted(random.choice(np.arange(1, 250 if seed % 2 else 3000), 6, replace=False).tolist())
        labels = random_labels(random, tuple(random.integers(5, 40, 3)), numbers)
        save_nifti("labels.nii.gz", labels, random_affine(random))
        with step(f"volume {seed}"):
            check_itk("labels.nii.gz", "labels.nii.gz")
        with step(f"object {seed}"):
            dseg("convert", "labels.nii.gz", "labels.dcm", "--as", "labelmap", "--slice-axis", "k", "--force")
            check_itk("labels.dcm", "labels.nii.gz")


def gaps_case():
    """Planes without a voxel are left out of the object; the grid has them."""
    for seed in range(ROUNDS):
        random = np.random.default_rng(seed)
        labels = random_labels(random, (21, 17, 19), [1, 2, 3])
        labels[random.random(21) < 0.4] = 0
        save_nifti("labels.nii.gz", labels, random_affine(random))
        for kind in ("labelmap", "binary"):
            with step(f"{kind} {seed}"):
                dseg("convert", "labels.nii.gz", "gaps.dcm", "--as", kind, "--slice-axis", "k", "--force")
                info, segments = statistics("gaps.dcm", threads=1 + seed % 3)
                numbers = [number for number in np.unique(labels) if number]
                masks = cut(info, [labels == number for number in numbers])
                for found, mask in zip(segments.values(), masks):
                    check_weights(info, found, mask.astype(float))
                assert info["geometry"]["planes"] < info["geometry"]["grid"]["size"][2]


def cut(info, arrays):
    """The arrays without the empty planes at their ends, which an object leaves out."""
    planes = info["geometry"]["grid"]["size"][2]
    filled = np.flatnonzero(np.any([array.any(axis=(1, 2)) for array in arrays], axis=0))
    begin = int(filled[0]) if planes < len(arrays[0]) else 0
    assert begin + planes in (len(arrays[0]), int(filled[-1]) + 1), (planes, filled)
    return [array[begin : begin + planes] for array in arrays]


def masks_case():
    """Masks that overlap."""
    for seed in range(ROUNDS):
        random = np.random.default_rng(seed)
        shape = tuple(random.integers(5, 30, 3))
        masks = [(random_labels(random, shape, [1]) > 0).astype(np.uint8) for _ in range(4)]
        names = [f"mask{i}.nii.gz" for i in range(4)]
        affine = random_affine(random)
        for name, mask in zip(names, masks):
            save_nifti(name, mask, affine)
        for kind in ("binary", "fractional"):
            with step(f"{kind} {seed}"):
                dseg("convert", *names, "masks.dcm", "--as", kind, "--slice-axis", "k", "--force")
                info, segments = statistics("masks.dcm", threads=1 + seed % 3)
                for found, mask in zip(segments.values(), cut(info, masks)):
                    check_weights(info, found, mask.astype(float))


def fractions_case():
    for seed in range(ROUNDS):
        random = np.random.default_rng(seed)
        shape = tuple(random.integers(5, 30, 3))
        arrays = []
        for _ in range(3):
            stored = random_labels(random, shape, [3, 100, 200, 255])
            arrays.append(stored.astype(np.float32) / 255)
        names = [f"fraction{i}.nii.gz" for i in range(3)]
        affine = random_affine(random)
        for name, array in zip(names, arrays):
            save_nifti(name, array, affine)
        with step(f"fractions {seed}"):
            dseg("convert", *names, "fractions.dcm", "--as", "fractional", "--slice-axis", "k", "--force")
            info, segments = statistics("fractions.dcm", threads=1 + seed % 3)
            for found, array in zip(segments.values(), cut(info, arrays)):
                check_weights(info, found, np.rint(array.astype(float) * 255) / 255)


def real_case():
    path = need_data("totalsegmentator-s0327", "labels.nii.gz")
    with step("108 segments"):
        check_itk(path, path)
    with step("108 segments as BINARY"):
        dseg("convert", path, "real.dcm", "--as", "binary", "--force")
        image = SimpleITK.ReadImage(str(path))
        info, segments = statistics("real.dcm")
        total = sum(found["volume_ml"] for found in segments.values())
        array = SimpleITK.GetArrayViewFromImage(image)
        close(total, np.count_nonzero(array) * math.prod(image.GetSpacing()) / 1000, 1e-5)
        assert not info["statistics"]["overlap"]


if __name__ == "__main__":
    {"labels": labels_case, "gaps": gaps_case, "masks": masks_case, "fractions": fractions_case, "real": real_case}[sys.argv[1]]()
    step.finish()
