# SPDX-License-Identifier: Apache-2.0
"""Volumes written at random by SimpleITK and nibabel: any order and direction of axes, obliques, units, types, forms.

A Case says all of a volume in values that can be made simpler, so that a failure can be reduced. Affines map voxel
indices (i, j, k) to DICOM's patient coordinates in mm; arrays are indexed [k, j, i].
"""

import dataclasses

import nibabel
import numpy as np
import SimpleITK

TYPES = {
    "SimpleITK": ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64"],
    "nibabel": ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64"],
}
SUFFIXES = {
    "SimpleITK": [".nii", ".nii.gz", ".hdr", ".nrrd", ".nhdr", ".mha", ".mhd"],
    "nibabel": [".nii", ".nii.gz", ".hdr"],
}
UNITS = {"mm": 1.0, "meter": 1000.0, "micron": 0.001}


@dataclasses.dataclass
class Case:
    writer: str
    suffix: str
    size: tuple  # i, j, k
    type: str
    axes: tuple  # which patient axis each of i, j, k lies along
    signs: tuple
    angles: tuple  # by which all is turned, degrees
    spacing: tuple
    origin: tuple
    values: str  # labels, large, fractions, one
    unit: str = "mm"  # nibabel alone, as what follows
    form: str = "sform"  # or qform, or both
    version: int = 1
    big_endian: bool = False
    slope: float = 1.0
    seed: int = 0

    def directions(self):
        """Columns: where i, j and k go."""
        made = np.zeros((3, 3))
        for axis in range(3):
            made[self.axes[axis], axis] = self.signs[axis]
        for axis, angle in enumerate(np.radians(self.angles)):
            one, two = (axis + 1) % 3, (axis + 2) % 3
            turn = np.eye(3)
            turn[one, one] = turn[two, two] = np.cos(angle)
            turn[one, two], turn[two, one] = -np.sin(angle), np.sin(angle)
            made = turn @ made
        return made

    def affine(self):
        made = np.eye(4)
        made[:3, :3] = self.directions() * np.asarray(self.spacing)
        made[:3, 3] = self.origin
        return made

    def voxels(self):
        random = np.random.default_rng(self.seed)
        shape = self.size[::-1]
        blocks = random.integers(0, 6, [(size + 2) // 3 for size in shape])
        labels = blocks.repeat(3, 0).repeat(3, 1).repeat(3, 2)[: shape[0], : shape[1], : shape[2]]
        if self.values == "one":
            return (labels > 2).astype(self.type)
        if self.values == "large":
            most = 120 if self.type == "int8" else 250 if self.type == "uint8" else 32000
            return (labels * (most // 5)).astype(self.type)
        if self.values == "fractions":
            return random.random(shape).astype(self.type)
        return labels.astype(self.type)

    def write(self, path):
        voxels = self.voxels()
        if self.writer == "SimpleITK":
            image = SimpleITK.GetImageFromArray(voxels)
            image.SetSpacing([float(value) for value in self.spacing])
            image.SetOrigin([float(value) for value in self.origin])
            image.SetDirection(self.directions().ravel().tolist())
            SimpleITK.WriteImage(image, str(path))
        else:
            self.write_nibabel(voxels, path)
        return voxels

    def write_nibabel(self, voxels, path):
        """nibabel's axes go right, anterior, superior."""
        affine = np.diag([-1.0, -1.0, 1.0, 1.0]) @ self.affine() / UNITS[self.unit]
        affine[3, 3] = 1
        kind = {(1, False): nibabel.Nifti1Image, (2, False): nibabel.Nifti2Image, (1, True): nibabel.Nifti1Pair,
                (2, True): nibabel.Nifti2Pair}[self.version, self.suffix == ".hdr"]  # fmt: skip
        header = kind.header_class(endianness=">" if self.big_endian else "<")
        header.set_data_dtype(voxels.dtype)
        image = kind(voxels.transpose(2, 1, 0), None, header)
        image.header.set_xyzt_units(self.unit)
        image.set_sform(affine, code=1 if self.form != "qform" else 0)
        image.set_qform(affine, code=1 if self.form != "sform" else 0)
        nibabel.save(image, str(path))

    def simpler(self):
        """The same with one thing made plain, for each that is not."""
        plain = {"suffix": ".nii", "size": (4, 3, 2), "type": "uint8", "axes": (0, 1, 2), "signs": (1, 1, 1), "angles": (0.0, 0.0, 0.0),
                 "spacing": (1.0, 1.0, 1.0), "origin": (0.0, 0.0, 0.0), "values": "one", "unit": "mm", "form": "sform", "version": 1,
                 "big_endian": False}  # fmt: skip
        for name, value in plain.items():
            if getattr(self, name) != value and not (name == "type" and self.values == "fractions"):
                yield dataclasses.replace(self, **{name: value})
        if max(self.size) > 2:
            yield dataclasses.replace(self, size=tuple(max(size // 2, 1) for size in self.size))


def make_case(random):
    writer = str(random.choice(["SimpleITK", "nibabel"]))
    values = str(random.choice(["labels", "labels", "large", "one", "fractions"]))
    types = ["float32", "float64"] if values == "fractions" else TYPES[writer]
    angles = tuple(float(value) for value in np.where(random.random(3) < 0.5, 0, random.uniform(-40, 40, 3)))
    return Case(
        writer=writer,
        suffix=str(random.choice(SUFFIXES[writer])),
        size=tuple(int(value) for value in random.integers(1, 14, 3)),
        type=str(random.choice(types)),
        axes=tuple(int(value) for value in random.permutation(3)),
        signs=tuple(int(value) for value in random.choice([-1, 1], 3)),
        angles=angles,
        spacing=tuple(float(value) for value in np.round(random.uniform(0.3, 4, 3), 3)),
        origin=tuple(float(value) for value in np.round(random.uniform(-300, 300, 3), 2)),
        values=values,
        unit=str(random.choice(list(UNITS), p=[0.6, 0.2, 0.2])) if writer == "nibabel" else "mm",
        form=str(random.choice(["sform", "qform", "both"])),
        version=int(random.choice([1, 2])) if writer == "nibabel" else 1,
        big_endian=bool(random.random() < 0.3) if writer == "nibabel" else False,
        seed=int(random.integers(2**31)),
    )
