# SPDX-License-Identifier: Apache-2.0
"""What dseg convert may change in an object without naming it, and why. Everything else that differs fails a round.

Paths are keywords from the data set down; one in the table holds for what is below it, too. In functional groups they
begin with PerFrameFunctionalGroupsSequence, wherever the group was.
"""

from pydicom.datadict import keyword_for_tag

# A new instance, in a series of its own, made by dseg.
INSTANCE = {
    "SOPInstanceUID": "is a new instance",
    "SeriesInstanceUID": "is a new series: PS3.3 C.7.3.1, one series is of one equipment",
    "InstanceCreationDate": "is when this instance was made",
    "InstanceCreationTime": "is when this instance was made",
    "SeriesDate": "is that of the new series",
    "SeriesTime": "is that of the new series",
    "ContentDate": "is when this content was made",
    "ContentTime": "is when this content was made",
    "Manufacturer": "is dseg; the first maker is in Contributing Equipment",
    "ManufacturerModelName": "is dseg; the first maker is in Contributing Equipment",
    "DeviceSerialNumber": "is dseg; the first maker is in Contributing Equipment",
    "SoftwareVersions": "is dseg; the first maker is in Contributing Equipment",
    "ContributingEquipmentSequence": "gets the first maker",
    "SpecificCharacterSet": "is UTF-8",
    "SegmentsOverlap": "is what dseg found",
}

# How frames are encoded, and the dimensions by which they are sorted.
FRAMES = {
    "NumberOfFrames": "frames without voxels are left out",
    "DimensionOrganizationSequence": "has dimensions of its own",
    "DimensionIndexSequence": "has dimensions of its own",
    "DimensionOrganizationType": "has dimensions of its own",
    "ReferencedSeriesSequence/ReferencedInstanceSequence": "lists images that frames with voxels refer to: PS3.3 C.12.2",
    "PerFrameFunctionalGroupsSequence/FrameContentSequence": "has dimensions of its own",
    "ExtendedOffsetTable": "is where frames are in this file",
    "ExtendedOffsetTableLengths": "is where frames are in this file",
}

# What another representation says in another way.
REPRESENTATION = {
    "SOPClassUID": "is of the representation",
    "SegmentationType": "is the representation",
    "BitsAllocated": "is of the representation",
    "BitsStored": "is of the representation",
    "HighBit": "is of the representation",
    "PixelPaddingValue": "is for label maps only",
    "MaximumFractionalValue": "is for fractions only",
    "SegmentationFractionalType": "is for fractions only",
    "SegmentSequence/SegmentNumber": "is 1, 2, 3, ... but in label maps",
}

# The colours of a palette are those of the segments, which label maps in MONOCHROME2 have, too.
PALETTE = {
    "PhotometricInterpretation": "is MONOCHROME2",
    "RedPaletteColorLookupTableDescriptor": "is for palettes only",
    "GreenPaletteColorLookupTableDescriptor": "is for palettes only",
    "BluePaletteColorLookupTableDescriptor": "is for palettes only",
    "RedPaletteColorLookupTableData": "is for palettes only",
    "GreenPaletteColorLookupTableData": "is for palettes only",
    "BluePaletteColorLookupTableData": "is for palettes only",
    "SegmentSequence/RecommendedDisplayCIELabValue": "is the palette's colour",
}

# What an experimental transfer syntax says of itself.
EXPERIMENTAL = {
    "SeriesDescription": "begins with the mark",
    "ContentDescription": "begins with the mark",
    "(0071,0010)": "is the mark's private creator",
    "(0071,1001)": "is the mark",
}

# What the IOD needs and the writer did not give: it may be new, and not change.
SOURCE = "PerFrameFunctionalGroupsSequence/DerivationImageSequence"
NEEDED = {
    "PatientOrientation": "is of Type 2C",
    "ContentCreatorName": "is of Type 2",
    "ClinicalTrialCoordinatingCenterName": "is of Type 2",
    "PerFrameFunctionalGroupsSequence/PixelMeasuresSequence/SpacingBetweenSlices": "follows from the positions",
    f"{SOURCE}/DerivationCodeSequence": "is of Type 1: PS3.3 A.51.5.1",
    f"{SOURCE}/SourceImageSequence/PurposeOfReferenceCodeSequence": "is of Type 1: PS3.3 A.51.5.1",
    f"{SOURCE}/SourceImageSequence/ReferencedSOPClassUID": "is of Type 1, known from Referenced Series",
}

# dcmjs's distance between one image and itself.
DISTANCES = {
    "PerFrameFunctionalGroupsSequence/PixelMeasuresSequence/SliceThickness": "of 0 is none",
    "PerFrameFunctionalGroupsSequence/PixelMeasuresSequence/SpacingBetweenSlices": "of 0 is none",
}


def keywords(path):
    return "/".join(keyword_for_tag(tag) or f"({tag.group:04X},{tag.element:04X})" for tag in path)


def is_in(name, table):
    return any(name == entry or name.startswith(f"{entry}/") for entry in table)


class Expected:
    """The tables that hold for one conversion, of an object with a palette or without. Implicit VR has no room for the
    VR of private elements."""

    def __init__(self, *, other_representation=False, palette=False, experimental=False, implicit=False):
        self.tables = [INSTANCE, FRAMES]
        self.tables += [REPRESENTATION] if other_representation else []
        self.tables += [PALETTE] if palette else []
        self.tables += [EXPERIMENTAL] if experimental else []
        self.implicit = implicit

    def allows(self, path, what):
        name = keywords(path)
        if any(is_in(name, table) for table in self.tables):
            return True
        if self.implicit and what.endswith("became UN"):
            return True
        if what.startswith("is lost") and what.endswith("DS: '0'") and is_in(name, DISTANCES):
            return True
        return what.startswith("is new") and is_in(name, NEEDED)
