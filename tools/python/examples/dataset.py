# SPDX-License-Identifier: Apache-2.0
"""A data set for training over a folder of cases, and a reader for MONAI.

torch's DataLoader takes any object that has a length and items: SegDataset needs no torch. MONAI's LoadImage takes any
object with the methods of its ImageReader, likewise."""

import pathlib

import numpy as np

import dseg


class SegDataset:
    """Label maps of a folder of DICOM SEG objects, cut to patches: DataLoader(SegDataset("cases/", ["liver"]), batch_size=2,
    num_workers=4). Objects are opened when they are asked for, in the worker, and no more than the patch is read."""

    def __init__(self, folder, segments, planes=16, seed=0):
        self.paths = sorted(pathlib.Path(folder).glob("*.dcm"))
        self.segments, self.planes, self.seed = list(segments), planes, seed

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        with dseg.open(self.paths[index], threads=1) as seg:  # workers are processes already
            first = np.random.default_rng((self.seed, index)).integers(max(1, seg.shape[0] - self.planes + 1))
            patch = slice(first, first + self.planes)
            return np.stack([seg.mask(name, patch) for name in self.segments]).astype(np.float32)


class DsegReader:
    """For monai.transforms.LoadImage(reader=DsegReader()): labels [column, row, plane] with their affine in RAS."""

    def verify_suffix(self, filename):
        return str(filename).endswith((".dcm", ".seg", ".nrrd", ".nii.gz"))

    def read(self, data, **options):
        return dseg.open(data, threads=1)

    def get_data(self, img):
        affine = img.affine_ras
        labels = img.volume().T
        meta = {"affine": affine, "original_affine": affine.copy(), "space": "RAS", "spatial_shape": np.array(labels.shape),
                "original_channel_dim": float("nan"), "labels": {one.number: one.label for one in img.segments}}
        return labels, meta
