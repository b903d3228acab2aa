# SPDX-License-Identifier: Apache-2.0
"""Hostile volumes: headers of NIfTI, NRRD and MetaImage, and gzip streams, changed at random; and hostile JSON."""

import gzip
import json
import struct
import zlib

from mutate_dicom import change_bytes

# Offset, struct code and count of fields that decide something.
NIFTI1 = {"sizeof_hdr": (0, "i", 1), "dim": (40, "h", 8), "intent_code": (68, "h", 1), "datatype": (70, "h", 1),
          "bitpix": (72, "h", 1), "pixdim": (76, "f", 8), "vox_offset": (108, "f", 1), "scl_slope": (112, "f", 1),
          "scl_inter": (116, "f", 1), "xyzt_units": (123, "B", 1), "qform_code": (252, "h", 1), "sform_code": (254, "h", 1),
          "quatern": (256, "f", 6), "srow": (280, "f", 12), "magic": (344, "B", 4), "extension": (348, "B", 4)}  # fmt: skip
NIFTI2 = {"sizeof_hdr": (0, "i", 1), "magic": (4, "B", 8), "datatype": (12, "h", 1), "bitpix": (14, "h", 1),
          "dim": (16, "q", 8), "pixdim": (104, "d", 8), "vox_offset": (168, "q", 1), "scl_slope": (176, "d", 1),
          "scl_inter": (184, "d", 1), "srow": (400, "d", 12), "xyzt_units": (500, "i", 1), "intent_code": (504, "i", 1)}  # fmt: skip
INTEGERS = [0, 1, 2, 3, 4, 5, 7, 8, 10, 16, 64, 127, 128, 255, 256, 512, 768, 1024, 1536, 32767, -1, -2, -32768, 65535, 2**31 - 1,
            -(2**31), 2**32, 2**62, -(2**63)]  # fmt: skip
REALS = [0.0, -0.0, 1.0, -1.0, 0.5, 352.0, 353.0, 1e-30, 1e30, 3e38, float("nan"), float("inf"), -float("inf"), 348.0, 1e9]
WORDS = ["", "0", "-1", "1", "3", "4", "99999999999999999999", "nan", "inf", "1e400", "none", "(1,0,0) (0,1,0) (0,0,1)",
         "(0,0,0) (0,0,0) (0,0,0)", "(nan,0,0) (0,1,0) (0,0,1)", "none (1,0,0) (0,1,0) (0,0,1)", "(1,0", "9 7 5 3", "0 0 0",
         "65535 65535 65535", "9 7", "9 7 5 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "float", "double", "block", "int64", "unsigned char",
         "uint16", "raw", "gzip", "gz", "ascii", "txt", "hex", "bzip2", "big", "little", "list", "vector", "RGB-color", "domain domain domain list",
         "LIST", "LIST 2", "x%03d.raw 1 9 1", "../x.raw", "/dev/zero", "LOCAL", "True", "False", "MET_UCHAR", "MET_DOUBLE", "MET_FLOAT_ARRAY",
         "mm", "\"m\" \"m\" \"parsec\"", "left-posterior-superior", "scanner-xyz-time", "RAS", "RPI", "XYZ", "\x1b[2J\x07", "x" * 5000,
         "~^~^~|TerminologyEntry:a~b~c~d~e~f~g|", "1 2 3 4 5 6 7 8 9"]  # fmt: skip
FIELDS = {
    "nrrd": ["type", "dimension", "space", "sizes", "space directions", "kinds", "endian", "encoding", "space origin", "byte skip",
             "line skip", "data file", "spacings", "space units", "units", "measurement frame", "centers", "axis mins", "block size",
             "Segment0_LabelValue", "Segment0_Layer", "Segment0_Name", "Segment65534_ID", "Segment0_Tags", "Segment0_Color"],
    "metaimage": ["ObjectType", "NDims", "DimSize", "ElementType", "ElementSpacing", "ElementSize", "Offset", "Position", "TransformMatrix",
                  "Orientation", "CenterOfRotation", "BinaryData", "BinaryDataByteOrderMSB", "ElementByteOrderMSB", "CompressedData",
                  "CompressedDataSize", "HeaderSize", "ElementNumberOfChannels", "ElementDataFile", "Modality", "DistanceUnits",
                  "AnatomicalOrientation"],
}  # fmt: skip


def change_nifti(random, data):
    is_second = struct.unpack_from("<i", data)[0] == 540
    fields = NIFTI2 if is_second else NIFTI1
    data, said = bytearray(data), []
    for _ in range(random.choice([1, 1, 2, 4])):
        name = random.choice(list(fields))
        at, code, count = fields[name]
        which = at + random.randrange(count) * struct.calcsize(code)
        if code in "fd":
            value = random.choice(REALS)
        else:
            bits = 8 * struct.calcsize(code)
            value = random.choice(INTEGERS) & ((1 << bits) - 1)
            value -= (1 << bits) if code != "B" and value >> (bits - 1) else 0
        struct.pack_into("<" + code, data, which, value)
        said.append(name)
    return bytes(data), said


def change_text(random, data, kind):
    """A line of a header that is text: another value, gone, twice, or somewhere else."""
    mark = b"\n\n" if kind == "nrrd" else b"ElementDataFile = LOCAL\n"
    end = data.find(mark)
    end = len(data) if end < 0 else end + len(mark)
    lines = data[:end].split(b"\n")
    said = []
    for _ in range(random.choice([1, 1, 2, 4])):
        index = random.randrange(len(lines))
        choice = random.randrange(6)
        separator = b": " if kind == "nrrd" else b" = "
        said.append(lines[index][:30].decode("latin-1"))
        if choice == 0:
            del lines[index]
        elif choice == 1:
            lines.insert(index, lines[index])
        elif choice == 2:
            field = random.choice(FIELDS[kind])
            separator = b":=" if field.startswith("Segment") else separator
            lines.insert(index, field.encode() + separator + random.choice(WORDS).encode())
            said[-1] = field
        elif choice == 3:
            lines.insert(random.randrange(len(lines) + 1), lines.pop(index))
        else:
            lines[index] = lines[index].split(separator)[0] + separator + random.choice(WORDS).encode()
        if not lines:
            break
    return b"\n".join(lines) + data[end:], said


_bomb = None


def bomb():
    """A member of gzip of 96 MiB of zeros."""
    global _bomb
    if _bomb is None:
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        _bomb = b"".join([*(packer.compress(bytes(1 << 20)) for _ in range(96)), packer.flush()])
    return _bomb


def change_gzip(random, data):
    """How the stream is made, or the stream itself."""
    choice = random.randrange(9)
    whole = gzip.compress(data, random.choice([0, 1, 9]), mtime=0)
    if choice == 0:
        at = random.randrange(len(data))
        return gzip.compress(data[:at]) + gzip.compress(data[at:]), ["two members"]
    if choice == 1:
        return whole + random.choice([b"\0" * 9, b"junk", b"\x1f\x8b", whole, b"\x1f\x8b\x08\x00"]), ["behind the stream"]
    if choice == 2:
        return whole[:-8] + bytes(random.randrange(256) for _ in range(8)), ["check sum"]
    if choice == 3:
        return whole[: random.randrange(len(whole))], ["cut"]
    if choice == 4:
        return whole + bomb(), ["bomb behind"]
    if choice == 5:
        return gzip.compress(data[:400]) + bomb(), ["bomb"]
    if choice == 6:
        return gzip.compress(whole), ["gzip twice"]
    if choice == 7:
        return zlib.compress(data), ["zlib"]
    return change_bytes(random, whole)


def change_json(random, text):
    """Values of another kind, keys that are gone, and depth."""
    tree = json.loads(text)
    places = []

    def walk(node):
        pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else []
        for key, value in list(pairs):
            places.append((node, key))
            walk(value)

    walk(tree)
    said = []
    for _ in range(random.choice([1, 1, 2, 5])):
        node, key = random.choice(places)
        if (isinstance(node, dict) and key not in node) or (isinstance(node, list) and key >= len(node)):
            continue
        said.append(str(key))
        choice = random.randrange(3)
        if choice == 0:
            del node[key]
        elif choice == 1:
            node[key] = random.choice([None, True, 0, -1, 1.5, 1e308, 2**64, "", "\u001b[2J", "x" * 3000, [], {}, [[]], [{}], "1.2.3", [1, 2]])
        elif isinstance(node, list):
            node.extend([node[key]] * random.choice([1, 200]))
        else:
            for _ in range(random.choice([3, 3000 if random.random() < 0.2 else 30])):
                node[key] = [node[key]]
    try:
        made = json.dumps(tree)
    except RecursionError:
        made = "[" * 100000
    return made.encode(), said


def mutate(random, data, kind):
    """A changed file of a kind: nifti, nifti.gz, nrrd, metaimage or json; and what was changed."""
    if kind == "json":
        return change_json(random, data) if random.random() < 0.8 else change_bytes(random, data)
    if random.random() < 0.1:
        return change_bytes(random, data)
    if kind == "nifti":
        return change_nifti(random, data)
    if kind == "nifti.gz":
        content = gzip.decompress(data)
        if random.random() < 0.4:
            content, said = change_nifti(random, content)
            return gzip.compress(content, 1), said
        return change_gzip(random, content)
    return change_text(random, data, kind)
