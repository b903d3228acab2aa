# SPDX-License-Identifier: Apache-2.0
"""Checks that dseg reads an object with the voxels and the geometry that its writer was given."""

import nibabel
import nrrd
import numpy as np

from peerlib import assert_same_volume, dseg, dseg_info

TO_DICOM = np.diag([-1, -1, 1, 1])


def missing_spacing(path, affine):
    """The option of dseg convert that gives a volume the spacing which the object does not say: of a projection, or of one
    plane without thickness."""
    geometry = dseg_info(path)["geometry"]
    if all(geometry["pixel_spacing"]) and geometry["spacing_between_slices"]:
        return ()
    return "--spacing", ",".join(f"{step:.17g}" for step in np.linalg.norm(affine[:3, :3], axis=0))


def check_labels(path, labels, affine, *options):
    """labels[k, j, i]; as NIfTI, and the same as NRRD. options: of dseg convert, here and below."""
    options += missing_spacing(path, affine)
    dseg("convert", path, "read.nii.gz", "--force", *options)
    image = nibabel.load("read.nii.gz")
    array = np.transpose(np.asarray(image.dataobj), (2, 1, 0))
    assert_same_volume(labels, affine, array, TO_DICOM @ image.affine, "NIfTI")
    dseg("convert", path, "read.nrrd", "--force", *options)
    array, header = nrrd.read("read.nrrd")
    assert_same_volume(labels, affine, np.transpose(array, (2, 1, 0)), nrrd_affine(header), "NRRD")


def nrrd_affine(header):
    """In DICOM's coordinates."""
    directions = np.array([row for row in header["space directions"] if not np.isnan(row).any()], float)
    affine = np.eye(4)
    affine[:3, :3] = directions.T
    affine[:3, 3] = header["space origin"]
    space = header["space"].lower()
    assert space in ("left-posterior-superior", "lps", "right-anterior-superior", "ras"), space
    return affine if space.startswith("l") else TO_DICOM @ affine


def check_masks(path, masks, affine, *options):
    """masks by number, which overlap; as seg.nrrd, whose layers hold them."""
    dseg("convert", path, "read.seg.nrrd", "--force", *options, *missing_spacing(path, affine))
    array, header = nrrd.read("read.seg.nrrd")
    if array.ndim == 3:
        array = array[np.newaxis]
    found = 0
    for index in range(len(masks)):
        layer, value = int(header[f"Segment{index}_Layer"]), int(header[f"Segment{index}_LabelValue"])
        number = sorted(masks)[index]
        got = np.transpose(array[layer] == value, (2, 1, 0))
        assert_same_volume(masks[number] != 0, affine, got, nrrd_affine(header), f"segment {number}")
        found += np.count_nonzero(got)
    assert found == sum(np.count_nonzero(mask) for mask in masks.values())
    assert f"Segment{len(masks)}_Layer" not in header


def check_fractions(path, stored, affine, maximum, *options):
    """stored fractions by number; as NIfTI of floats, one volume for each segment."""
    dseg("convert", path, "read.nii.gz", "--force", *options, *missing_spacing(path, affine))
    image = nibabel.load("read.nii.gz")
    array = np.asarray(image.dataobj)
    assert array.dtype == np.float32
    array = array.reshape(*array.shape[:3], -1)
    assert array.shape[3] == len(stored)
    for index, number in enumerate(sorted(stored)):
        got = np.rint(np.transpose(array[..., index], (2, 1, 0)) * maximum)
        assert_same_volume(stored[number], affine, got, TO_DICOM @ image.affine, f"segment {number}")


def check_matrix(path, matrix):
    """The total pixel matrix of a slide, one plane, whichever way its axes run."""
    dseg("convert", path, "read.nrrd", "--force")
    array, _ = nrrd.read("read.nrrd")
    assert array.shape == (matrix.shape[1], matrix.shape[0], 1), array.shape
    assert np.array_equal(array[..., 0].T, matrix)
