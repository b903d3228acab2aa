# SPDX-License-Identifier: Apache-2.0
"""An object in another transfer syntax, the same instance or a new one, and in another representation."""

import zlib

import numpy as np
import pydicom
from pydicom.uid import ImplicitVRLittleEndian

from differential.decorate import NATIVE
from differential.elements import (
    PIXEL_DATA,
    Differences,
    compare_converted,
    frames_by_place,
    is_named,
    segment_items,
    sources_by_position,
    text_of,
)
from differential.expected import Expected
from differential.outcome import run_dseg
from differential.truths import Truth, chance, pick
from differential.voxels import check_voxels

# Names of dseg's lossless transfer syntaxes, and whether they are for one bit a pixel.
SYNTAXES = {
    "explicit-le": True, "implicit-le": True, "deflated": True, "encapsulated": True, "deflated-frame": True, "rle": True,
    "jpeg2000": True, "label-edge": True, "zstd": True, "jpeg-ls": False, "htj2k": False, "jpeg-xl": False,
    "jpeg-lossless": False,
}  # fmt: skip
EXPERIMENTAL = ("label-edge", "zstd")
COPIED = ("explicit-le", "implicit-le", "deflated")  # native: frames of a native object need no decoding
OFFSET_TABLES = (0x7FE00001, 0x7FE00002)
MARK = 0x0071


def plane_step(dataset, affine):
    """Where every second plane or fewer has frames and nobody says how far planes are apart, the object's planes are
    those: which is the first, and each how many-th it has."""
    groups = frames_by_place(dataset)
    measures = next(iter(groups.values())).PixelMeasuresSequence[0]
    positions = np.array(sorted({position for _, position in groups})) / 1000
    planes = np.rint((np.linalg.inv(affine) @ np.c_[positions, np.ones(len(positions))].T)[2]).astype(int)
    step = int(np.gcd.reduce(planes - planes.min()))
    return (int(planes.min()), step) if step > 1 and "SpacingBetweenSlices" not in measures else (0, 1)


class Object:
    """An object as it was written: its file, its data set, its truth, and the options that dseg needs to read it."""

    def __init__(self, path, truth, options):
        self.path, self.options = path, options
        self.dataset = pydicom.dcmread(path)
        self.truth = truth.of_every(plane_step(self.dataset, truth.affine))
        self.syntax = self.dataset.file_meta.TransferSyntaxUID
        self.undeclared = "SpecificCharacterSet" not in self.dataset and any(
            not item.SegmentLabel.isascii() for item in self.dataset.SegmentSequence
        )

    def has_palette(self):
        return self.dataset.PhotometricInterpretation == "PALETTE COLOR"

    def seen_as_padded(self):
        """Whether the length of Pixel Data shows that 1-bit frames begin at whole bytes; of a few small ones it does not."""
        bits = self.dataset.Rows * self.dataset.Columns * int(self.dataset.NumberOfFrames)
        return len(self.dataset.PixelData) > (bits + 7) // 8 + 1

    def refusal(self, syntax):
        """Why frames cannot have this transfer syntax; None: they can."""
        if self.truth.kind != "binary":
            return None
        if syntax == "encapsulated" and self.dataset.Rows * self.dataset.Columns % 8:
            return "frames of part of a byte"
        return None if SYNTAXES[syntax] else "one bit"


def random_syntax(random, made):
    """Mostly one that the object can have."""
    names = [name for name in SYNTAXES if made.refusal(name) is None or chance(random, 0.2)]
    return pick(random, names)


def check_same_representation(random, made):
    """A new instance of the same representation. Returns how many elements were compared."""
    syntax = random_syntax(random, made)
    done = run_dseg("convert", made.path, "same.dcm", "--force", "--transfer-syntax", syntax, *made.options)
    if made.refusal(syntax):
        done.assert_refused(made.refusal(syntax))
        return 0, 0
    done.assert_done()
    differences = compare_converted(made.dataset, pydicom.dcmread("same.dcm"))
    expected = Expected(
        palette=made.has_palette(), implicit=syntax == "implicit-le", experimental=syntax in EXPERIMENTAL
    )
    assert_expected(made, differences, done, expected)
    if not made.options:  # dseg compare has none of those
        run_dseg("compare", made.path, "same.dcm", "--ignore", "provenance").assert_done()
    return check_voxels("same.dcm", made.truth), differences.compared


def assert_expected(made, differences, done, expected):
    assert not made.undeclared or "no Specific Character Set (0008,0005)" in done.err, str(done)
    wrong = [
        f"{text_of(path)} {what}" for path, what in differences.found
        if not is_named(path, done.err) and not expected.allows(path, what)
    ]  # fmt: skip
    assert not wrong, f"{done.command}\n{done.err}\n" + "\n".join(sorted(set(wrong)))


def native_bytes(path):
    """The data set's bytes, inflated, without preamble and group 0002."""
    meta = pydicom.filereader.read_file_meta_info(path)
    with open(path, "rb") as file:
        content = file.read()
    rest = content[128 + 4 + 12 + meta.FileMetaInformationGroupLength :]
    return zlib.decompress(rest, -zlib.MAX_WBITS) if meta.TransferSyntaxUID.is_deflated else rest


def same_bytes(one, two):
    """Equal but for Pixel Data's VR, which may be OB where it was OW. Returns what differs, None when nothing does."""
    first, second = native_bytes(one), native_bytes(two)
    ow, ob = b"\xe0\x7f\x10\x00OW", b"\xe0\x7f\x10\x00OB"
    at = first.rfind(ow)
    if first != second and at >= 0 and second[at : at + 6] == ob:
        second = second[:at] + ow + second[at + 6 :]
    if first == second:
        return None
    place = next((i for i, pair in enumerate(zip(first, second)) if pair[0] != pair[1]), min(len(first), len(second)))
    return f"{len(first)} and {len(second)} bytes, which differ from {place} on: {first[place:place+24]} {second[place:place+24]}"


def compare_transcoded(one, two, experimental):
    """Every element but Pixel Data and what goes with its encoding."""
    differences = Differences()
    marks = [tag for tag in two.keys() if tag.group == MARK and tag not in one] if experimental else []
    assert bool(marks) == experimental, "an experimental transfer syntax has its mark in group 0071"
    differences.datasets(one, two, skip=(PIXEL_DATA, *OFFSET_TABLES, *marks))
    return differences


def assert_same_elements(differences, done, to_implicit):
    """In implicit VR a private element has no VR of its own: it must be said."""
    wrong = []
    for path, what in differences.found:
        if to_implicit and what.endswith("became UN") and "VR" in done.err:
            continue
        wrong.append(f"{text_of(path)} {what}")
    assert not wrong, f"{done.command}\n{done.err}\n" + "\n".join(wrong)


def check_padded(made, syntax):
    """Native frames that begin at whole bytes, against the standard: they stay as they are, or are not guessed."""
    there = run_dseg("transcode", made.path, "there.dcm", "--force", "--transfer-syntax", syntax)
    if syntax not in COPIED:
        there.assert_refused("padded frames")
        return 0, 0
    there.assert_done()
    differences = compare_transcoded(made.dataset, pydicom.dcmread("there.dcm"), experimental=False)
    assert_same_elements(differences, there, syntax == "implicit-le")
    return check_voxels("there.dcm", made.truth, *made.options), differences.compared


def check_transcoded(random, made):
    """There and back. Returns how many voxels and elements were compared."""
    syntax = random_syntax(random, made)
    if made.options:
        return check_padded(made, syntax if made.refusal(syntax) is None and made.seen_as_padded() else pick(random, COPIED))
    there = run_dseg("transcode", made.path, "there.dcm", "--force", "--transfer-syntax", syntax)
    if made.refusal(syntax):
        there.assert_refused(made.refusal(syntax))
        return 0, 0
    there.assert_done()
    middle = pydicom.dcmread("there.dcm")
    differences = compare_transcoded(made.dataset, middle, experimental=syntax in EXPERIMENTAL)
    assert_same_elements(differences, there, syntax == "implicit-le")
    back = run_dseg("transcode", "there.dcm", "back.dcm", "--force", "--transfer-syntax", made.syntax).assert_done()
    again = compare_transcoded(made.dataset, pydicom.dcmread("back.dcm"), experimental=False)
    assert_same_elements(again, there, syntax == "implicit-le" or made.syntax == ImplicitVRLittleEndian)
    if made.syntax in NATIVE and not (again.found or there.err or back.err):
        wrong = same_bytes(made.path, "back.dcm")
        assert wrong is None, f"{there.command} and back: {wrong}"
    voxels = check_voxels("there.dcm", made.truth) + check_voxels("back.dcm", made.truth)
    return voxels, differences.compared + again.compared


def as_masks(truth, kind, threshold):
    """The truth of a segmentation with other voxels: fractions from the threshold on, or masks as fractions."""
    masks = truth.masks
    if truth.kind == "fractional":
        masks = {number: (mask >= threshold * truth.maximum).astype("uint8") for number, mask in masks.items()}
    return Truth(kind, masks, truth.affine)


def check_other_representation(random, made):
    """Binary, fractional and labelmap made of each other. Numbers that only a label map has come back in a volume."""
    truth = made.truth
    kind = pick(random, [name for name in ("binary", "fractional", "labelmap") if name != truth.kind])
    command = ["convert", made.path, "other.dcm", "--force", "--as", kind, *made.options]
    threshold = None
    if truth.kind == "fractional":
        run_dseg(*command).assert_refused("fractions without threshold")
        threshold = (int(random.integers(truth.maximum)) + 0.5) / truth.maximum
        command += ["--threshold", f"{threshold:.9f}"]
    done = run_dseg(*command)
    expected = as_masks(truth, kind, threshold)
    if kind == "labelmap" and expected.overlaps():
        done.assert_refused("overlap in a label map")
        return 0, 0
    done.assert_done()
    other = pydicom.dcmread("other.dcm")
    number_of = None
    if truth.kind == "labelmap":
        number_of = {number: index + 1 for index, number in enumerate(truth.numbers)}
        number_of |= {number: None for number in segment_items(made.dataset) if number not in number_of}
    differences = compare_converted(made.dataset, other, number_of, same_frames=False)
    assert_expected(made, differences, done, Expected(other_representation=True, palette=made.has_palette()))
    compare_sources(made.dataset, other)
    return check_voxels("other.dcm", expected), differences.compared


def compare_sources(one, two):
    """At each position that both have frames of, the source images of one are those of two."""
    old, new = sources_by_position(one), sources_by_position(two)
    for position in old.keys() & new.keys():
        assert old[position] == new[position], f"sources at {position}: {old[position]} became {new[position]}"
