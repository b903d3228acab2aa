# SPDX-License-Identifier: Apache-2.0
"""Seeds that the library itself does not write: other byte orders, types and header forms, and real objects.

usage: more_seeds.py CORPUS        adds to CORPUS/dicom, nifti, nrrd, metaimage, metadata and names
"""

import gzip
import json
import os
import pathlib
import shutil
import struct
import sys

SIZE = (6, 5, 3)
COUNT = SIZE[0] * SIZE[1] * SIZE[2]
VOXELS = [index * 7 % 5 for index in range(COUNT)]
AFFINE = ((-0.8, 0, 0, 11), (0, -0.9, 0, 22), (0, 0, 2.5, -33))


def nifti1(order, code, letter, qform=False, extension=b"", dimensions=3):
    header = bytearray(348)
    struct.pack_into(order + "i", header, 0, 348)
    struct.pack_into(order + "8h", header, 40, dimensions, *SIZE, 1, 1, 1, 1)
    struct.pack_into(order + "2h", header, 70, code, 8 * struct.calcsize(letter))
    struct.pack_into(order + "8f", header, 76, -1 if qform else 1, 0.8, 0.9, 2.5, 0, 0, 0, 0)
    struct.pack_into(order + "3f", header, 108, 352 + len(extension), 1, 0)
    header[123] = 2
    struct.pack_into(order + "2h", header, 252, 1 if qform else 0, 0 if qform else 1)
    struct.pack_into(order + "6f", header, 256, 0, 0, 1, -11, -22, -33)
    if not qform:
        struct.pack_into(order + "12f", header, 280, *(value for row in AFFINE for value in row))
    header[344:348] = b"n+1\0"
    body = struct.pack(f"{order}{COUNT}{letter}", *VOXELS)
    return bytes(header) + (b"\1\0\0\0" if extension else bytes(4)) + extension + body


def nifti2(order, code, letter):
    header = bytearray(540)
    struct.pack_into(order + "i", header, 0, 540)
    header[4:12] = b"n+2\0\r\n\x1a\n"
    struct.pack_into(order + "2h", header, 12, code, 8 * struct.calcsize(letter))
    struct.pack_into(order + "8q", header, 16, 3, *SIZE, 1, 1, 1, 1)
    struct.pack_into(order + "8d", header, 104, 1, 0.8, 0.9, 2.5, 0, 0, 0, 0)
    struct.pack_into(order + "q2d", header, 168, 544, 1, 0)
    struct.pack_into(order + "2i", header, 344, 0, 1)
    struct.pack_into(order + "12d", header, 400, *(value for row in AFFINE for value in row))
    struct.pack_into(order + "i", header, 500, 2)
    return bytes(header) + bytes(4) + struct.pack(f"{order}{COUNT}{letter}", *VOXELS)


def write_nifti(folder):
    types = {"uint8": (2, "B"), "int16": (4, "h"), "int32": (8, "i"), "float32": (16, "f"), "float64": (64, "d"),
             "int8": (256, "b"), "uint16": (512, "H"), "uint32": (768, "I"), "int64": (1024, "q")}  # fmt: skip
    for name, (code, letter) in types.items():
        for order, word in (("<", "little"), (">", "big")):
            (folder / f"{name}-{word}.nii").write_bytes(nifti1(order, code, letter))
            (folder / f"{name}-{word}-2.nii").write_bytes(nifti2(order, code, letter))
    (folder / "qform.nii").write_bytes(nifti1("<", 2, "B", qform=True))
    extension = struct.pack("<2i", 32, 6) + b"a comment here, 24 bytes"
    (folder / "extension.nii").write_bytes(nifti1("<", 2, "B", extension=extension))
    (folder / "names.nii").write_bytes(nifti1("<", 2, "B", extension=extension + caret(0)))
    (folder / "names.nii.gz").write_bytes(gzip.compress(nifti1("<", 2, "B", extension=caret(30))))
    (folder / "members.nii.gz").write_bytes(b"".join(gzip.compress(part) for part in halves(nifti1("<", 4, "h"))))


def halves(content):
    return content[: len(content) // 2], content[len(content) // 2 :]


def write_nrrd(folder):
    head = (
        "NRRD0004\n# a comment\ntype: {type}\ndimension: 3\nspace: {space}\nsizes: 6 5 3\n"
        "space directions: (-0.8,0,0) (0,-0.9,0) (0,0,2.5)\nkinds: domain domain domain\nendian: {endian}\n"
        "encoding: {encoding}\nspace origin: (11,22,-33)\nkey:=value\n\n"
    )
    for type_name, letter in (("uint8", "B"), ("short", "h"), ("unsigned int", "I"), ("float", "f"), ("double", "d")):
        for endian, order in (("little", "<"), ("big", ">")):
            body = struct.pack(f"{order}{COUNT}{letter}", *VOXELS)
            fields = {"type": type_name, "space": "right-anterior-superior", "endian": endian}
            raw = head.format(encoding="raw", **fields).encode() + body
            (folder / f"{type_name.replace(' ', '-')}-{endian}.nrrd").write_bytes(raw)
            packed = head.format(encoding="gzip", **fields).encode() + gzip.compress(body)
            (folder / f"{type_name.replace(' ', '-')}-{endian}-gzip.nrrd").write_bytes(packed)
    groups = json.dumps([{"labels": [{"name": "a", "value": 1, "color": {"type": "ColorProperty", "value": [1, 0.5, 0]}},
                                     {"name": "b", "value": 2, "color": [0, 1, 0]}]}])  # fmt: skip
    mitk = head.format(type="uchar", space="LPS", endian="little", encoding="raw").replace(
        "key:=value", f"org.mitk.multilabel.segmentation.labelgroups:={groups}"
    )
    (folder / "mitk.nrrd").write_bytes(mitk.encode() + bytes(VOXELS))
    crlf = head.format(type="uchar", space="LPS", endian="little", encoding="raw").replace("\n", "\r\n").encode()
    (folder / "crlf.nrrd").write_bytes(crlf + bytes(VOXELS))


def write_metaimage(folder):
    head = (
        "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = {msb}\nCompressedData = False\n"
        "TransformMatrix = 1 0 0 0 1 0 0 0 1\nOffset = 1 2 3\nCenterOfRotation = 0 0 0\nAnatomicalOrientation = RAI\n"
        "ElementSpacing = 0.8 0.9 2.5\nDimSize = 6 5 3\nElementType = {type}\nElementDataFile = LOCAL\n"
    )
    types = {"MET_UCHAR": "B", "MET_SHORT": "h", "MET_USHORT": "H", "MET_INT": "i", "MET_UINT": "I", "MET_FLOAT": "f"}
    for name, letter in types.items():
        for msb, order in (("False", "<"), ("True", ">")):
            body = struct.pack(f"{order}{COUNT}{letter}", *VOXELS)
            (folder / f"{name}-{msb}.mha").write_bytes(head.format(msb=msb, type=name).encode() + body)


def write_metadata(folder):
    code = [{"CodeValue": "10200004", "CodingSchemeDesignator": "SCT", "CodeMeaning": "Liver"}]
    segment = {
        "labelID": 1, "SegmentLabel": "L\u00e4", "SegmentDescription": "d", "SegmentAlgorithmType": "AUTOMATIC",
        "SegmentAlgorithmName": "a", "recommendedDisplayRGBValue": [1, 20, 255],
        "SegmentedPropertyCategoryCodeSequence": code[0], "SegmentedPropertyTypeCodeSequence": code[0],
        "SegmentedPropertyTypeModifierCodeSequence": code[0], "AnatomicRegionSequence": code[0],
        "TrackingIdentifier": "t", "TrackingUniqueIdentifier": "1.2.3",
    }  # fmt: skip
    contents = {
        "one": {"ContentCreatorName": "A^B", "segmentAttributes": [[segment]]},
        "merged": {"segmentAttributes": [[segment, {**segment, "labelID": 2}]], "SeriesNumber": "3"},
        "numbers": {"segmentAttributes": [[{**segment, "labelID": 300}]], "SeriesNumber": "3"},
    }
    for name, content in contents.items():
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
        (folder / f"{name}-indented.json").write_text(json.dumps(content, indent=2), encoding="utf-8")


def caret(code):
    """A header extension with names, as TotalSegmentator (0) and Connectome Workbench (30) write it."""
    labels = "".join(
        f'<Label Key="{key}" Red="0.{key}" Green="0.5" Blue="1" Alpha="1"><![CDATA[name {key}]]></Label>' for key in (1, 2, 3)
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><CaretExtension><VolumeInformation Index="0"><LabelTable>'
        f"{labels}</LabelTable><VolumeType><![CDATA[Label]]></VolumeType></VolumeInformation></CaretExtension>"
    ).encode()
    text += bytes(-(len(text) + 8) % 16)
    return struct.pack("<2i", len(text) + 8, code) + text


def write_names(folder):
    sequence = "SegmentedProperty{}CodeSequence.{}"
    columns = [sequence.format(which, part) for which in ("Category", "Type", "TypeModifier")
               for part in ("CodingSchemeDesignator", "CodeValue", "CodeMeaning")]  # fmt: skip
    kidney = "SCT,123037004,Anatomical Structure,SCT,64033007,Kidney,SCT,7771000,Left"
    texts = {
        "mapping.csv": f"Structure,{','.join(columns)},DicomRGBColor\nkidney_left,{kidney},\"1,2,3\"\n",
        "codes.csv": f"LabelValue,Name,{','.join(columns)}\n1,\"a \"\"b\"\"\",{kidney}\n",
        "dseg.tsv": "index\tname\tcolor\n1\tliver\t#dd8265\n2\tspleen\t#9d6ca2\n9\tcolon\t#000000\n",
        "FreeSurferColorLUT.txt": "#No. Label R G B A\n0 Unknown 0 0 0 0\n17 Left-Hippocampus 220 216 20 0\n",
        "itk-snap.label": '#\n 0 0 0 0 0 0 0 "Clear Label"\n 1 255 0 0 1 1 1 "Label 1"\n 2 0 255 0 1 1 1 "b"\n',
        "slicer.ctbl": "# Color table file x\n1 tissue 128 174 128 255\n2 bone 241 214 145 255\n",
        "plain.txt": "1 liver\n2 left kidney\n17: colon\n",
        "plain.csv": "1,liver\n2,left kidney,#010203\n",
    }
    labels = {"background": 0, "whole": [1, 2, 17], "core": [2, 17], "rest": 17}
    documents = {
        "dataset.json": {"channel_names": {"0": "CT"}, "labels": {"background": 0, "liver": 1, "kidney": 2, "x": 3}},
        "regions.json": {"labels": labels, "regions_class_order": [1, 2, 17], "file_ending": ".nii.gz"},
        "metadata.json": {"network_data_format": {"outputs": {"pred": {"channel_def": {"0": "background", "1": "liver"}}}}},
        "label_map.json": {"model": "m", "labels": {"1": "liver", "2": "spleen"}},
        "plain.json": {"1": "liver", "2": "spleen", "17": "colon"},
        "rows.json": [{"value": 1, "name": "liver", "color": [1, 2, 3]}, {"value": 2, "name": "b", "color": "#010203"}],
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    for name, document in documents.items():
        (folder / name).write_text(json.dumps(document), encoding="utf-8")
    write_metadata(folder)


def copy_real(folder):
    """Small real objects, where they are at hand."""
    data = pathlib.Path(os.environ.get("DSEG_DATA", "."))
    for path in sorted(data.glob("highdicom/seg_*.dcm")) + sorted(data.glob("dcmqi/data/segmentations/sparse*.dcm")):
        shutil.copy(path, folder / f"real-{path.name}")


def main():
    corpus = pathlib.Path(sys.argv[1])
    for name, write in (
        ("nifti", write_nifti),
        ("nrrd", write_nrrd),
        ("metaimage", write_metaimage),
        ("metadata", write_metadata),
        ("names", write_names),
        ("dicom", copy_real),
    ):
        (corpus / name).mkdir(parents=True, exist_ok=True)
        write(corpus / name)


main()
