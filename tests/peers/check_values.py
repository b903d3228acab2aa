# SPDX-License-Identifier: Apache-2.0
"""Images with one invalid value each: what dseg convert writes of them is valid, for dciodvfy and for dseg validate, and a
warning names the attribute.

usage: check_values.py
"""

import pathlib
import subprocess
import tempfile
import warnings

import numpy as np
import pydicom
from peerlib import DSEG, dseg, step, venv_program

ROOT = "1.2.826.0.1.3680043.10.1234"
CT = "1.2.840.10008.5.1.4.1.1.2"

# Attribute (in the first items of the sequences before it) and value; None: it is missing, "": it is empty.
VALUES = [
    ("PatientAge", "65"), ("PatientAge", "65Y"), ("PatientAge", "sixty"), ("PatientBirthDate", "1980.01.01"),
    ("PatientBirthDate", "1980"), ("PatientBirthDate", "19801399"), ("PatientBirthTime", "12:30"), ("StudyDate", "today"),
    ("StudyTime", "12:30:00"), ("StudyTime", "noon"), ("PatientName", "A" * 70), ("PatientName", "a=b=c=d"),
    ("PatientName", "Doe^Jane\x07"), ("PatientName", "A\\B"), ("PatientID", "B" * 65), ("PatientID", "a\\b"),
    ("PatientSex", "f"), ("PatientSex", "U"), ("PatientSex", "female"), ("PatientWeight", "70,5"),
    ("PatientWeight", "70.123456789012345678"), ("PatientSize", "tall"), ("AccessionNumber", "C" * 20),
    ("StudyID", "D" * 17), ("ReferringPhysicianName", "E" * 65), ("StudyDescription", "F" * 65),
    ("InstitutionName", "G" * 65), ("InstitutionAddress", "H" * 1025), ("PatientComments", "I" * 10241),
    ("OtherPatientNames", "J" * 65 + "\\" + "ok"), ("SmokingStatus", "no"), ("SmokingStatus", "RARELY"),
    ("PatientIdentityRemoved", "YES"), ("PatientIdentityRemoved", "MAYBE"), ("DeidentificationMethod", "K" * 65),
    ("ClinicalTrialSponsorName", "S"), ("ClinicalTrialProtocolID", "P"), ("LongitudinalTemporalEventType", "ENROLLMENT"),
    ("LastMenstrualDate", "x"), ("ContainerIdentifier", "box"), ("PositionReferenceIndicator", "L" * 65),
    ("ProcedureCodeSequence.CodingSchemeDesignator", None), ("ProcedureCodeSequence.CodeMeaning", ""),
    ("ProcedureCodeSequence.CodeValue", None), ("ProcedureCodeSequence.CodeValue", "M" * 17),
    ("ProcedureCodeSequence.CodeMeaning", "N" * 65), ("ProcedureCodeSequence.CodingSchemeDesignator", "O" * 17),
    ("ReferringPhysicianIdentificationSequence.PersonIdentificationCodeSequence.CodeValue", None),
    ("ReferringPhysicianIdentificationSequence.PersonIdentificationCodeSequence", None),
    ("ReferringPhysicianIdentificationSequence.InstitutionName", "P" * 65),
]  # fmt: skip


def code(value="1", scheme="99A", meaning="CT"):
    made = pydicom.Dataset()
    made.CodeValue, made.CodingSchemeDesignator, made.CodeMeaning = value, scheme, meaning
    return made


def image(k):
    """One plane, valid but for what change does."""
    data = pydicom.Dataset()
    data.file_meta = pydicom.dataset.FileMetaDataset()
    data.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID = CT
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID = f"{ROOT}.1.{k + 1}"
    data.PatientName, data.PatientID, data.PatientBirthDate, data.PatientSex = "Test^Case", "CASE1", "", "O"
    data.StudyInstanceUID, data.SeriesInstanceUID, data.StudyID = f"{ROOT}.2", f"{ROOT}.3", "1"
    data.StudyDate, data.StudyTime, data.AccessionNumber, data.ReferringPhysicianName = "20200101", "120000", "", ""
    data.Modality, data.FrameOfReferenceUID, data.PositionReferenceIndicator = "CT", f"{ROOT}.4", ""
    data.ImagePositionPatient, data.ImageOrientationPatient = [0, 0, 3.0 * k], [1, 0, 0, 0, 1, 0]
    data.PixelSpacing, data.SliceThickness, data.Rows, data.Columns = [1.5, 1.5], 3, 6, 8
    data.ProcedureCodeSequence = [code()]
    physician = pydicom.Dataset()
    physician.PersonIdentificationCodeSequence, physician.InstitutionName = [code()], "Clinic"
    data.ReferringPhysicianIdentificationSequence = [physician]
    return data


def change(data, path, value):
    *sequences, keyword = path.split(".")
    for sequence in sequences:
        data = data[sequence].value[0]
    tag = pydicom.datadict.tag_for_keyword(keyword)
    if tag in data:
        del data[tag]
    if value is not None:
        vr = pydicom.datadict.dictionary_VR(tag)
        content = value.encode() + b" " * (len(value) % 2)
        data[tag] = pydicom.dataelem.RawDataElement(pydicom.tag.Tag(tag), vr, len(content), content, 0, False, True)


def write_volume(path):
    """An NRRD in which plane k has label k + 1 at one voxel."""
    voxels = np.zeros((3, 6, 8), np.uint8)
    for k in range(3):
        voxels[k, 2, 3] = k + 1
    head = (
        "NRRD0004\ntype: unsigned char\ndimension: 3\nspace: left-posterior-superior\nsizes: 8 6 3\n"
        "space directions: (1.5,0,0) (0,1.5,0) (0,0,3)\nspace origin: (0,0,0)\nencoding: raw\n\n"
    )
    path.write_bytes(head.encode() + voxels.tobytes())


def errors_of(path):
    done = subprocess.run([venv_program("dciodvfy"), "-allpffgitems", path], capture_output=True)
    lines = (done.stdout + done.stderr).decode("utf-8", "replace").splitlines()
    return [line for line in lines if line.startswith("Error")]


def check(directory, path, value):
    images = directory / "ct"
    images.mkdir(exist_ok=True)
    for k in range(3):
        data = image(k)
        if path is not None:
            change(data, path, value)
        data.save_as(images / f"{k}.dcm", enforce_file_format=True)
    written = directory / "out.dcm"
    done = subprocess.run(
        [DSEG, "convert", directory / "labels.nrrd", written, "--as", "binary", "--force", "--reference", images],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    warned = [line for line in done.stderr.splitlines() if "warning" in line]
    assert not errors_of(written), errors_of(written)
    dseg("validate", written)
    assert (len(warned) == 0) == (path is None), f"{path}: {warned}"
    assert len(warned) == len(set(warned)) <= 2, warned


def main():
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory(dir=".") as name:
        directory = pathlib.Path(name)
        write_volume(directory / "labels.nrrd")
        with step("valid"):
            check(directory, None, None)
        for path, value in VALUES:
            with step(f"{path} {str(value)[:16]!r}"):
                check(directory, path, value)
    step.finish()


main()
