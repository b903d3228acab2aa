# SPDX-License-Identifier: Apache-2.0
"""Compares the second reader of label sets with dseg: check.py DSEG READER

READER, read_label_sets.py, was written from the texts alone. It prints JSON: of each segment number, label, voxels and
the SHA-256 of its mask (planes by position, rows, pixels, one byte each), and ends with another exit code than 0 where an object is at
fault. Objects that dseg writes of made masks, alone and with what the proposal volume adds, are read by both and compared with
these masks; the worked example of ../bitstream.md byte for byte as well. Objects with one fault each are refused by both."""

import copy
import hashlib
import json
import re
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
import pydicom

CREATOR = "DSEG LABEL SETS"
TEXT = Path(__file__).resolve().parent.parent / "bitstream.md"


def write_nifti(path, volume):
    """A volume [plane, row, column] of bytes as NIfTI-1, 1 mm, not compressed."""
    planes, rows, columns = volume.shape
    header = bytearray(352)
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<8h", header, 40, 3, columns, rows, planes, 1, 1, 1, 1)
    struct.pack_into("<2h", header, 70, 2, 8)
    struct.pack_into("<8f", header, 76, 1, 1, 1, 1, 0, 0, 0, 0)
    struct.pack_into("<3f", header, 108, 352, 1, 0)
    struct.pack_into("<h", header, 254, 1)
    struct.pack_into("<12f", header, 280, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0)
    header[344:348] = b"n+1\0"
    path.write_bytes(bytes(header) + volume.astype(numpy.uint8).tobytes())


def read_nifti(path):
    data = path.read_bytes()
    columns, rows, planes = struct.unpack_from("<3h", data, 42)
    kind = {2: "u1", 4: "<i2", 512: "<u2"}[struct.unpack_from("<h", data, 70)[0]]
    start = int(struct.unpack_from("<f", data, 108)[0])
    return numpy.frombuffer(data, kind, planes * rows * columns, start).reshape(planes, rows, columns) > 0


def described(number, name):
    code = {"CodeValue": "85756007", "CodingSchemeDesignator": "SCT", "CodeMeaning": "Tissue"}
    return {"labelID": number, "SegmentLabel": name, "SegmentAlgorithmType": "MANUAL", "SegmentedPropertyCategoryCodeSequence": code,
            "SegmentedPropertyTypeCodeSequence": code}  # fmt: skip


def example():
    """The worked example: numbers, names and masks."""
    liver, cyst = numpy.zeros((1, 2, 4), bool), numpy.zeros((1, 2, 4), bool)
    liver[0, 0, 1:3] = liver[0, 1, 1] = True
    cyst[0, 1, 1:] = True
    return {1: ("Liver", liver), 2: ("Cyst", cyst), 4: ("Abdomen", liver | cyst)}


def boxes(count, shape, seed):
    random, masks = numpy.random.default_rng(seed), {}
    for number in range(1, count + 1):
        mask = numpy.zeros(shape, bool)
        low = random.integers(0, numpy.array(shape) * 3 // 4)
        high = low + random.integers(1, numpy.array(shape) * 3 // 4)
        mask[tuple(map(slice, low, high))] = True
        masks[number] = (f"Box {number}", mask)
    return masks


def made_cases():
    """Masks by number of each kind of overlap."""
    shape = (6, 11, 13)
    whole = numpy.zeros(shape, bool)
    whole[:, 2:9, 2:11] = True
    core = whole & (numpy.arange(13) > 4)
    deep = core & (numpy.arange(11)[:, None] > 4)
    apart = numpy.zeros(shape, bool)
    apart[2:, :2] = True
    return {
        "example": example(),
        "apart": {3: ("Whole", whole), 7: ("Apart", apart)},
        "nested": {1: ("Whole", whole), 2: ("Core", core), 3: ("Deep", deep), 9: ("Apart", apart)},
        "twice": {2: ("First", core), 5: ("The same", core), 6: ("Apart", apart)},
        "parent": {10: ("Left", core), 11: ("Right", whole & ~core), 12: ("Both", whole), 13: ("All", whole | apart), 14: ("Apart", apart)},
        "empty": {1: ("Whole", whole), 2: ("Nothing", numpy.zeros(shape, bool)), 3: ("Core", core)},
        "random": boxes(14, shape, 1),
        "sixteen bits": boxes(40, (12, 20, 22), 2),
    }  # fmt: skip


def dseg_convert(dseg, *arguments):
    return subprocess.run([dseg, "convert", *map(str, arguments), "--force"], capture_output=True, text=True)


def write_object(dseg, folder, masks, volume):
    files = []
    for number, (_, mask) in masks.items():
        files.append(folder / f"{number}.nii")
        write_nifti(files[-1], mask * number)
    (folder / "meta.json").write_text(json.dumps({"segmentAttributes": [[described(n, name)] for n, (name, _) in masks.items()]}))
    path = folder / f"sets-{volume}.dcm"
    done = dseg_convert(dseg, *files, path, "--as", "label-sets", "--option", f"volume={volume}", "--metadata", folder / "meta.json",
                        "--empty-frames", "keep")  # fmt: skip
    assert done.returncode == 0, f"{path.name}: {done.stderr}"
    return path


def digest(mask):
    return hashlib.sha256(mask.astype(numpy.uint8).tobytes()).hexdigest()


def by_dseg(dseg, path, folder):
    """number: mask, of segments that have a voxel, as dseg reads them."""
    for old in folder.glob("back*"):
        old.unlink()
    done = dseg_convert(dseg, path, folder / "back.nii", "--split")
    assert done.returncode == 0, f"{path.name}: {done.stderr}"
    return {int(file.stem.split("-")[1]): read_nifti(file) for file in folder.glob("back-*.nii")}


def by_second(reader, path):
    done = subprocess.run([sys.executable, reader, path], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def check_object(dseg, reader, name, path, masks, folder):
    read = by_dseg(dseg, path, folder)
    code, printed, complaint = by_second(reader, path)
    assert code == 0, f"{name}: the second reader refuses: {complaint}"
    segments = json.loads(printed)["segments"]
    assert [s["number"] for s in segments] == sorted(masks), f"{name}: other segments: {[s['number'] for s in segments]}"
    for segment in segments:
        label, mask = masks[segment["number"]]
        what = f"{name}, segment {segment['number']}"
        own = read.get(segment["number"], numpy.zeros_like(mask))
        assert numpy.array_equal(own, mask), f"{what}: dseg's mask is not the one that went in"
        assert segment["label"] == label, f"{what}: label {segment['label']}"
        assert segment["voxels"] == int(mask.sum()), f"{what}: {segment['voxels']} voxels, not {int(mask.sum())}"
        assert segment["sha256"] == digest(mask), f"{what}: the second reader's mask differs"


def check_example(path):
    """The private elements and the pixels are those of the text."""
    text = TEXT.read_text(encoding="utf-8")
    text = text[text.index("## 8."):]
    lines = [line.split("    ")[1] for line in text.splitlines() if re.match(r"^    (?:[0-9A-F]{2} )+[0-9A-F]{2}(?:  .*)?$", line)]
    pixels, *elements = [bytes.fromhex(line.strip()) for line in lines]
    data = path.read_bytes()
    assert len(elements) == 14, "the text's example has other lines"
    assert b"".join(elements) in data, "the example's sequence is not the text's"
    assert pydicom.dcmread(path).PixelData == pixels, "the example's pixels are not the text's"


def lists_of(data_set):
    """Items of Overlapping Segment Sequence, by Segment Number."""
    return {item.SegmentNumber: item for item in data_set.private_block(0x0021, CREATOR)[1].value}


def set_list(item, values):
    item.private_block(0x0021, CREATOR)[2].value = numpy.array(values, "<u2").tobytes()


def faults():
    """name: what makes an object of the worked example faulty. Its lists: 1: 1 5, 2: 2 5, 4: 1 2 5."""

    def change(**lists):  # _1=[...]: the list of segment 1
        def spoil(data):
            for number, values in lists.items():
                set_list(lists_of(data)[int(number[1:])], values)

        return spoil

    def reorder(what):
        def spoil(data):
            element = data.private_block(0x0021, CREATOR)[1]
            element.value = [element.value[index] for index in what]

        return spoil

    def described_twice(data):
        data.SegmentSequence.append(copy.deepcopy(data.SegmentSequence[1]))

    def undescribed(data):
        data.SegmentSequence = [item for item in data.SegmentSequence if item.SegmentNumber != 2]

    def renumber(old, new):
        return lambda data: setattr(lists_of(data)[old], "SegmentNumber", new)

    return {
        "a list descends": change(_1=[5, 1]),
        "a value twice in a list": change(_2=[2, 2, 5]),
        "an empty list": change(_1=[]),
        "no list": lambda data: lists_of(data)[2].__delitem__((0x0021, 0x1002)),
        "a value that nothing describes": change(_4=[1, 2, 5, 9]),
        "the background in a list": change(_4=[0, 1, 2, 5]),
        "an Item without number": lambda data: lists_of(data)[2].__delitem__("SegmentNumber"),
        "a number that nothing describes": renumber(4, 8),
        "a number twice": renumber(2, 1),
        "numbers descend": reorder([1, 0, 2]),
        "a part without an Item": reorder([0, 2]),
        "an own value in another's list only": change(_1=[5]),
        "a pixel of an overlapping segment's number, in no list": change(_1=[5], _4=[2, 5]),
        "a segment without an Item in Segment Sequence": undescribed,
        "a segment with two Items in Segment Sequence": described_twice,
        "no sequence": lambda data: data.private_block(0x0021, CREATOR).__delitem__(1),
    }


def check_faults(dseg, reader, path, folder):
    faulty = folder / "faulty.dcm"
    for name, spoil in faults().items():
        data = pydicom.dcmread(path)
        spoil(data)
        data.save_as(faulty)
        done = dseg_convert(dseg, faulty, folder / "faulty.nii", "--split")
        assert done.returncode == 3 and done.stderr, f"{name}: dseg ends with {done.returncode}"
        code, printed, complaint = by_second(reader, faulty)
        assert code != 0 and not printed and complaint, f"{name}: the second reader ends with {code}"
    return len(faults())


def main(dseg, reader):
    objects = 0
    with tempfile.TemporaryDirectory() as made:
        for name, masks in made_cases().items():
            folder = Path(made) / name.replace(" ", "-")
            folder.mkdir()
            for volume in (0, 1, 2):
                path = write_object(dseg, folder, masks, volume)
                check_object(dseg, reader, f"{name}, volume={volume}", path, masks, folder)
                objects += 1
            if name == "example":
                check_example(folder / "sets-0.dcm")
                refused = check_faults(dseg, reader, folder / "sets-0.dcm", folder)
    print(f"{objects} objects are read alike, {refused} faulty ones are refused")


if __name__ == "__main__":
    main(*sys.argv[1:3])
