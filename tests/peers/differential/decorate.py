# SPDX-License-Identifier: Apache-2.0
"""What other programs add to a segmentation after it was written: private elements at each level, attributes that the
writer did not give, another transfer syntax."""

import pydicom
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from differential.truths import chance, pick

CREATOR = "DIFFERENTIAL TEST"
NATIVE = [ExplicitVRLittleEndian, ImplicitVRLittleEndian, DeflatedExplicitVRLittleEndian]


def add_private(random, item, group=0x0031):
    """Values of several kinds, some of them in a sequence of a sequence."""
    block = item.private_block(group, CREATOR, create=True)
    block.add_new(0x01, "LO", pick(random, ["a value", "a value", "two\\values", ""]))
    if chance(random, 0.5):
        block.add_new(0x02, "FD", [float(value) for value in random.random(3)])
        block.add_new(0x03, "OB", bytes(random.integers(0, 256, 2 * int(random.integers(1, 40))).astype("uint8")))
    if chance(random, 0.3):
        inner, outer = Dataset(), Dataset()
        inner.add_new(0x00080104, "LO", "inside")
        inner.private_block(group, CREATOR, create=True).add_new(0x05, "UL", int(random.integers(1 << 32)))
        outer.private_block(group, CREATOR, create=True).add_new(0x04, "SQ", Sequence([inner, Dataset()]))
        block.add_new(0x04, "SQ", Sequence([outer]))
    if chance(random, 0.3):
        block.add_new(0x06, "UN", bytes(random.integers(0, 256, 6).astype("uint8")))


def add_attributes(random, dataset):
    dataset.InstitutionName = "A hospital"
    dataset.InstanceCreationDate, dataset.InstanceCreationTime = "20240203", "040506.789"
    dataset.ImageComments = "Not for clinical use"
    dataset.ClinicalTrialSponsorName, dataset.ClinicalTrialProtocolID = "A sponsor", "P-1"
    dataset.ClinicalTrialProtocolName = dataset.ClinicalTrialSiteID = dataset.ClinicalTrialSiteName = ""
    dataset.ClinicalTrialSubjectID = "S-1"
    for item in dataset.SegmentSequence:
        if chance(random, 0.5):
            item.SegmentDescription = f"Number {item.SegmentNumber}"
        if chance(random, 0.3):
            modifier = Dataset()
            modifier.CodeValue, modifier.CodingSchemeDesignator, modifier.CodeMeaning = "24028007", "SCT", "Right"
            item.SegmentedPropertyTypeCodeSequence[0].SegmentedPropertyTypeModifierCodeSequence = [modifier]


def decorate(random, path):
    """Changes the file in place; in some rounds not at all, so that the writer's own bytes are read, too. Returns what
    was done, in words."""
    if chance(random, 0.3):
        return "as written"
    dataset = pydicom.dcmread(path)
    done = []
    if chance(random, 0.5):
        add_attributes(random, dataset)
        done.append("attributes")
    if chance(random, 0.7):
        places = [dataset, dataset.SegmentSequence[-1]]
        if chance(random, 0.5):
            places += [dataset.SharedFunctionalGroupsSequence[0], dataset.PerFrameFunctionalGroupsSequence[0]]
        for place in places:
            add_private(random, place, pick(random, [0x0031, 0x0099]))
        done.append("private")
    if dataset.file_meta.TransferSyntaxUID in NATIVE:
        dataset.file_meta.TransferSyntaxUID = pick(random, NATIVE)
    dataset.save_as(path)
    return ", ".join([*done, dataset.file_meta.TransferSyntaxUID.name])
