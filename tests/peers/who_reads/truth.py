# SPDX-License-Identifier: Apache-2.0
"""What an object holds, as dseg reads it: every segment in every plane, and where planes lie.

Of an object of the standard's SOP classes it is what a reader sees who knows the standard alone: private elements, by
which a proposal says more, are removed before. Arrays are indexed [plane, row, column]; affines are as in peerlib. A
slide is one plane, its total pixel matrix.
"""

import nrrd
import numpy as np
import pydicom

from foreign import nrrd_affine
from peerlib import dseg, dseg_info, group, plane_view


class Elsewhere(Exception):
    """A frame that lies where no plane of the object is."""


def save_again(dataset, path):
    """A data set that was read, in its own encoding, also where pydicom does not know the transfer syntax."""
    is_implicit, is_little = dataset.original_encoding
    dataset.save_as(path, implicit_vr=is_implicit, little_endian=is_little, force_encoding=True)


def without_private_elements(path, dataset, scratch):
    """The path of a copy, or the path itself where there is nothing to remove."""
    is_private = any(element.tag.is_private for element in dataset)
    if not is_private or not dataset.SOPClassUID.startswith("1.2.840.10008."):
        return path
    whole = pydicom.dcmread(path)
    whole.remove_private_tags()
    copy = scratch / "standard.dcm"
    save_again(whole, copy)
    return copy


class Truth:
    def __init__(self, path, scratch):
        dataset = pydicom.dcmread(path, stop_before_pixels=True)
        path = without_private_elements(path, dataset, scratch)
        info = dseg_info(path)
        self.kind = dataset.SegmentationType.lower()  # binary, fractional, labelmap
        self.is_slide = info["geometry"]["space"] == "slide"
        self.segments = {segment["number"]: segment for segment in info["segments"]}
        self.layers = {}  # by Segment Number: an array, and the value that the segment has in it, None with fractions
        self.maximum = info["maximum_fraction"]
        if self.maximum:
            self.read_fractions(path, info, scratch / "native.dcm")
        else:
            self.read_labels(path, scratch / "truth.seg.nrrd")
        self.present = self.find_present()

    def read_labels(self, path, file):
        dseg("convert", path, file, "--force")
        array, header = nrrd.read(str(file))
        self.affine = nrrd_affine(header)
        layers = array[np.newaxis] if array.ndim == 3 else array
        layers = [np.ascontiguousarray(np.transpose(layer, (2, 1, 0))) for layer in layers]
        self.is_layered = len(layers) > 1
        self.numbers = np.zeros(65536, np.uint16)  # by value, where there is one layer
        for index, number in enumerate(sorted(self.segments)):
            layer, value = int(header[f"Segment{index}_Layer"]), int(header[f"Segment{index}_LabelValue"])
            self.layers[number] = layers[layer], value
            self.numbers[value] = number

    def read_fractions(self, path, info, file):
        """A volume of a hundred segments would be too large as a file: frames, which dseg decodes, by their places."""
        self.is_layered = True
        # In the standard's form: a proposal's may have no functional groups.
        dseg("convert", path, file, "--as", "fractional", "--transfer-syntax", "explicit-le", "--force")
        grid = info["geometry"]["grid"]
        self.affine = np.eye(4)
        self.affine[:3, :3] = np.transpose([grid["step_i"], grid["step_j"], grid["step_k"]])
        self.affine[:3, 3] = grid["origin"]
        to_index = np.linalg.inv(self.affine)
        shape = [int(size) for size in grid["size"][::-1]]
        self.layers = {number: (np.zeros(shape, np.uint8), None) for number in self.segments}
        dataset = pydicom.dcmread(file)
        frames = dataset.pixel_array.reshape(-1, dataset.Rows, dataset.Columns)
        for index, frame in enumerate(frames):
            number = group(dataset, index, "SegmentIdentificationSequence").ReferencedSegmentNumber
            position = group(dataset, index, "PlanePositionSequence").ImagePositionPatient
            plane = int(np.rint((to_index @ (*position, 1))[2]))
            self.layers[number][0][plane] = frame

    def shape(self):
        return next(iter(self.layers.values()))[0].shape

    def find_present(self):
        """Pairs (number, plane) of all that has a voxel; of slides the plane is 0."""
        pairs = set()
        for number, (array, value) in self.layers.items():
            inside = array == value if value is not None else array
            pairs.update((number, int(plane)) for plane in np.flatnonzero(inside.any(axis=(1, 2))))
        return pairs

    def view(self, array, frame, shape):
        """The part of the array that a frame covers, and which plane that is."""
        if self.is_slide:
            return self.tile(array, frame, shape), 0
        try:
            view, plane = plane_view(array, self.affine, frame["position"], frame["orientation"], frame["spacing"], shape)
        except (AssertionError, IndexError, KeyError, np.linalg.LinAlgError) as reason:
            raise Elsewhere from reason
        if plane < 0 or view.shape != tuple(shape):
            raise Elsewhere
        return view, plane

    def tile(self, array, frame, shape):
        if "tile" not in frame:
            raise Elsewhere
        row, column = (int(value) - 1 for value in frame["tile"])
        tile = np.zeros(shape, array.dtype)
        part = array[0, row : row + shape[0], column : column + shape[1]]
        tile[: part.shape[0], : part.shape[1]] = part
        return tile

    def pixels(self, number, frame, shape):
        """What the frame must hold of a segment, 0 and 1 or stored fractions, and which plane it is."""
        array, value = self.layers[number]
        view, plane = self.view(array, frame, shape)
        return (view if value is None else (view == value).astype(np.uint8)), plane

    def label_plane(self, frame, shape):
        """Segment Numbers in the frame, and its plane; None where segments overlap or are fractions."""
        array, _ = next(iter(self.layers.values()))
        view, plane = self.view(array, frame, shape)
        return (None if self.is_layered else self.numbers[view]), plane
