# SPDX-License-Identifier: Apache-2.0
"""dseg samples of a real object tells nothing of the patient: attribute by attribute, in the eyes of pydicom.

usage: check_identity.py
"""

import json
import pathlib
import shutil

import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEGLSLossless

from peerlib import dseg, step
from sources import make_ct
from volumes import affine_of, metadata, save_nifti

SHAPE = (6, 24, 40)
SECRET = "Q7X"  # is in every text that must not stay
ROOT = "1.3.6.1.4.1.99999."  # begins every UID of the patient's
STANDARD = "1.2.840.10008."
# What differs from instance to instance, as the README of a set says; what makes an encoding.
OF_INSTANCE = {"MediaStorageSOPInstanceUID", "SOPInstanceUID", "SeriesInstanceUID", "DimensionOrganizationUID"}
OF_CODEC = {"TransferSyntaxUID", "PixelData", "FileMetaInformationGroupLength", "SeriesDescription"}  # samples name their encoding
OF_REPRESENTATION = {
    "MediaStorageSOPClassUID", "SOPClassUID", "SegmentationType", "SegmentSequence", "NumberOfFrames", "BitsAllocated",
    "BitsStored", "HighBit", "PixelPaddingValue", "DimensionIndexSequence", "PerFrameFunctionalGroupsSequence",
    "SegmentationFractionalType", "MaximumFractionalValue", "SegmentsOverlap", "DimensionOrganizationType",
}  # fmt: skip


def coded(value, meaning):
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
    item.CodingSchemeUID = "1.2.840.10008.2.16.4"
    return item


def reference(uid):
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", uid
    item.PurposeOfReferenceCodeSequence = Sequence([coded("121311", "Localizer")])
    return item


def add_identity(image, number):
    """All that a scanner and an archive may have put there."""
    image.SOPInstanceUID = image.file_meta.MediaStorageSOPInstanceUID = f"{ROOT}5.{number}"
    image.StudyInstanceUID, image.SeriesInstanceUID, image.FrameOfReferenceUID = ROOT + "1", ROOT + "2", ROOT + "3"
    image.PatientName = f"{SECRET}^Patient"
    image.PatientID, image.IssuerOfPatientID = f"{SECRET}4711", f"{SECRET} issuer"
    image.PatientBirthDate, image.PatientSex, image.PatientAge = "19610417", "F", "061Y"
    image.OtherPatientIDsSequence = Sequence([Dataset()])
    image.OtherPatientIDsSequence[0].PatientID = f"{SECRET}0815"
    image.PatientComments = f"{SECRET} comment"
    image.AccessionNumber, image.StudyID = f"{SECRET}-ACC", f"{SECRET}-ST"
    image.InstitutionName, image.InstitutionAddress = f"{SECRET} hospital", f"{SECRET} street"
    image.StationName, image.DeviceSerialNumber = f"{SECRET}STATION", f"{SECRET}SERIAL"
    image.ReferringPhysicianName = image.PerformingPhysicianName = image.OperatorsName = f"{SECRET}^Physician"
    image.StudyDescription = image.SeriesDescription = image.ImageComments = f"{SECRET} description"
    image.StudyDate = image.SeriesDate = image.AcquisitionDate = image.ContentDate = "20190417"
    image.StudyTime = image.SeriesTime = image.AcquisitionTime = image.ContentTime = "134217"
    image.AcquisitionDateTime = "20190417134217"
    image.RequestAttributesSequence = Sequence([Dataset()])
    image.RequestAttributesSequence[0].ScheduledProcedureStepID = f"{SECRET}-SPS"
    image.ReferencedImageSequence = Sequence([reference(f"{ROOT}5.{1 - number % 2}"), reference(ROOT + "9.1")])
    image.ContributingEquipmentSequence = Sequence([Dataset()])
    equipment = image.ContributingEquipmentSequence[0]
    equipment.Manufacturer, equipment.InstitutionName = "Acme", f"{SECRET} clinic"
    equipment.ContributionDateTime = "20190417134217"
    equipment.PurposeOfReferenceCodeSequence = Sequence([coded("109103", "Modifying Equipment")])
    private = image.private_block(0x0011, "SECRETS", create=True)
    private.add_new(0x01, "LO", f"{SECRET} private")
    nested = Dataset()
    nested.PatientName = f"{SECRET}^Nested"
    private.add_new(0x02, "SQ", Sequence([nested]))


def make_images(syntax):
    """CT images with pixels; returns them by file name."""
    shutil.rmtree("ct", ignore_errors=True)
    affine = save_nifti("labels.nii.gz", np.zeros(SHAPE, np.uint16), affine_of((0.7, 1.1, 2.5), (-30.5, 12.25, 77.0)))
    make_ct(SHAPE, affine)
    images = {}
    for number, path in enumerate(sorted(pathlib.Path("ct").iterdir())):
        image = pydicom.dcmread(path)
        add_identity(image, number)
        pixels = np.arange(SHAPE[1] * SHAPE[2], dtype=np.uint16).reshape(SHAPE[1:]) + number
        image.Rows, image.Columns, image.BitsAllocated, image.BitsStored, image.HighBit = *SHAPE[1:], 16, 16, 15
        image.SamplesPerPixel, image.PhotometricInterpretation, image.PixelRepresentation = 1, "MONOCHROME2", 0
        image.file_meta.TransferSyntaxUID = syntax
        image.PixelData = pixels.tobytes()
        if syntax == JPEGLSLossless:  # what is in it does not matter
            image.PixelData = encapsulate([pixels.tobytes()])
        image["PixelData"].VR = "OB" if syntax == JPEGLSLossless else "OW"
        image.save_as(path, enforce_file_format=True)
        images[path.name] = image
    labels = np.zeros(SHAPE, np.uint16)
    labels[1:5, 3:9, 4:12] = 1
    labels[2:4, 12:20, 20:30] = 2
    save_nifti("labels.nii.gz", labels, affine)
    return images


def elements_of(dataset):
    """All elements at any depth, meta information included."""
    for part in (getattr(dataset, "file_meta", None), dataset):
        for element in part or ():
            yield element
            for item in element.value if element.VR == "SQ" else ():
                yield from elements_of(item)


def uids_of(dataset):
    for element in elements_of(dataset):
        if element.VR == "UI" and element.value:
            yield from (element.value if isinstance(element.value, pydicom.multival.MultiValue) else [element.value])


def check_clean(directory):
    """Nothing of the patient's is in any file, names of files included; no date, private element or old UID is."""
    for path in pathlib.Path(directory).rglob("*"):
        assert SECRET not in path.name
        if path.is_dir():
            continue
        content = path.read_bytes()
        for text in (SECRET, ROOT, "20190417", "19610417", "134217"):
            assert text.encode() not in content, f"{path} has {text}"
        if path.suffix != ".dcm":
            continue
        dataset = pydicom.dcmread(path)
        assert dataset.PatientIdentityRemoved == "YES" if "images" in path.parts else True
        for element in elements_of(dataset):
            is_mark = path.name.startswith("experimental-") and element.tag.group in (0x0021, 0x0071)  # of a proposal
            assert is_mark or not element.tag.is_private, f"{path}: {element}"
            assert element.VR != "UI" or not str(element.value).startswith(ROOT), f"{path}: {element}"


def check_images(images, directory):
    """The same images: pixels, transfer syntax, geometry; one mapping for UIDs, wherever they are."""
    written = [pydicom.dcmread(path) for path in sorted(pathlib.Path(directory, "images").iterdir())]
    assert len(written) == len(images)
    mapping = {}
    for old, new in zip((images[name] for name in sorted(images)), written):
        assert new.PixelData == old.PixelData
        assert new.file_meta.TransferSyntaxUID == old.file_meta.TransferSyntaxUID
        for keyword in ("SOPClassUID", "ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "Rows", "Columns"):
            assert new[keyword].value == old[keyword].value, keyword
        before = [*uids_of_kept(old)]
        after = [*uids_of_kept(new)]
        assert len(before) == len(after)
        for one, two in zip(before, after):
            assert mapping.setdefault(one, two) == two
            assert (one == two) == one.startswith(STANDARD), (one, two)
        assert new.ReferencedImageSequence[0].PurposeOfReferenceCodeSequence[0].CodingSchemeUID == "1.2.840.10008.2.16.4"
        assert (new.PatientID, new.PatientBirthDate, new.AccessionNumber) == ("SAMPLE", "20000101", "")
    assert len(set(mapping.values())) == len(mapping)
    return written


def uids_of_kept(dataset):
    """UIDs of what is in both: the images' own, and of references."""
    for keyword in ("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID"):
        yield str(dataset[keyword].value)
    for item in dataset.ReferencedImageSequence:
        yield from (str(item.ReferencedSOPClassUID), str(item.ReferencedSOPInstanceUID))


def check_references(written, directory):
    """Every image that a sample refers to is there."""
    here = {image.SOPInstanceUID for image in written}
    for path in [*pathlib.Path(directory).glob("*.dcm")]:
        seg = pydicom.dcmread(path)
        assert seg.StudyInstanceUID == written[0].StudyInstanceUID
        assert seg.FrameOfReferenceUID == written[0].FrameOfReferenceUID
        assert (seg.PatientID, seg.PatientName) == (written[0].PatientID, written[0].PatientName)
        if "PerFrameFunctionalGroupsSequence" in seg:
            referred = {
                source.ReferencedSOPInstanceUID
                for frame in seg.PerFrameFunctionalGroupsSequence
                for derivation in frame.DerivationImageSequence
                for source in derivation.SourceImageSequence
            }
        else:  # proposals/volume: its indices are into this list
            referred = {image.ReferencedSOPInstanceUID for series in seg.ReferencedSeriesSequence for image in series.ReferencedInstanceSequence}
        assert referred and referred <= here, path
        assert seg.ReferencedSeriesSequence[0].SeriesInstanceUID == written[0].SeriesInstanceUID


def differences(one, two, found):
    for tag in {*one.keys(), *two.keys()}:
        first, second = one.get(tag), two.get(tag)
        if first is None or second is None:
            found.add((first or second).keyword)
        elif first.VR == "SQ" and len(first.value) == len(second.value):
            for items in zip(first.value, second.value):
                differences(*items, found)
        elif first.value != second.value:
            found.add(first.keyword)
    return found


def check_sameness(directory):
    """Samples differ in what the README names, and in their encoding."""
    readme = pathlib.Path(directory, "README.md").read_text()
    for text in ("SOP Instance UID (0008,0018)", "Series Instance UID (0020,000E)", "Dimension Organization UID (0020,9164)"):
        assert text in readme
    samples = json.loads(pathlib.Path(directory, "manifest.json").read_text())["samples"]
    objects = [
        (sample, pydicom.dcmread(pathlib.Path(directory, sample["file"])))
        for sample in samples
        if sample["group"] == "encoding" and sample["status"] == "standard"
    ]
    first = objects[0]
    assert len(objects) > 8
    for sample, dataset in objects[1:]:
        found = differences(first[1].file_meta, dataset.file_meta, differences(first[1], dataset, set()))
        allowed = OF_INSTANCE | OF_CODEC
        if sample["representation"] != first[0]["representation"]:
            allowed = allowed | OF_REPRESENTATION
        assert found <= allowed, (sample["file"], found - allowed)


def main():
    segments = [[1, 2]]
    for syntax in (ExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEGLSLossless):
        images = make_images(syntax)
        metadata(segments)
        dseg("convert", "labels.nii.gz", f"{SECRET}.dcm", "--metadata", "metadata.json", "--reference", "ct", "--force")
        for source, name in ((f"{SECRET}.dcm", "object"), ("labels.nii.gz", "volume")):
            shutil.rmtree("set", ignore_errors=True)
            with step(f"{syntax.name}, {name}"):
                dseg("samples", source, "set", "--reference", "ct")
                check_clean("set")
                written = check_images(images, "set")
                check_references(written, "set")
                check_sameness("set")
    with step("without the images"):
        shutil.rmtree("set")
        dseg("samples", f"{SECRET}.dcm", "set", "--only", "binary")
        check_clean("set")
    with step("kept"):
        dseg("samples", f"{SECRET}.dcm", "kept", "--only", "binary/rle", "--keep-identity", "--reference", "ct", "--force")
        seg = pydicom.dcmread("kept/binary-rle.dcm")
        assert seg.PatientID == f"{SECRET}4711" and seg.StudyInstanceUID == ROOT + "1"
        assert not pathlib.Path("kept/images").exists()
    step.finish()


if __name__ == "__main__":
    main()
