# SPDX-License-Identifier: Apache-2.0
"""dseg transcode beside pydicom and DCMTK, which compare every element of what it makes with what it was made of.

usage: check_transcode.py SOURCE       explicit-le, implicit-le or explicit-be: what pydicom writes the objects in
"""

import difflib
import io
import json
import random
import re
import sys

import pydicom
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_data_element
from pydicom.tag import Tag
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from peerlib import DSEG, dseg, run, step
from volumes import VOLUMES

SYNTAXES = {"explicit-le": ExplicitVRLittleEndian, "implicit-le": ImplicitVRLittleEndian,
            "explicit-be": ExplicitVRBigEndian}  # fmt: skip
PIXELS = 0x7FE0
CODECS = [codec for codec in json.loads(dseg("codecs", "--json"))["frame_codecs"]
          if codec["can_write"] and not codec["lossy"] and 8 in codec["bits_allocated"]]  # fmt: skip
EXPERIMENTAL = [codec["name"] for codec in CODECS if codec["experimental"]]


def value_of(vr, random_):
    """Some value of a VR, empty now and then."""
    if random_.random() < 0.15:
        return None
    count = random_.randrange(1, 9)
    text = "".join(random_.choice("ABCDEFGHKLMNOPQ") for _ in range(count))
    whole = {"US": (0, 2**16), "SS": (-(2**15), 2**15), "UL": (0, 2**32), "SL": (-(2**31), 2**31),
             "UV": (0, 2**64), "SV": (-(2**63), 2**63)}  # fmt: skip
    if vr in whole:
        values = [random_.randrange(*whole[vr]) for _ in range(count)]
        return values if count > 1 else values[0]
    if vr in ("FL", "FD"):
        return [random_.randrange(-99, 99) / 4 for _ in range(count + 1)]
    if vr == "AT":
        return [Tag(random_.randrange(2**31)) for _ in range(count + 1)]
    if vr in ("OB", "UN", "OW", "OF", "OL", "OD", "OV"):
        unit = {"OW": 2, "OF": 4, "OL": 4, "OD": 8, "OV": 8}.get(vr, 2)
        return random_.randbytes(unit * count)
    fixed = {"AS": "012Y", "DA": "20240229", "TM": "101112.5", "DT": "20240229101112", "DS": "1.50\\-2",
             "IS": "12\\-3", "UI": "1.2.3", "PN": "A^B=C", "UR": "http://a/b"}  # fmt: skip
    return fixed.get(vr, text)


VRS = ("AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SS ST SV TM UC UI UL UN UR US UT UV").split()


def add_private(dataset, random_, depth):
    """A private block with elements of every VR, and sequences of private and known elements."""
    block = dataset.private_block(random_.choice((0x0009, 0x0019, 0x0033, 0x0071)), f"SOMEONE {depth}", create=True)
    for number, vr in enumerate(random_.sample(VRS, 12)):
        block.add_new(0x10 + number, vr, value_of(vr, random_))
    if depth < 3:
        items = [make_item(random_, depth + 1) for _ in range(random_.randrange(3))]
        block.add_new(0x30, "SQ", items)
        set_lengths(block[0x30], random_)
        dataset.add_new(0x00081140, "SQ", [make_item(random_, depth + 1)])
        set_lengths(dataset[0x00081140], random_)


def make_item(random_, depth):
    item = Dataset()
    item.ReferencedSOPInstanceUID = "1.2.3.4"
    item.CodeMeaning = "a meaning"
    add_private(item, random_, depth)
    return item


def set_lengths(element, random_):
    """Defined or undefined, of the sequence and of each item."""
    element.is_undefined_length = random_.random() < 0.5
    for item in element.value:
        item.is_undefined_length_sequence_item = random_.random() < 0.5


def encoded(element):
    """The value as it is in little endian."""
    stream = DicomBytesIO()
    stream.is_little_endian = True
    stream.is_implicit_VR = True
    write_data_element(stream, element, ["iso8859"])
    return stream.getvalue()[8:]


def little(element, big_endian):
    """pydicom has values of these VRs as they are in the file."""
    unit = {"OW": 2, "OF": 4, "OL": 4, "OD": 8, "OV": 8}.get(element.VR, 1)
    if big_endian and unit > 1 and element.value:
        swapped = b"".join(element.value[at : at + unit][::-1] for at in range(0, len(element.value), unit))
        return DataElement(element.tag, element.VR, swapped)
    return element


def compare(before, after, big_endian, path=""):
    """Same elements in the same order. Where implicit VR has lost a VR, the bytes count."""
    tags = [element.tag for element in before if element.tag.group != PIXELS]
    assert tags == [element.tag for element in after if element.tag.group != PIXELS], f"{path}: {before}\n{after}"
    count = 0
    for tag in tags:
        one, other = little(before[tag], big_endian), after[tag]
        where = f"{path}/{tag}"
        count += 1
        if one.VR == "SQ" and other.VR == "SQ":
            assert len(one.value) == len(other.value), where
            for index, (first, second) in enumerate(zip(one.value, other.value)):
                count += compare(first, second, big_endian, f"{where}[{index}]")
        elif one.VR == other.VR:
            assert one.value == other.value, f"{where}: {one.value!r} {other.value!r}"
        else:
            assert "UN" in (one.VR, other.VR), f"{where}: {one.VR} {other.VR}"
            if "SQ" not in (one.VR, other.VR):
                assert encoded(one) == encoded(other), f"{where}: {one.value!r} {other.value!r}"
    return count


def without_mark(dataset):
    """Takes out what an experimental transfer syntax adds."""
    for tag in [element.tag for element in dataset.group_dataset(0x0071) if element.tag.element < 0x100]:
        if dataset[tag].value == "DSEG PROPOSALS":
            del dataset[tag]
            del dataset[Tag(0x0071, (tag.element << 8) + 1)]
    return dataset


def dump(path):
    """dcmdump's lines of the data set without Pixel Data and its tables."""
    lines = run("dcmdump", "-q", "+L", "-Un", path).splitlines()
    text = [re.sub(r"#.*", "", line) for line in lines if line.strip() and not line.startswith("# ")]
    # What stands at the margin and has no number of an attribute are the delimiters of Pixel Data.
    return [line for line in text if not re.match(r"(  )?\(7fe0,|\(0002,|(  )?\(fffe,e0(00|dd)\)", line)]


def data_set_bytes(path):
    with open(path, "rb") as file:
        content = file.read()
    stream = io.BytesIO(content)
    pydicom.filereader.read_preamble(stream, False)
    pydicom.filereader._read_file_meta_info(stream)
    return content[stream.tell() :]


def check(source, codec, quiet):
    command = (DSEG, "transcode", "a.dcm", "b.dcm", "--transfer-syntax", codec, "--force")
    run(*command)
    before, after = pydicom.dcmread("a.dcm"), pydicom.dcmread("b.dcm")
    count = compare(before, without_mark(after), source == "explicit-be")
    assert after.file_meta.MediaStorageSOPInstanceUID == before.SOPInstanceUID == after.SOPInstanceUID
    if "implicit-le" not in (source, codec) and codec not in EXPERIMENTAL:
        one, other = dump("a.dcm"), dump("b.dcm")
        assert one == other, "\n".join(difflib.unified_diff(one, other, n=0))
    back = "implicit-le" if source == "implicit-le" else "explicit-le"
    dseg("transcode", "b.dcm", "c.dcm", "--transfer-syntax", back, "--force")
    compare(before, pydicom.dcmread("c.dcm"), source == "explicit-be")
    if quiet:
        assert data_set_bytes("c.dcm") == data_set_bytes("a.dcm")
    return count


def main():
    source = sys.argv[1]
    volume = VOLUMES["gaps"]()
    dseg("convert", *volume.inputs, "own.dcm", "--as", "labelmap", "--force")
    for seed in range(6):
        random_ = random.Random(seed)
        dataset = pydicom.dcmread("own.dcm")
        dataset.file_meta.TransferSyntaxUID = SYNTAXES[source]
        add_private(dataset, random_, 0)
        for item in (dataset.SegmentSequence[0], dataset.PerFrameFunctionalGroupsSequence[0]):
            add_private(item, random_, 2)
        for sequence in ("SegmentSequence", "PerFrameFunctionalGroupsSequence", "SharedFunctionalGroupsSequence"):
            set_lengths(dataset[sequence], random_)
        dataset.add(DataElement(0xFFFCFFFC, "OB", bytes(16)))
        for _ in dataset.iterall():  # decodes the elements, whose byte order is that of the file until then
            pass
        pydicom.dcmwrite("a.dcm", dataset, implicit_vr=source == "implicit-le", little_endian=source != "explicit-be")
        for codec in (codec["name"] for codec in CODECS):
            with step(f"seed {seed} {codec}"):
                # What implicit VR has lost, and big endian, is not written again.
                quiet = source == "implicit-le" or (source == "explicit-le" and codec != "implicit-le")
                print(f"{check(source, codec, quiet)} elements")
    step.finish()


main()
