# SPDX-License-Identifier: Apache-2.0
"""The set that dseg samples makes, in the eyes of others: dciodvfy finds no error in its standard objects and faults in the
faulty ones that it has rules for, pydicom reads all attributes and counts the same frames.

usage: check_samples.py
"""

import json
import pathlib
import subprocess

import readers
from peerlib import dseg, step, venv_program

# dciodvfy does not inflate data sets, and takes frames in transfer syntaxes that it does not know for native ones.
UNKNOWN_TO_DCIODVFY = {
    "1.2.840.10008.1.2.1.99": "the data set is deflated",
    "1.2.840.10008.1.2.1.98": "Encapsulated Uncompressed is newer",
    "1.2.840.10008.1.2.8.1": "Deflated Image Frame is newer",
}
# Rules of dseg validate that dciodvfy has, too.
SHARED_RULES = {
    "modality", "segmentation-type", "sop-class", "image-type", "photometric", "pixel-representation",
    "samples-per-pixel", "fractional-type", "maximum-fraction", "lossy-flag", "palette", "segment-label",
    "algorithm-name", "property-type", "per-frame-count", "frame-of-reference", "number-of-frames",
}  # fmt: skip


def check_standard(sample):
    uid = sample["transfer_syntax"]["uid"]
    if sample["status"] == "standard" and uid not in UNKNOWN_TO_DCIODVFY:
        readers.with_dciodvfy(sample["file"])


def check_with_pydicom(sample):
    import pydicom

    dataset = pydicom.dcmread(sample["file"])
    assert dataset.file_meta.TransferSyntaxUID == sample["transfer_syntax"]["uid"]
    assert dataset.SOPClassUID == sample["sop_class_uid"]
    assert dataset.SegmentationType == sample["segmentation_type"]
    assert dataset.NumberOfFrames == sample["frames"]
    if dataset.get("DimensionOrganizationType") not in ("TILED_FULL", "VOLUME"):
        assert len(dataset.PerFrameFunctionalGroupsSequence) == sample["frames"]
    assert len(dataset.SegmentSequence) > 0
    return dataset.StudyInstanceUID, dataset.FrameOfReferenceUID, dataset.SOPInstanceUID


def check_concatenation(kind):
    """The frames of the parts, one after the other, are those of the object that dseg makes of them; highdicom reads each
    part."""
    import highdicom
    import numpy as np
    import pydicom

    parts = [f"set/edge-cases/concatenation-{kind}-{number}.dcm" for number in (1, 2, 3)]
    options = ("--transfer-syntax", "explicit-le", "--empty-frames", "keep", "--force")
    dseg("convert", *reversed(parts), f"{kind}.dcm", *options)
    whole = pydicom.dcmread(f"{kind}.dcm").pixel_array
    read = [pydicom.dcmread(path) for path in parts]
    frames = np.concatenate([part.pixel_array for part in read])
    assert whole.any() and np.array_equal(frames, whole)
    first = 0
    for path, part in zip(parts, read):
        assert part.ConcatenationFrameOffsetNumber == first
        assert part.InConcatenationTotalNumber == 3
        array = highdicom.seg.segread(path).pixel_array
        assert np.array_equal(array, whole[first:first + len(array)])
        first += part.NumberOfFrames
    assert len({part.ConcatenationUID for part in read}) == 1
    assert len({part.SOPInstanceUIDOfConcatenationSource for part in read}) == 1
    assert first == len(whole)


def has_errors(path):
    done = subprocess.run([venv_program("dciodvfy"), "-allpffgitems", path], capture_output=True)
    return b"error" in (done.stdout + done.stderr).lower()


def check_phantom(path):
    """Each image is a source, all belong to one study and frame of reference, and names and codes are there."""
    import highdicom
    import numpy as np
    import pydicom

    seg = highdicom.seg.segread(path)
    images = [pydicom.dcmread(image, stop_before_pixels=True) for image in sorted(pathlib.Path("phantom/images").iterdir())]
    wanted = {(image.StudyInstanceUID, image.SeriesInstanceUID, image.SOPInstanceUID) for image in images}
    assert {tuple(map(str, one)) for one in seg.get_source_image_uids()} == wanted
    assert (seg.StudyInstanceUID, seg.FrameOfReferenceUID) == (images[0].StudyInstanceUID, images[0].FrameOfReferenceUID)
    assert (str(seg.PatientName), seg.PatientID) == ("Phantom", images[0].PatientID)
    assert len(seg.get_segment_numbers(segment_label="liver")) == 1
    for number in seg.segment_numbers:
        described = seg.get_segment_description(number)
        assert described.segmented_property_type.scheme_designator == "SCT"
        assert "RecommendedDisplayCIELabValue" in described
    assert seg.get_volume_geometry().spatial_shape == (len(images), images[0].Rows, images[0].Columns)
    readers.with_dciodvfy(path)
    # Frames say that their pixels are the images', so that they can be asked for by image.
    planes = seg.get_pixels_by_source_instance([image.SOPInstanceUID for image in images], combine_segments=True)
    by_place = sorted(range(len(images)), key=lambda index: float(images[index].ImagePositionPatient[2]))
    volume = seg.get_volume(combine_segments=True)
    upwards = volume.array if volume.affine[2, 0] > 0 else volume.array[::-1]
    assert planes.any() and np.array_equal(planes[by_place], upwards)


def main():
    dseg("phantom", "source.nii.gz", "--size", "40x36x10", "--labels", 12, "--force")
    dseg("samples", "source.nii.gz", "set", "--edge-cases", "--force")
    samples = json.loads(pathlib.Path("set/manifest.json").read_text())["samples"]
    identities = []
    for sample in samples:
        sample["file"] = f"set/{sample['file']}"
        if sample["group"] in ("encoding", "edge case"):
            with step(sample["file"]):
                identity = check_with_pydicom(sample)
                check_standard(sample)
                identities.append((sample["group"], *identity))
    for kind in ("native", "rle"):
        with step(f"concatenation, {kind}"):
            check_concatenation(kind)
    with step("identities"):
        encodings = [identity for identity in identities if identity[0] == "encoding"]
        assert len({identity[1] for identity in encodings}) == 1, "one study"
        assert len({identity[2] for identity in encodings}) == 1, "one frame of reference"
        assert len({identity[3] for identity in identities}) == len(identities), "SOP Instance UIDs are unique"
    found = {sample["rule"] for sample in samples if sample["group"] == "faulty" and has_errors(sample["file"])}
    with step("faulty"):
        missed = SHARED_RULES - found
        assert not missed, f"dciodvfy finds nothing in {missed}"
    dseg("samples", "phantom", "phantom", "--only", "labelmap/explicit-le", "binary/explicit-le", "--force")
    for kind in ("labelmap", "binary"):
        with step(f"phantom with its images, {kind}"):
            check_phantom(f"phantom/{kind}-explicit-le.dcm")
    print(f"dciodvfy finds errors in the faulty objects of {len(found)} rules")
    step.finish()


if __name__ == "__main__":
    main()
