# SPDX-License-Identifier: Apache-2.0
"""dseg validate beside dciodvfy (-allpffgitems): where both check a subject they agree, or docs/validation.md says why.

usage: check_validate.py data             every segmentation at hand
       check_validate.py written          what dseg writes, in many encodings
       check_validate.py mutated          an object with one value of it made invalid, again and again
       check_validate.py rules PROGRAM    the files of tests/unit/test_validate (PROGRAM), one for each rule
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

from peerlib import DATA, DSEG, dseg, skip, venv_program
from volumes import VOLUMES

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "validation.md"

# What dciodvfy says (a pattern for its error lines), and the rules of which at least one must have been broken then;
# none: not a subject of ours. The first pattern that fits counts.
SUBJECTS = [
    (r"Sequence attribute read failed|Sequence Item dataset read|Tags out of order", {"structure"}),
    (r"MediaStorageSOPClassUID different", {"meta-sop-class"}),
    (r"MediaStorageSOPInstanceUID different", {"meta-sop-instance"}),
    (r"UI (Series|Study|SOP) Instance UID|Element=<StudyInstanceUID>|FrameOfReferenceUID.*UI", {"uid-form"}),
    (r"invalid data values for Value Representations", {"uid-form", "value-form", "value-length", ""}),
    (r"attribute <Modality>", {"modality"}),
    (r"attribute <Segmentation Type>", {"segmentation-type", "sop-class"}),
    (r"<ImageType>", {"image-type"}),
    (r"<SegmentationFractionalType>", {"fractional-type"}),
    (r"<MaximumFractionalValue>", {"maximum-fraction"}),
    (r"attribute <Segments Overlap>", {"segments-overlap"}),
    (r"Element=<(Rows|Columns)>", {"matrix"}),
    (r"attribute <Samples per Pixel>|<PlanarConfiguration>", {"samples-per-pixel"}),
    (r"attribute <Photometric Interpretation>", {"photometric", "samples-per-pixel"}),
    (r"attribute <Pixel Representation>", {"pixel-representation"}),
    (r"attribute <Bits Allocated>", {"bits-allocated"}),
    (r"attribute <(Bits Stored|High Bit)>|High Bit = ", {"bits-stored", "bits-allocated"}),
    (r"<LossyImageCompression>", {"lossy-flag"}),
    (r"<LossyImageCompression(Ratio|Method)>", {"lossy-method"}),
    (r"<PixelPaddingValue>", {"padding-value", ""}),
    (r"PaletteColorLookupTableDescriptor", {"palette", "palette-unused"}),
    (r"PaletteColorLookupTableData|LookupTableData", {"palette", "palette-data"}),
    (r"Module=<ICCProfile>", {"icc-profile"}),
    (r"attribute <RecommendedDisplayCIELabValue>", {"cielab-palette"}),
    (r"Element=<RecommendedDisplayCIELabValue>", {"cielab"}),
    (r"Element=<SegmentSequence>", {"segment-sequence"}),
    (r"SegmentNumber not monotonically increasing", {"segment-number-gap", "segment-number-order"}),
    (r"ReferencedSegmentNumber does not match", {"referenced-segment"}),
    (r"Element=<SegmentNumber>", {"segment-number"}),
    (r"Element=<SegmentLabel>", {"segment-label"}),
    (r"Segment Algorithm Type", {"algorithm-type"}),
    (r"<SegmentAlgorithmName>", {"algorithm-name", "algorithm-type"}),
    (r"<SegmentedPropertyCategoryCodeSequence>", {"property-category"}),
    (r"<SegmentedPropertyTypeCodeSequence>", {"property-type"}),
    (r"Module=<BasicCodeSequenceMacro>", {"code", "code-item"}),
    (r"<Tracking(ID|UID)>", {"tracking"}),
    (r"<SharedFunctionalGroupsSequence>.*Module", {"shared-groups"}),
    (r"Number of items in PerFrameFunctionalGroupsSequence does not match", {"per-frame-count", "number-of-frames"}),
    (r"<PerFrameFunctionalGroupsSequence>", {"per-frame-groups"}),
    (r"Functional Group Sequence already used in Shared", {"group-twice"}),
    (
        r"Bad Sequence number of Items.*Macro>|Bad attribute Value Multiplicity.*Sequence> Module=<.*Macro>",
        {"group-items"},
    ),
    (r"Not permitted in SharedFunctionalGroupSequence - attribute <FrameContent", {"frame-content-shared"}),
    (
        r"Element=<FrameContentSequence>",
        {"dimension-values", "frame-content-shared", "per-frame-groups", "shared-groups"},
    ),
    # Without a group that places the frame, dciodvfy asks for all kinds of place.
    (
        r"Element=<PixelMeasuresSequence>|Element=<Plane(Position|Orientation|PositionSlide)Sequence>",
        {
            "pixel-measures", "plane-position", "plane-orientation", "plane-position-slide", "derivation-image",
            "per-frame-groups", "shared-groups", "readable",
        },
    ),
    (
        r"Module=<FrameOfReference>",
        {"frame-of-reference", "derivation-image", "per-frame-groups", "shared-groups", "module-attribute"},
    ),
    (r"Element=<DerivationImageSequence>", {"derivation-image", "per-frame-groups"}),
    (r"<PatientOrientation>|<Laterality>", {""}),
    (r"Element=<SegmentIdentificationSequence>", {"segment-identification", "per-frame-groups", "structure"}),
    (r"Element=<DimensionOrganization(Sequence|UID)>", {"dimension-organization", "dimension-uid", "dimension-index"}),
    (r"<DimensionIndexPointer>|<FunctionalGroupPointer>", {"dimension-index", "dimension-pointer", ""}),
    (r"DimensionIndexValues", {"dimension-values"}),
    (r"used as Dimension Index for frame", {"dimension-pointer"}),
    (r"<Pixel Spacing>|Element=<PixelSpacing>", {"pixel-spacing"}),
    (r"<SliceThickness>", {"slice-thickness", "slice-measures"}),
    (r"<SpacingBetweenSlices>", {"slice-measures"}),
    (r"<ImagePositionPatient>", {"image-position"}),
    (r"Orientation vector", {"image-orientation"}),
    (r"Module=<MicroscopeSlideLayerTileOrganization>", {"total-matrix"}),
    (r"Module=<SOPInstanceReferenceMacro>", {"source-reference"}),
    (r"Missing.*Module=<CommonInstanceReference>", {"common-reference", "referenced-series"}),
    (r"<ReferencedSeriesSequence> present|ReferencedSeriesSequence present but", {"reference-unused"}),
    (r"Concatenation", {"concatenation", "concatenation-number"}),
    (r"<NumberOfFrames>|<Number of Frames>", {"number-of-frames"}),
    (
        r"PixelData has incorrect value length",
        {
            "pixel-data-length", "frame-boundaries", "matrix", "samples-per-pixel", "number-of-frames",
            "bits-allocated",
        },
    ),
    (r"Element=<PixelData>", {"pixel-data", "encapsulation", "structure", ""}),
    (r"ExtendedOffsetTable", {"offset-tables", "extended-offset-table"}),
    (r"BasicOffsetTable", {"basic-offset-table", "fragment-length"}),
    (r"EncapsulatedPixelDataFragment", {"fragment-length", "fragments"}),
    (r"Illegal root for UID", {"uid-form", "value-form", ""}),
    (r"Value invalid for this VR", {"value-form", "value-length"}),
    (r"Unrecognized enumerated value.*<(Patient's Sex|Patient Identity Removed|Smoking Status)>", {"value-term", "value-form"}),
    (r"Unrecognized enumerated value.*<Spatial Locations Preserved>", {"spatial-locations"}),
    (r"Bad attribute Value Multiplicity", {"value-count"}),
    (
        r"(Missing|Empty) attribute.*Module=<(Patient|GeneralStudy|ClinicalTrial(Subject|Study|Series)|Specimen|"
        r"(Enhanced)?GeneralEquipment|GeneralSeries|SegmentationSeries|GeneralImage|ContentIdentificationMacro|"
        r"SegmentationImage|MultiFrameFunctionalGroupsCommon)>",
        {"module-attribute", "uid-form"},
    ),
]


def documented(heading):
    """The rules named below a heading of the page."""
    text = PAGE.read_text().split(f"### {heading}\n", 1)[1].split("\n#", 1)[0]
    return set(re.findall(r"`([a-z0-9-]+)`", text))


SILENT = documented("Errors of which dciodvfy says nothing")


def their_errors(path):
    done = subprocess.run([venv_program("dciodvfy"), "-allpffgitems", path], capture_output=True)
    lines = (done.stdout + done.stderr).decode("utf-8", "replace").splitlines()
    return [line for line in lines if line.startswith("Error")]


def our_findings(path):
    """But that segments have no codes of their own, as those of volumes without names."""
    done = subprocess.run([DSEG, "validate", "--json", path], capture_output=True, text=True)
    if done.returncode > 1:
        raise AssertionError(f"{path}: {done.stderr}")
    return [found for found in json.loads(done.stdout)["findings"] if found["rule"] != "default-codes"]


def compare(path):
    """What does not agree, as text; and our errors of which dciodvfy says nothing."""
    theirs = their_errors(path)
    ours = our_findings(path)
    found = {finding["rule"] for finding in ours}
    errors = {finding["rule"] for finding in ours if finding["severity"] == "error"}
    problems, told = [], set()
    if any("Dicom dataset read failed" in line or "Information Object Not found" in line for line in theirs):
        return [], set()  # broken, or of a transfer syntax or SOP Class that it does not know: the rest means nothing
    for line in theirs:
        rules = next((rules for pattern, rules in SUBJECTS if re.search(pattern, line)), None)
        if rules is None:
            problems.append(f"not known: {line}")
        elif "" not in rules and not rules & found:
            problems.append(f"we do not find: {line}")
        told |= rules or set()
    silent = errors - told
    problems += [f"dciodvfy does not find, and this is not documented: {rule}" for rule in sorted(silent - SILENT)]
    return problems, silent


def is_segmentation(path):
    import pydicom

    try:
        return "SegmentationType" in pydicom.dcmread(path, stop_before_pixels=True)
    except Exception:
        return False


def data_files():
    import pydicom.data

    wheel = pathlib.Path(pydicom.data.__file__).parent / "test_files"
    candidates = [path for folder in (DATA, wheel) for path in folder.rglob("*") if path.suffix in (".dcm", ".seg")]
    return sorted(path for path in candidates if is_segmentation(path))


def written_files(directory):
    """A small volume in every encoding; overlap and fractions too."""
    codecs = json.loads(dseg("codecs", "--json"))["frame_codecs"]
    standard = [codec["name"] for codec in codecs if codec["can_write"] and not codec["experimental"]]
    paths = []
    for name, kinds in {
        "unaligned": ("binary", "fractional", "labelmap"),
        "oblique": ("binary", "labelmap"),
        "single-slice": ("binary", "labelmap"),
        "overlap": ("binary", "fractional"),
        "fractions": ("fractional",),
    }.items():
        volume = VOLUMES[name]()
        for kind in kinds:
            for codec in standard if name == "unaligned" else ["explicit-le", "rle"]:
                path = directory / f"{name}-{kind}-{codec}.dcm"
                arguments = ["convert", *volume.inputs, "--as", kind, "--transfer-syntax", codec]
                arguments += [*volume.options, "--", path]
                done = subprocess.run([DSEG, *arguments], capture_output=True, text=True)
                if done.returncode == 0:
                    paths.append(path)
    assert len(paths) > 25, paths
    return paths


# (what, attribute path in pydicom's words, value): one invalid value each. None: the attribute is missing.
MUTATIONS = [
    ("PatientAge", "65"), ("PatientAge", "65 YEARS"), ("PatientAge", "65YY"),
    ("PatientBirthDate", "1980"), ("PatientBirthDate", "1980.01.01"), ("PatientBirthDate", "01011980X"),
    ("PatientBirthDate", "19801301"), ("StudyDate", "yesterday"), ("StudyTime", "12:30:00"), ("StudyTime", "noon"),
    ("StudyTime", "250000"), ("PatientBirthTime", "1230.5.5"),
    ("PatientName", "A" * 65), ("PatientName", "a=b=c=d"), ("PatientName", "a\tb"), ("PatientName", None),
    ("PatientID", "B" * 65), ("PatientID", "a\\b"), ("PatientID", None), ("PatientSex", "f"), ("PatientSex", "U"),
    ("PatientSex", "FEMALE"), ("PatientSex", None), ("PatientWeight", "70,5"), ("PatientWeight", "seventy"),
    ("PatientWeight", "70.123456789012345"), ("AccessionNumber", "C" * 17), ("AccessionNumber", None),
    ("StudyID", "D" * 17), ("StudyID", None), ("ReferringPhysicianName", "E" * 65), ("ReferringPhysicianName", None),
    ("StudyDescription", "F" * 65), ("StudyDescription", "g\x07h"), ("InstitutionAddress", "G" * 1025),
    ("SeriesNumber", "one"), ("SeriesNumber", "1.5"), ("SeriesNumber", "99999999999"), ("SeriesNumber", ""),
    ("InstanceNumber", "x"), ("StudyInstanceUID", "1.2.840.01.5"), ("StudyInstanceUID", "abc"), ("Manufacturer", ""),
    ("ManufacturerModelName", None), ("DeviceSerialNumber", ""), ("SoftwareVersions", None), ("ContentLabel", "low case"),
    ("ContentLabel", "A" * 17), ("ContentDate", "x"), ("ContentCreatorName", "H" * 65), ("ContentCreatorName", None),
    ("ContentDescription", "I" * 65), ("BodyPartExamined", "abdomen"), ("PositionReferenceIndicator", None),
    ("SmokingStatus", "no"), ("PatientIdentityRemoved", "MAYBE"), ("DeidentificationMethod", "J" * 65),
    ("ClinicalTrialSponsorName", "S"), ("SegmentSequence.SegmentLabel", "K" * 65),
    ("SegmentSequence.SegmentDescription", "L" * 1025), ("SegmentSequence.SegmentAlgorithmName", "a\nb"),
    ("SegmentSequence.TrackingUID", "2.25.01"), ("SegmentSequence.SegmentedPropertyTypeCodeSequence.CodeValue", "M" * 17),
    ("SegmentSequence.SegmentedPropertyTypeCodeSequence.CodingSchemeDesignator", None),
    ("SegmentSequence.SegmentedPropertyTypeCodeSequence.CodeMeaning", "N" * 65),
    ("ProcedureCodeSequence.CodingSchemeDesignator", None), ("ProcedureCodeSequence.CodeMeaning", None),
    ("ProcedureCodeSequence.CodeValue", None), ("ProcedureCodeSequence.CodingSchemeVersion", "O" * 17),
]  # fmt: skip


def mutate(data, path, value):
    """Sets an attribute, in the first item of the sequences before it; None: removes it."""
    import pydicom

    *sequences, keyword = path.split(".")
    for sequence in sequences:
        data = data[sequence].value[0]
    tag = pydicom.datadict.tag_for_keyword(keyword)
    if tag in data:
        del data[tag]
    if value is not None:
        vr = pydicom.datadict.dictionary_VR(tag)
        content = value.encode() + (b"\0" if vr == "UI" else b" ") * (len(value) % 2)
        data[tag] = pydicom.dataelem.RawDataElement(pydicom.tag.Tag(tag), vr, len(content), content, 0, False, True)


def mutated_files(directory):
    import warnings

    import pydicom

    warnings.simplefilter("ignore")
    pydicom.config.settings.writing_validation_mode = pydicom.config.IGNORE
    volume = VOLUMES["unaligned"]()
    dseg("convert", *volume.inputs, "--as", "binary", *volume.options, "--", directory / "base.dcm")
    paths = []
    for number, (path, value) in enumerate(MUTATIONS):
        data = pydicom.dcmread(directory / "base.dcm")
        procedure = pydicom.Dataset()
        procedure.CodeValue, procedure.CodingSchemeDesignator, procedure.CodeMeaning = "1", "99A", "CT"
        data.ProcedureCodeSequence = [procedure]
        data.SegmentSequence[0].TrackingID, data.SegmentSequence[0].TrackingUID = "liver", "2.25.1"
        mutate(data, path, value)
        paths.append(directory / f"{number:02}-{path.split('.')[-1]}-{str(value)[:12]}.dcm".replace("/", "_"))
        data.save_as(paths[-1])
    return paths


def main():
    failures, silent = 0, set()
    with tempfile.TemporaryDirectory(dir=".") as name:
        directory = pathlib.Path(name)
        if sys.argv[1] == "rules":
            subprocess.run([sys.argv[2], "--write", directory], check=True)
            paths = sorted(directory.glob("*.dcm"))
        else:
            makers = {"written": written_files, "mutated": mutated_files}
            paths = data_files() if sys.argv[1] == "data" else makers[sys.argv[1]](directory)
        if not paths:
            skip(f"no segmentation in {DATA}")
        for path in paths:
            problems, quiet = compare(path)
            if sys.argv[1] == "written" and our_findings(path):
                problems.append(f"what we write is not valid: {our_findings(path)}")
            if sys.argv[1] == "mutated" and not our_findings(path):
                problems.append("we find nothing")
            silent |= quiet
            failures += len(problems)
            for problem in problems:
                print(f"{path.name}: {problem}")
    print(f"{len(paths)} files compared")
    if sys.argv[1] == "rules":
        for rule in sorted(SILENT - silent):
            print(f"{rule}: dciodvfy does find it, the page says it does not")
            failures += 1
    sys.exit(1 if failures else 0)


main()
