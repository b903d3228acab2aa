# SPDX-License-Identifier: Apache-2.0
"""Whether each peer reads an object with the voxels that another wrote: counted, since peers are not ours to mend."""

import readers


class PeerTruth:
    """What tests/peers/readers.py wants to know of a Truth."""

    def __init__(self, truth):
        self.affine, self.fractions = truth.affine, truth.kind == "fractional"
        self.masks = truth.masks if self.fractions or truth.overlaps() else None
        self.labels = None if self.masks else truth.labels()
        self.present = truth.present()

    def numbers(self):
        """Those that dcmqi has volumes for."""
        return self.present


def with_highdicom(path, truth, kind):
    seg = readers.highdicom.seg.segread(path)
    combine = truth.masks is None
    volume = seg.get_volume(rescale_fractional=False, combine_segments=combine)
    if combine:
        readers.check_highdicom_volume(truth.labels, truth, volume.array, volume.affine, "labels")
        return
    for channel, number in enumerate(seg.segment_numbers):
        readers.check_highdicom_volume(truth.masks[number], truth, volume.array[..., channel], volume.affine, number)


READERS = {"highdicom": with_highdicom, "dcmqi": readers.with_dcmqi}


def count(writer, made, counts):
    for name, read in READERS.items():
        if name == "dcmqi" and made.truth.kind == "fractional":
            continue
        try:
            read(made.path, PeerTruth(made.truth), made.truth.kind)
            word = "right"
        except AssertionError as error:
            word = "wrong" if "voxels" in str(error) else "refused or elsewhere"
        except Exception:
            word = "refused"
        counts[f"{name} reads {writer} {made.truth.kind}, {word}"] += 1
