# SPDX-License-Identifier: Apache-2.0
"""What `dseg convert` keeps of an object that highdicom wrote, element by element as pydicom reads it.

usage: check_kept.py object    segments, makers, sources, private elements: encoded anew, and in another representation
       check_kept.py data      every object of highdicom at hand keeps its algorithm identification
"""

import copy
import json
import pathlib
import subprocess
import sys
import tempfile
import warnings

import highdicom as hd
import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.sr.codedict import codes
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from peerlib import DATA, DSEG, dseg, skip, step

ROOT = "1.2.826.0.1.3680043.10.1234"

# What belongs to an instance or to its encoding: each object has its own.
OWN = {
    "SpecificCharacterSet", "InstanceCreationDate", "InstanceCreationTime", "SOPClassUID", "SOPInstanceUID",
    "SeriesInstanceUID", "SeriesDate", "SeriesTime", "ContentDate", "ContentTime", "DimensionOrganizationSequence",
    "DimensionIndexSequence", "DimensionOrganizationType", "PixelData", "NumberOfFrames",
    "PerFrameFunctionalGroupsSequence", "SharedFunctionalGroupsSequence", "ReferencedSeriesSequence",
    # The equipment of a copy is dseg; that of the object is looked for in Contributing Equipment Sequence.
    "BitsAllocated", "BitsStored", "HighBit", "PixelPaddingValue", "SegmentsOverlap", "SegmentationType",
    "Manufacturer", "ManufacturerModelName", "DeviceSerialNumber", "SoftwareVersions", "ContributingEquipmentSequence",
}  # fmt: skip


def make_images():
    images = []
    for plane in range(8):
        image, meta = Dataset(), FileMetaDataset()
        meta.TransferSyntaxUID, meta.MediaStorageSOPClassUID = ExplicitVRLittleEndian, CTImageStorage
        image.file_meta, image.SOPClassUID, image.SOPInstanceUID = meta, CTImageStorage, f"{ROOT}.1.{plane + 1}"
        image.PatientName, image.PatientID, image.PatientBirthDate, image.PatientSex = "Test^Case", "CASE1", "", "O"
        image.StudyInstanceUID, image.SeriesInstanceUID, image.StudyID = ROOT + ".100", ROOT + ".100.1", "1"
        image.StudyDate, image.StudyTime = "20200101", "120000"
        image.AccessionNumber, image.ReferringPhysicianName = "", ""
        image.Modality, image.SeriesNumber, image.InstanceNumber, image.Manufacturer = "CT", 1, plane + 1, "None"
        image.FrameOfReferenceUID, image.PositionReferenceIndicator = ROOT + ".200", ""
        image.ImageType, image.ImageOrientationPatient = ["ORIGINAL", "PRIMARY", "AXIAL"], [1, 0, 0, 0, 1, 0]
        image.ImagePositionPatient, image.PixelSpacing = [-20, -15, 3 * plane - 50], [1.5, 1.5]
        image.SliceThickness, image.Rows, image.Columns = 3, 24, 32
        image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
        image.BitsAllocated, image.BitsStored, image.HighBit, image.PixelRepresentation = 16, 16, 15, 1
        image.RescaleIntercept, image.RescaleSlope = 0, 1
        image.PixelData = bytes(24 * 32 * 2)
        meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
        images.append(image)
    return images


def coded(value, scheme, meaning, **more):
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    for keyword, element in more.items():
        setattr(item, keyword, element)
    return item


def make_object(path, kind="BINARY", transfer_syntax=ExplicitVRLittleEndian):
    """The object of the case, and of each kind of attribute one more: codes with versions, modifiers of a second region,
    a private sequence in a segment, a second source image, text that is not ASCII."""
    model = hd.AlgorithmIdentificationSequence(
        "organ net", codes.DCM.ArtificialIntelligence, "1.2", source="A laboratory", parameters={"fold": "0"}
    )
    segments = [
        hd.seg.SegmentDescription(
            number, f"kidney {number}", codes.SCT.Organ, codes.SCT.Kidney,
            hd.seg.SegmentAlgorithmTypeValues.AUTOMATIC, algorithm_identification=model,
            tracking_uid=f"{ROOT}.7.{number}", tracking_id=f"kidney-{number}",
            anatomic_regions=[codes.SCT.Kidney, codes.SCT.Abdomen],
            primary_anatomic_structures=[codes.SCT.Kidney],
        )
        for number in (1, 2)
    ]  # fmt: skip
    pixels = np.zeros((8, 24, 32), np.uint8)
    pixels[3, 5:9, 5:9], pixels[4, 5:9, 5:9] = 1, 2
    made = hd.seg.Segmentation(
        make_images(), pixels, kind, segments, ROOT + ".8", 1, ROOT + ".8.1", 1, "A maker", "A model name", "3.4",
        "serial-5", content_creator_name="Müller^Ärztin",
        content_creator_identification=hd.ContentCreatorIdentificationCodeSequence(
            [hd.PersonIdentification([coded("7", "99X", "Dr. Müller")], institution_name="Klinik")]
        ) if hasattr(hd, "ContentCreatorIdentificationCodeSequence") and hasattr(hd, "PersonIdentification") else None,
    )  # fmt: skip
    made.SpecificCharacterSet = "ISO_IR 100"
    first = made.SegmentSequence[0] if made.SegmentSequence[0].SegmentNumber == 1 else made.SegmentSequence[1]
    first.SegmentedPropertyTypeCodeSequence[0].CodingSchemeVersion = "2024"
    first.SegmentedPropertyTypeCodeSequence[0].SegmentedPropertyTypeModifierCodeSequence = Sequence(
        [coded("7771000", "SCT", "Left", ContextIdentifier="244")]
    )
    first.AnatomicRegionSequence[1].AnatomicRegionModifierSequence = Sequence([coded("7771000", "SCT", "Left")])
    first.PrimaryAnatomicStructureSequence[0].PrimaryAnatomicStructureModifierSequence = Sequence(
        [coded("24028007", "SCT", "Right")]
    )
    first.add_new(0x00710010, "LO", "ANOTHER CREATOR")
    first.add_new(0x00711001, "LO", "ein Wert für sich")
    inner = Dataset()
    inner.add_new(0x00730010, "LO", "INNER CREATOR")
    inner.add_new(0x00731005, "FD", [1.5, 2.5])
    first.add_new(0x00711002, "SQ", Sequence([inner]))
    made.add_new(0x00310010, "LO", "A PRIVATE CREATOR")
    made.add_new(0x00311001, "LO", "a private value")
    made.add_new(0x00710010, "LO", "ANOTHER CREATOR")
    made.add_new(0x00711003, "UL", 4711)
    made.ProtocolName, made.ContentQualification = "Bauchprotokoll für Ärzte", "RESEARCH"
    made.AcquisitionContextSequence = Sequence()
    for groups in made.PerFrameFunctionalGroupsSequence:
        derivation = groups.DerivationImageSequence[0]
        derivation.DerivationDescription = "gerechnet für das Netz"
        second = copy.deepcopy(derivation.SourceImageSequence[0])
        second.ReferencedSOPInstanceUID = ROOT + ".1.1"
        second.PurposeOfReferenceCodeSequence[0].CodeMeaning = "another purpose"
        derivation.SourceImageSequence.append(second)
    made.file_meta.TransferSyntaxUID = transfer_syntax
    made.save_as(path, implicit_vr=transfer_syntax == ImplicitVRLittleEndian, little_endian=True)
    return pydicom.dcmread(path)


def plain(value):
    if isinstance(value, Sequence):
        return [{element.tag: plain(element.value) for element in item} for item in value]
    return bytes(value) if isinstance(value, (bytes, bytearray)) else str(value)


def described(data_set, left_out=()):
    """Elements by tag, as comparable values; empty ones say nothing."""
    return {
        str(element.tag): plain(element.value)
        for element in data_set
        if element.keyword not in left_out and not element.is_empty and element.keyword != "SpecificCharacterSet"
    }


def assert_same(one, other, what):
    for tag in sorted(one.keys() | other.keys()):
        assert one.get(tag) == other.get(tag), f"{what}: {tag}\n{one.get(tag)}\n{other.get(tag)}"


def by_number(data_set, numbers=(1, 2)):
    return {item.SegmentNumber: item for item in data_set.SegmentSequence if item.SegmentNumber in numbers}


def without_private(data_set):
    data_set = copy.deepcopy(data_set)
    data_set.remove_private_tags()
    return data_set


def derivations(data_set):
    """By position: what each frame was derived from."""
    return {
        tuple(map(float, groups.PlanePositionSequence[0].ImagePositionPatient)): described(groups.DerivationImageSequence[0])
        for groups in data_set.PerFrameFunctionalGroupsSequence
        if "DerivationImageSequence" in groups
    }


def assert_kept(first, copied, what):
    """All that an object says of its segments, sources and itself, and its maker in Contributing Equipment."""
    if copied.file_meta.TransferSyntaxUID == ImplicitVRLittleEndian or "again" in what and "implicit" in what:
        first, copied = without_private(first), without_private(copied)  # without a VR: dseg compare knows them
    segments = by_number(copied)
    for number, item in by_number(first).items():
        assert_same(described(item), described(segments[number]), f"{what}: segment {number}")
    kept = described(copied, OWN | {"SegmentSequence"})
    assert_same(described(first, OWN | {"SegmentSequence"}), kept, what)
    sources = derivations(copied)
    for position, derivation in derivations(first).items():
        assert_same(derivation, sources[position], f"{what}: frames at {position}")
    equipment = copied.ContributingEquipmentSequence
    listed = [described(item) for item in equipment]
    assert listed[:-1] == [described(item) for item in first.ContributingEquipmentSequence], what
    assert equipment[-1].Manufacturer == "A maker" and equipment[-1].ManufacturerModelName == "A model name", what
    assert equipment[-1].DeviceSerialNumber == "serial-5" and equipment[-1].SoftwareVersions == "3.4", what
    assert equipment[-1].PurposeOfReferenceCodeSequence[0].CodeValue == "109102", what
    assert equipment[-1].ContributionDateTime == first.ContentDate + first.ContentTime, what
    assert copied.Manufacturer == "dseg project", what


def compare(one, other, code, *arguments):
    return json.loads(dseg("compare", one, other, "--json", *arguments, code=code))


def convert(*arguments):
    """Returns the messages."""
    done = subprocess.run([DSEG, "convert", *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stderr


def check_anew(directory, first, path, name, *arguments):
    out = directory / f"{name}.dcm"
    with step(f"{path.stem}, {name}: kept"):
        assert convert(path, out, *arguments) == ""
        assert_kept(first, pydicom.dcmread(out), name)
    with step(f"{path.stem}, {name}: compare says the same, and no maker twice"):
        assert compare(path, out, 0)["same"]
        again = directory / f"{name}-again.dcm"
        assert convert(out, again) == ""
        assert_kept(first, pydicom.dcmread(again), f"{name}, again")
        assert compare(path, again, 0)["same"]


def check_compare(directory, first, path):
    """Each kind of difference is seen, and --ignore provenance leaves it out."""

    def without(change):
        changed = copy.deepcopy(first)
        change(changed)
        changed.save_as(directory / "changed.dcm")
        return directory / "changed.dcm"

    def of_segment(change):
        return lambda data_set: change(by_number(data_set)[1])

    def of_frames(change):
        return lambda data_set: [
            change(groups.DerivationImageSequence[0]) for groups in data_set.PerFrameFunctionalGroupsSequence
        ]

    changes = {
        "algorithm": of_segment(lambda item: item.pop("SegmentationAlgorithmIdentificationSequence")),
        "anatomy": of_segment(lambda item: item.pop("PrimaryAnatomicStructureSequence")),
        "private of a segment": of_segment(lambda item: item.pop(0x00711001)),
        "private, inside": of_segment(lambda item: item[0x00711002].value[0].pop(0x00731005)),
        "version of a code": of_segment(lambda item: item.SegmentedPropertyTypeCodeSequence[0].pop("CodingSchemeVersion")),
        "private": lambda data_set: data_set.pop(0x00311001),
        "maker": lambda data_set: setattr(data_set, "DeviceSerialNumber", "serial-6"),
        "contributing equipment": lambda data_set: data_set.ContributingEquipmentSequence.pop(0),
        "source": of_frames(lambda item: item.SourceImageSequence[0].pop("SpatialLocationsPreserved")),
        "derivation": of_frames(lambda item: item.pop("DerivationDescription")),
        "protocol": lambda data_set: data_set.pop("ProtocolName"),
    }
    for name, change in changes.items():
        with step(f"compare: {name}"):
            changed = without(change)
            result = compare(path, changed, 1)
            assert result["differs"] == ["provenance"], result["differs"]
            assert compare(path, changed, 0, "--ignore", "provenance")["same"]


def check_frames(directory, first):
    """What is said of frames goes with them, and is named where they become others."""
    changed = copy.deepcopy(first)
    for index, groups in enumerate(changed.PerFrameFunctionalGroupsSequence):
        groups.FrameContentSequence[0].FrameComments = f"Bild {index} für sich"
        groups.FrameContentSequence[0].FrameAcquisitionNumber = index + 1
        groups.add_new(0x00090010, "LO", "OF FRAMES")
        groups.add_new(0x00091001, "DS", str(index))
        groups.add_new(0x00330010, "LO", "OF FRAMES")
        groups.add_new(0x00331001, "SQ", Sequence([coded("1", "99X", "one")]))
    shared = changed.SharedFunctionalGroupsSequence[0]
    shared.add_new(0x00350010, "LO", "OF ALL FRAMES")
    shared.add_new(0x00351001, "LO", "shared")
    path = directory / "frames.dcm"
    changed.save_as(path)

    def frames(data_set):
        """By segment and position, without what is made anew."""
        found = {}
        for groups in data_set.PerFrameFunctionalGroupsSequence:
            key = (
                groups.SegmentIdentificationSequence[0].ReferencedSegmentNumber,
                tuple(map(float, groups.PlanePositionSequence[0].ImagePositionPatient)),
            )
            content = described(groups.FrameContentSequence[0], {"DimensionIndexValues"})
            found[key] = described(groups, {"FrameContentSequence", "PlanePositionSequence"}) | {"content": content}
        return found

    for name, arguments in {
        "same": [], "rle": ["--transfer-syntax", "rle"], "deflated": ["--transfer-syntax", "deflated"],
    }.items():  # fmt: skip
        with step(f"frames, {name}: kept"):
            out = directory / f"frames-{name}.dcm"
            assert convert(path, out, *arguments) == ""
            copied, expected = pydicom.dcmread(out), frames(changed)
            for key, frame in frames(copied).items():
                assert_same(expected[key], frame, f"frame of {key}")
            assert copied.SharedFunctionalGroupsSequence[0][0x00351001].value == "shared"
            assert compare(path, out, 0)["same"]
    with step("frames, implicit-le: kept"):
        out = directory / "frames-implicit.dcm"
        assert convert(path, out, "--transfer-syntax", "implicit-le") == ""
        for groups in pydicom.dcmread(out).PerFrameFunctionalGroupsSequence:
            assert groups.FrameContentSequence[0].FrameComments.startswith("Bild") and 0x00331001 in groups
        assert compare(path, out, 0)["same"]
    with step("frames: those of a selection keep theirs"):
        out = directory / "frames-some.dcm"
        assert "not kept" not in convert(path, out, "--segments", "2")
        some = frames(pydicom.dcmread(out))
        expected = {key[1]: frame for key, frame in frames(changed).items() if key[0] == 2}
        for key, frame in some.items():
            if key[1] in expected:
                assert frame["content"] == expected[key[1]]["content"], key
    with step("frames of another representation: named"):
        out = directory / "frames-labelmap.dcm"
        error = convert(path, out, "--as", "labelmap")
        for text in ("(0020,9111)", "private (0033,1001)", "private (0035,1001)"):
            assert text in error and error.count("\n") == 1, error
        assert compare(path, out, 1)["differs"] == ["provenance"]


def check_changed(directory, first, path):
    with step("a selection of segments and planes keeps what holds"):
        out = directory / "some.dcm"
        assert convert(path, out, "--segments", "1", "--planes", "1-1") == ""
        some = pydicom.dcmread(out)
        assert_same(described(by_number(first)[1]), described(by_number(some)[1]), "the segment")
        assert len(some.SegmentSequence) == 1 and derivations(some)
    with step("codes and names given anew count, the rest stays"):
        names = {
            "segmentAttributes": [[{
                "labelID": 1, "SegmentLabel": "left kidney",
                "SegmentAlgorithmType": "AUTOMATIC", "SegmentAlgorithmName": "organ net",
                "SegmentedPropertyCategoryCodeSequence":
                    {"CodeValue": "91772007", "CodingSchemeDesignator": "SCT", "CodeMeaning": "Organ"},
                "SegmentedPropertyTypeCodeSequence":
                    {"CodeValue": "18639004", "CodingSchemeDesignator": "SCT", "CodeMeaning": "Left kidney"},
            }]],
        }  # fmt: skip
        (directory / "names.json").write_text(json.dumps(names))
        convert(path, directory / "named.dcm", "--segments", "1", "--metadata", directory / "names.json")
        item = by_number(pydicom.dcmread(directory / "named.dcm"))[1]
        assert item.SegmentedPropertyTypeCodeSequence[0].CodeValue == "18639004"
        assert "CodingSchemeVersion" not in item.SegmentedPropertyTypeCodeSequence[0]
        assert "SegmentationAlgorithmIdentificationSequence" in item and "PrimaryAnatomicStructureSequence" in item
    with step("images that nothing refers to are told once"):
        listing = copy.deepcopy(first)
        listing.ReferencedSeriesSequence[0].ReferencedInstanceSequence.append(
            copy.deepcopy(listing.ReferencedSeriesSequence[0].ReferencedInstanceSequence[0])
        )
        listing.ReferencedSeriesSequence[0].ReferencedInstanceSequence[-1].ReferencedSOPInstanceUID = "1.2.3.4.5"
        listing.save_as(directory / "listing.dcm")
        error = convert(directory / "listing.dcm", directory / "used.dcm")
        assert "1 of the input's images are not in Referenced Instance Sequence (0008,114A)" in error, error
        assert error.count("\n") == 1, error
        assert convert(directory / "used.dcm", directory / "used-again.dcm") == ""
    with step("what does not hold is named"):
        changed = copy.deepcopy(first)
        changed.TimezoneOffsetFromUTC, changed.WindowCenter = "+0100", "0.5"
        changed.save_as(directory / "zoned.dcm")
        error = convert(directory / "zoned.dcm", directory / "zoned-out.dcm")
        assert error.count("note: not kept:") == 1 and error.count("\n") == 1, error
        for text in ("Timezone Offset From UTC (0008,0201)", "Window Center (0028,1050)"):
            assert text in error, error
        assert compare(directory / "zoned.dcm", directory / "zoned-out.dcm", 1)["differs"] == ["provenance"]
    check_frames(directory, first)
    with step("of two objects what agrees is kept, and what differs is named"):
        other = copy.deepcopy(first)
        other.SOPInstanceUID = other.file_meta.MediaStorageSOPInstanceUID = ROOT + ".8.2"
        other.ProtocolName, other.DeviceSerialNumber = "ein anderes", "serial-7"
        other.save_as(directory / "other.dcm")
        error = convert(path, directory / "other.dcm", directory / "both.dcm")
        both = pydicom.dcmread(directory / "both.dcm")
        assert "not kept: (0018,1030)" in error, error
        assert "ProtocolName" not in both and both[0x00311001].value == "a private value"
        serials = [item.get("DeviceSerialNumber") for item in both.ContributingEquipmentSequence]
        assert serials[-2:] == ["serial-5", "serial-7"], serials
        assert all("SegmentationAlgorithmIdentificationSequence" in item for item in both.SegmentSequence)


def check_object(directory):
    path = directory / "explicit.dcm"
    first = make_object(path)
    for name, arguments in {
        "explicit-le": [], "rle": ["--transfer-syntax", "rle"], "implicit-le": ["--transfer-syntax", "implicit-le"],
        "labelmap": ["--as", "labelmap"], "fractional": ["--as", "fractional"],
    }.items():  # fmt: skip
        if name != "fractional":
            check_anew(directory, first, path, name, *arguments)
    with step("fractional: segments and sources"):
        assert "SegmentationAlgorithmIdentificationSequence" in first.SegmentSequence[0]
        convert(path, directory / "fractional.dcm", "--as", "fractional")
        fractional = pydicom.dcmread(directory / "fractional.dcm")
        for number, item in by_number(first).items():
            assert_same(described(item), described(by_number(fractional)[number]), f"segment {number}")
        sources = derivations(fractional)
        for position, derivation in derivations(first).items():
            assert_same(derivation, sources[position], f"frames at {position}")
    check_compare(directory, first, path)
    check_changed(directory, first, path)
    labelmap = directory / "label-map.dcm"
    background = make_object(labelmap, "LABELMAP")
    out = directory / "label-map-out.dcm"
    with step("a label map keeps the item of its background"):
        assert convert(labelmap, out) == ""
        copied = pydicom.dcmread(out)
        for number in {item.SegmentNumber for item in background.SegmentSequence}:
            one, other = by_number(background, (number,))[number], by_number(copied, (number,))[number]
            assert_same(described(one), described(other), f"segment {number}")


def check_data():
    folder = DATA / "highdicom"
    objects = sorted(path for path in folder.rglob("*.dcm")) if folder.exists() else []
    with_algorithm = []
    with tempfile.TemporaryDirectory() as directory:
        out = pathlib.Path(directory) / "out.dcm"
        for path in objects:
            first = pydicom.dcmread(path)
            if "SegmentSequence" not in first or not any(
                "SegmentationAlgorithmIdentificationSequence" in item for item in first.SegmentSequence
            ):
                continue
            with_algorithm.append(path)
            with step(path.name):
                convert(path, out, "--force")
                copied = {item.SegmentNumber: item for item in pydicom.dcmread(out).SegmentSequence}
                # Colours of a palette are those of segments where there is none.
                left_out = {"RecommendedDisplayCIELabValue"} if first.PhotometricInterpretation == "PALETTE COLOR" else ()
                for item in first.SegmentSequence:
                    one, other = described(item, left_out), described(copied[item.SegmentNumber], left_out)
                    assert_same(one, other, f"segment {item.SegmentNumber}")
                assert compare(path, out, 0)["same"]
    if not with_algorithm:
        skip(f"no object of highdicom with algorithm identification in {DATA}")
    print(f"{len(with_algorithm)} objects")


def main():
    warnings.simplefilter("ignore")
    if sys.argv[1] == "data":
        check_data()
    else:
        with tempfile.TemporaryDirectory() as directory:
            check_object(pathlib.Path(directory))
    step.finish()


main()
