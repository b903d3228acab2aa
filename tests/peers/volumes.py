# SPDX-License-Identifier: Apache-2.0
"""The segmentations that peers and we exchange: small ones made here, and real ones.

A Truth knows every voxel. `inputs` are the files that dseg converts; labels, or a mask for each segment.
"""

import json

import nibabel
import nrrd
import numpy as np
import SimpleITK

from peerlib import need_data, skip

MRICRON = "/usr/share/mricron/templates"


class Truth:
    def __init__(self, labels, affine, inputs, masks=None, fractions=False, options=()):
        self.labels = labels
        self.affine = np.asarray(affine, float)
        self.inputs = [str(path) for path in inputs]
        self.masks = masks  # by number, when segments overlap; fractions: floats 0..1
        self.fractions = fractions
        self.options = list(options)
        self.described = None  # numbers of all segments, when some have no voxel

    def numbers(self):
        if self.described:
            return self.described
        return sorted(self.masks) if self.masks else [int(value) for value in np.unique(self.labels) if value]

    def renumbered(self):
        """With the numbers 1..N that BINARY objects must have."""
        numbers = self.numbers()
        if self.masks:
            masks = {new + 1: self.masks[old] for new, old in enumerate(numbers)}
            return Truth(None, self.affine, self.inputs, masks, self.fractions, self.options)
        table = np.zeros(max(numbers) + 1, np.uint32)
        table[numbers] = np.arange(1, len(numbers) + 1)
        renumbered = Truth(table[self.labels], self.affine, self.inputs, options=self.options)
        renumbered.described = [int(table[number]) for number in self.described] if self.described else None
        return renumbered

    def planes(self, first, last):
        """Only these planes, counted from 1; all segments stay."""
        affine = self.affine.copy()
        affine[:3, 3] += affine[:3, 2] * (first - 1)
        part = Truth(self.labels[first - 1 : last], affine, self.inputs, options=self.options)
        part.described = self.numbers()
        return part

    def voxel_counts(self):
        """Number of voxels of each segment."""
        if self.masks:
            return {number: int(np.count_nonzero(mask)) for number, mask in self.masks.items()}
        values, counts = np.unique(self.labels, return_counts=True)
        return {int(value): int(count) for value, count in zip(values, counts) if value}


def affine_of(spacing, origin, axes=np.eye(3)):
    matrix = np.eye(4)
    matrix[:3, :3] = np.asarray(axes, float) * spacing
    matrix[:3, 3] = origin
    return matrix


def rotation(angle_x, angle_z):
    cx, sx, cz, sz = np.cos(angle_x), np.sin(angle_x), np.cos(angle_z), np.sin(angle_z)
    return np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]]) @ np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])


def save_nifti(name, array, affine):
    """array[k, j, i] with an affine in DICOM's coordinates."""
    ras = np.diag([-1, -1, 1, 1]) @ affine
    image = nibabel.Nifti1Image(np.ascontiguousarray(np.transpose(array, (2, 1, 0))), ras)
    image.set_sform(ras, 1)
    image.set_qform(None, 0)
    nibabel.save(image, name)
    # The header holds single precision: that is what can be kept.
    return np.diag([-1, -1, 1, 1]) @ nibabel.load(name).affine


def block_labels(shape, numbers):
    """Boxes and some noise; the first and the last plane are empty where there are more than two."""
    labels = np.zeros(shape, np.uint16)
    random = np.random.default_rng(7)
    for index, number in enumerate(numbers):
        start = 1 + 3 * index
        labels[:, start : start + 7, start : start + 9][...] = number
    noise = random.random(shape) < 0.05
    labels[noise] = random.choice(np.array(numbers, np.uint16), shape)[noise]
    if shape[0] > 2:
        labels[0] = labels[-1] = 0
    return labels


def synthetic(shape, numbers, spacing=(0.7, 1.1, 2.5), origin=(-30.5, 12.25, 77.0), axes=np.eye(3)):
    labels = block_labels(shape, numbers)
    affine = save_nifti("labels.nii.gz", labels, affine_of(spacing, origin, axes))
    return Truth(labels.astype(np.uint32), affine, ["labels.nii.gz"])


def absent():
    """Two segments have voxels, two more were looked for and not found."""
    truth = synthetic((6, 24, 40), (2, 5))
    truth.described = [1, 2, 5, 9]
    return truth


def empty():
    """Nothing of what was looked for is there."""
    truth = synthetic((6, 24, 40), (1,))
    truth.labels[:] = 0
    save_nifti("labels.nii.gz", truth.labels.astype(np.uint16), truth.affine)
    truth.described = [1, 2, 3]
    return truth


def overlap():
    """Two files whose segments overlap each other; the second has two segments."""
    one = np.zeros((6, 23, 38), np.uint8)
    two = np.zeros((6, 23, 38), np.uint8)
    one[1:5, 3:15, 4:30] = 1
    two[2:6, 8:20, 10:20] = 1
    two[2:6, 8:20, 25:36] = 2
    affine = affine_of((0.7, 1.1, 2.5), (1, 2, 3))
    affine = save_nifti("one.nii.gz", one, affine)
    save_nifti("two.nii.gz", two, affine)
    masks = {1: one == 1, 2: two == 1, 3: two == 2}
    return Truth(None, affine, ["one.nii.gz", "two.nii.gz"], masks)


def fractions():
    """One file of floats between 0 and 1 for each of two segments."""
    ramp = np.linspace(0, 1, 256, dtype=np.float32)
    shape = (4, 16, 16)
    one = np.resize(ramp, shape)
    two = np.where(np.resize(ramp[::-1], shape) > 0.5, np.resize(ramp[::-1], shape), 0).astype(np.float32)
    affine = affine_of((0.7, 1.1, 2.5), (1, 2, 3))
    affine = save_nifti("one.nii.gz", one, affine)
    save_nifti("two.nii.gz", two, affine)
    return Truth(None, affine, ["one.nii.gz", "two.nii.gz"], {1: one, 2: two}, fractions=True)


def nifti_file(path):
    image = nibabel.load(path)
    array = np.transpose(np.asarray(image.dataobj), (2, 1, 0))
    return Truth(array.astype(np.uint32), np.diag([-1, -1, 1, 1]) @ image.affine, [path])


def nrrd_file(path):
    """Without SimpleITK, which loses nothing but is one of the peers."""
    array, header = nrrd.read(str(path))
    affine = np.eye(4)
    affine[:3, :3] = np.asarray(header["space directions"], float).T
    affine[:3, 3] = header["space origin"]
    if header["space"] in ("right-anterior-superior", "RAS"):
        affine = np.diag([-1, -1, 1, 1]) @ affine
    assert array.ndim == 3
    return Truth(np.transpose(array, (2, 1, 0)).astype(np.uint32), affine, [path])


def ct20():
    truth = nifti_file(need_data("totalsegmentator-ct20", "labels.nii.gz"))
    truth.options = ["--reference", str(need_data("totalsegmentator-ct20", "ct"))]
    return truth


def mricron(name):
    path = f"{MRICRON}/{name}.nii.gz"
    try:
        return nifti_file(path)
    except FileNotFoundError:
        skip(f"{path} is not there; it comes with Debian's mricron-data")


LEFT_HANDED = np.array([[-1, 0, 0], [0, 1, 0], [0, 0, 1]])
CORONAL = np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]])

VOLUMES = {
    "gaps": lambda: synthetic((6, 24, 40), [1, 5, 300, 2035]),
    "full": lambda: synthetic((5, 23, 38), list(range(1, 256))),
    "unaligned": lambda: synthetic((5, 23, 38), [1, 2, 3]),
    "oblique": lambda: synthetic((5, 23, 38), [1, 2, 3], axes=rotation(0.3, -0.45)),
    "left-handed": lambda: synthetic((5, 20, 32), [1, 2], axes=LEFT_HANDED @ rotation(0.1, 0.2)),
    "coronal": lambda: synthetic((5, 20, 32), [1, 2], axes=CORONAL),
    "single-slice": lambda: synthetic((1, 23, 38), [1, 2]),
    "absent": absent,
    "empty": empty,
    "overlap": overlap,
    "fractions": fractions,
    "ct20": ct20,
    "aparc": lambda: nifti_file(need_data("freesurfer", "aparc+aseg.nii.gz")),
    "hncma": lambda: nrrd_file(need_data("spl-brain-atlas", "hncma-atlas.nrrd")),
    "knee": lambda: nrrd_file(need_data("spl-knee-atlas", "seg.nrrd")),
    "aal": lambda: mricron("aal"),
    "inia19": lambda: mricron("inia19-NeuroMaps"),
    "jhu": lambda: mricron("JHU-WhiteMatter-labels-2mm"),
}


def metadata(numbers_by_file, path="metadata.json", accent=" \u00e4"):
    """Writes dcmqi's JSON for the numbers of each file, and returns the segments as a flat list. accent ends each
    label; dcmqi itself refuses what is not ASCII."""
    segments = []
    for file, numbers in enumerate(numbers_by_file):
        for number in numbers:
            segments.append(
                {
                    "labelID": int(number),
                    "SegmentLabel": f"Label {file}.{number}{accent}",
                    "SegmentDescription": f"Number {number} of file {file}",
                    "SegmentAlgorithmType": "SEMIAUTOMATIC",
                    "SegmentAlgorithmName": "peer test",
                    "recommendedDisplayRGBValue": [int(number * 7 % 256), int(number * 31 % 256), file * 50 + 20],
                    "SegmentedPropertyCategoryCodeSequence": code("123037004", "Anatomical Structure"),
                    "SegmentedPropertyTypeCodeSequence": code("10200004", "Liver"),
                }
            )
    nested, rest = [], list(segments)
    for numbers in numbers_by_file:
        nested.append(rest[: len(numbers)])
        rest = rest[len(numbers) :]
    content = {
        "ContentCreatorName": "Doe^Jane",
        "ContentLabel": "PEERTEST",
        "ContentDescription": "Exchanged with peers",
        "SeriesDescription": "Segmentation for peers",
        "SeriesNumber": "301",
        "InstanceNumber": "1",
        "BodyPartExamined": "ABDOMEN",
        "segmentAttributes": nested,
    }
    with open(path, "w", encoding="utf-8") as file:
        json.dump(content, file)
    return segments


def code(value, meaning):
    return {"CodeValue": value, "CodingSchemeDesignator": "SCT", "CodeMeaning": meaning}


def read_image(path):
    """Array and affine of a file through SimpleITK."""
    image = SimpleITK.ReadImage(str(path))
    affine = np.eye(4)
    affine[:3, :3] = np.array(image.GetDirection()).reshape(3, 3) * np.array(image.GetSpacing())
    affine[:3, 3] = image.GetOrigin()
    return SimpleITK.GetArrayFromImage(image), affine
