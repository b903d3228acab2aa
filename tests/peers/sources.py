# SPDX-License-Identifier: Apache-2.0
"""Source images that peers need to write a segmentation: a CT series made here for any geometry."""

import itertools
import pathlib

import numpy as np
import pydicom
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid


def uids(seed):
    """New UIDs one after another; with a seed (text) the same ones every time, and all of 64 characters."""
    for number in itertools.count():
        yield generate_uid(entropy_srcs=[seed, str(number)] if seed else None)


PATIENT_AND_STUDY = ("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyInstanceUID", "StudyDate",
                     "StudyTime", "StudyID", "AccessionNumber", "FrameOfReferenceUID")  # fmt: skip


def make_ct(shape, affine, directory="ct", seed=None, of=None):
    """One CT image for each plane of array[k, j, i]; returns the data sets, which are also files in directory. seed: as
    for uids. of: the data set of a segmentation, whose patient, study and frame of reference they get."""
    planes, rows, columns = shape
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    directory = pathlib.Path(directory)
    directory.mkdir(exist_ok=True)
    new_uid = uids(seed)
    study, series, frame_of_reference = next(new_uid), next(new_uid), next(new_uid)
    datasets = []
    for plane in range(planes):
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID = CTImageStorage
        meta.MediaStorageSOPInstanceUID = next(new_uid)
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        path = directory / f"{plane:03}.dcm"
        dataset = FileDataset(str(path), {}, file_meta=meta, preamble=bytes(128))
        dataset.SOPClassUID = CTImageStorage
        dataset.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
        dataset.StudyInstanceUID, dataset.SeriesInstanceUID = study, series
        dataset.FrameOfReferenceUID = frame_of_reference
        dataset.PatientName, dataset.PatientID = "Peer^Test", "PEER-1"
        dataset.PatientBirthDate, dataset.PatientSex = "19700101", "O"
        dataset.StudyDate, dataset.StudyTime, dataset.StudyID = "20240102", "030405", "7"
        dataset.AccessionNumber = dataset.ReferringPhysicianName = dataset.PositionReferenceIndicator = ""
        dataset.Modality, dataset.SeriesNumber, dataset.InstanceNumber = "CT", 3, plane + 1
        dataset.Manufacturer = "dseg tests"
        for keyword in PATIENT_AND_STUDY:
            if of is not None and keyword in of:
                setattr(dataset, keyword, of[keyword].value)
        dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
        dataset.ImagePositionPatient = [f"{value:.10g}" for value in affine[:3, 3] + plane * affine[:3, 2]]
        axes = np.concatenate([affine[:3, 0] / spacing[0], affine[:3, 1] / spacing[1]])
        dataset.ImageOrientationPatient = [f"{value:.10g}" for value in axes]
        dataset.PixelSpacing = [f"{spacing[1]:.10g}", f"{spacing[0]:.10g}"]
        dataset.SliceThickness = f"{spacing[2]:.10g}"
        dataset.Rows, dataset.Columns = rows, columns
        dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
        dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 16, 15, 0
        dataset.RescaleIntercept, dataset.RescaleSlope = 0, 1
        dataset.PixelData = np.zeros((rows, columns), np.uint16).tobytes()
        dataset.save_as(path, enforce_file_format=True)
        datasets.append(pydicom.dcmread(path))
    return datasets
