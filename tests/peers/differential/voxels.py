# SPDX-License-Identifier: Apache-2.0
"""Every voxel that dseg reads of an object, compared in space with what its writer was given."""

from differential.outcome import run_dseg
from foreign import check_fractions, check_labels, check_masks
from peerlib import dseg_info


def check_voxels(path, truth, *options):
    """Returns the number of voxels compared; a segmentation in masks has as many as each segment has."""
    if truth.kind == "fractional":
        check_fractions(path, truth.masks, truth.affine, truth.maximum, *options)
    elif truth.overlaps():
        refused = run_dseg("convert", path, "refused.nii.gz", "--force", *options)
        refused.assert_refused("overlap in a volume")
        check_masks(path, truth.masks, truth.affine, *options)
    else:
        check_labels(path, truth.labels(), truth.affine, *options)
    return truth.voxels()


def check_info(path, truth, *options):
    """Segments in the order of their numbers, those without voxels, too."""
    info = dseg_info(path)
    assert info["representation"] == truth.kind, info["representation"]
    background = info.get("background") if truth.kind == "labelmap" else None
    numbers = [segment["number"] for segment in info["segments"] if segment["number"] != background]
    assert numbers == truth.numbers, f"{numbers} are not {truth.numbers}"
    if truth.kind == "fractional":
        assert info["maximum_fraction"] == truth.maximum and info["voxels"].upper() == truth.fractional_type, info["voxels"]
    return info
