# SPDX-License-Identifier: Apache-2.0
"""Writing: what is written reads back the same, and bad input raises an exception and leaves no file."""

import io
import os
import signal

import nibabel
import numpy as np
import pydicom
import pytest
import SimpleITK

import dseg
from conftest import run

AFFINE = np.array([[0.8, 0, 0, -30], [0, 0.8, 0, 12], [0, 0, 2.5, 40], [0, 0, 0, 1]])
LIVER = dseg.Segment(
    number=3, label="Liver", category=dseg.Code("123037004", "SCT", "Anatomical Structure"),
    type=dseg.Code("10200004", "SCT", "Liver"), modifiers=(dseg.Code("7771000", "SCT", "Left"),),
    regions=(dseg.Code("818983003", "SCT", "Abdomen"),), color=(221, 130, 101), algorithm_type="SEMIAUTOMATIC",
    algorithm_name="paint", description="by hand", tracking_id="L1", tracking_uid="1.2.3.4")


@pytest.fixture
def labels():
    array = np.zeros((4, 10, 12), np.uint8)
    array[1, 2:5, 3:9] = 3
    array[2:, 6:9, 1:4] = 7
    return array


def written(path):
    """What stands at a path, which the program validates first."""
    run("validate", path)
    return dseg.open(path)


def test_labels(labels, tmp_path):
    done = dseg.write(tmp_path / "a.dcm", labels, segments=[LIVER, dseg.Segment(7, "Rest")], affine=AFFINE)
    assert done.representation == "labelmap" and done.files[0].path == str(tmp_path / "a.dcm")
    assert done.files[0].bytes == (tmp_path / "a.dcm").stat().st_size
    with written(tmp_path / "a.dcm") as seg:
        assert np.array_equal(seg.volume(), labels) and np.allclose(seg.affine, AFFINE)
        assert seg["Liver"] == dseg.Segment(**{**vars(LIVER), "cielab": seg["Liver"].cielab})
        assert [segment.label for segment in seg.segments] == ["Liver", "Rest"]


def test_every_type_of_integer(labels, tmp_path):
    for kind in ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", ">u2", "float32", "float64"):
        array = np.asfortranarray(labels.astype(kind))
        seg = dseg.from_array(array, names={3: "x", 7: "y"}, affine=AFFINE)
        assert np.array_equal(seg.labels(), labels), kind
    assert np.array_equal(dseg.from_array(labels == 3, names=["x"], affine=AFFINE).labels(), labels == 3)


def test_names(labels):
    for names in ({3: "liver", 7: "spleen"}, {"liver": 3, "spleen": 7}, {0: "background", 3: "liver", 7: "spleen"}):
        seg = dseg.from_array(labels, names=names, affine=AFFINE)
        assert [(one.number, one.label) for one in seg.segments] == [(3, "liver"), (7, "spleen")]
    ranks = np.searchsorted([0, 3, 7], labels)
    for names in (["liver", "spleen"], ["background", "liver", "spleen"]):
        assert [one.label for one in dseg.from_array(ranks, names=names, affine=AFFINE).segments] == ["liver", "spleen"]
    absent = dseg.from_array(labels, segments={3: "liver", 5: "sought", 7: "spleen"}, affine=AFFINE)
    assert absent["sought"].number == 5


def test_masks_that_overlap(labels, tmp_path):
    masks = {"liver": labels == 3, "all": labels > 0, 9: labels == 7}
    with pytest.warns(dseg.DsegNote, match="9 became 3"):
        done = dseg.write(tmp_path / "m.dcm", masks, affine=AFFINE)
    assert done.representation == "binary"
    seg = written(tmp_path / "m.dcm")
    assert [one.label for one in seg.segments][:2] == ["liver", "all"]
    for key, mask in zip(("liver", "all", 3), masks.values()):
        read = np.zeros(labels.shape, bool)
        read[seg.slots] = seg.mask(key)
        assert np.array_equal(read, mask), key
    stack = dseg.from_array(np.stack(list(masks.values())), segments=[dseg.Segment(5, "a"), dseg.Segment(2, "b"),
                                                                      dseg.Segment(9, "c")], affine=AFFINE)
    assert np.array_equal(stack.mask("b"), labels > 0) and stack["a"].number == 5
    assert [one.number for one in stack.segments] == [2, 5, 9]


@pytest.mark.filterwarnings("ignore::dseg.DsegNote")
def test_encodings_and_targets(labels, tmp_path):
    seg = dseg.from_array(labels, segments=[LIVER, dseg.Segment(7, "Rest")], affine=AFFINE)
    syntaxes = [codec.name for codec in dseg.codecs() if codec.writes and not codec.lossy]
    assert {"explicit-le", "rle", "label-edge"} <= set(syntaxes)
    for as_ in ("labelmap", "binary"):
        for syntax in ("explicit-le", "rle", "deflated-frame", "label-edge", "jpeg-ls"):
            if syntax in syntaxes and not (as_ == "binary" and syntax == "jpeg-ls"):
                file = io.BytesIO()
                dseg.write(file, seg, as_=as_, transfer_syntax=syntax)
                again = dseg.open(file.getvalue())
                assert again.digest() == seg.digest() and again.encoding["frame_codec"] == syntax
    for name in ("a.nii.gz", "a.seg.nrrd", "a.mha"):
        dseg.write(tmp_path / name, labels, names={3: "x", 7: "y"}, affine=AFFINE)
        assert dseg.compare(seg, tmp_path / name, ignore=["names", "codes", "colors", "details", "provenance"])
    first, second = io.BytesIO(), io.BytesIO()
    for file in (first, second):
        dseg.write(file, seg, uid_seed="x", date_time="20250131235959", series_description="Ärztin", series_number=7)
    assert first.getvalue() == second.getvalue()
    assert pydicom.dcmread(io.BytesIO(first.getvalue())).SeriesDescription == "Ärztin"


def test_images_of_others(labels, tmp_path):
    nifti = nibabel.Nifti1Image(labels.T, np.diag([-1, -1, 1, 1]) @ AFFINE)
    itk = SimpleITK.GetImageFromArray(labels)
    itk.SetSpacing((0.8, 0.8, 2.5))
    itk.SetOrigin((-30, 12, 40))
    for image in (nifti, itk):
        seg = dseg.from_array(image, names={3: "x", 7: "y"})
        assert np.array_equal(seg.labels(), labels) and np.allclose(seg.affine, AFFINE)
        assert np.allclose(dseg.from_array(labels, names={3: "x", 7: "y"}, like=image).affine, AFFINE)


def test_reference_and_like(made, tmp_path):
    seg = dseg.open(made / "few.dcm")
    labels = seg.labels()
    names = {segment.number: segment.label for segment in seg.segments}
    image = pydicom.dcmread(next((made / "ct").iterdir()))
    for options in ({"reference": made / "ct"}, {"affine": seg.affine, "reference": [made / "ct"]}, {"like": seg}):
        path = tmp_path / "r.dcm"
        dseg.write(path, labels, names=names, overwrite=True, **options)
        again = written(path)
        assert np.array_equal(again.labels(), labels) and np.allclose(again.affine, seg.affine, atol=1e-4)
        dataset = pydicom.dcmread(path)
        assert dataset.PatientID == image.PatientID and dataset.StudyInstanceUID == image.StudyInstanceUID
        assert len(dataset.ReferencedSeriesSequence[0].ReferencedInstanceSequence) == 12


def test_convert_transcode_compare_validate_preview(made, tmp_path):
    source, small = made / "few.dcm", tmp_path / "small.dcm"
    assert dseg.transcode(source, small, "rle") == 12
    assert pydicom.dcmread(small).SOPInstanceUID == pydicom.dcmread(source).SOPInstanceUID
    same = dseg.compare(source, small)
    assert same and same.differs == () and same.voxels_compared and len(same.pairs) == 5
    seen = []
    done = dseg.convert(small, tmp_path / "b.dcm", segments=[1, "2-3"], as_="binary", transfer_syntax="rle",
                        progress=lambda *at: seen.append(at))
    assert done.representation == "binary" and done.frame_codec == "rle" and seen[-1][0] == seen[-1][1]
    differ = dseg.compare(source, tmp_path / "b.dcm")
    assert not differ and "segments" in differ.differs
    assert [pair.b is None for pair in differ.pairs] == [False, False, False, True, True]
    assert dseg.compare(source, tmp_path / "b.dcm", ignore=differ.differs)
    assert dseg.validate(tmp_path / "b.dcm") == [] == dseg.validate(small.read_bytes())
    broken = pydicom.dcmread(small)
    broken.SegmentSequence[0].SegmentAlgorithmType = "MAGIC"
    findings = dseg.validate(broken)
    assert findings and findings[0].severity == "error" and "(0062" in findings[0].path
    for what in (small, dseg.open(small), small.read_bytes()):
        picture = dseg.preview(what, size=400)
        assert picture.startswith(b"\x89PNG") and picture._repr_png_() == picture
    assert dseg.open(small)._repr_png_().startswith(b"\x89PNG")
    with pytest.raises(dseg.DsegError):
        dseg.preview(tmp_path / "none.dcm")


def test_bad_arrays(labels, tmp_path):
    path = tmp_path / "bad.dcm"
    good = {"names": {3: "x", 7: "y"}, "affine": AFFINE}
    bad = [
        (labels[0], {}, ValueError, "shape"), (labels.astype(complex), {}, TypeError, "complex"),
        (labels.astype("S1"), {}, TypeError, "integers"), (labels[:0], {}, ValueError, "voxels"),
        (labels, {"names": {3: "x"}}, ValueError, "labels without a segment: 7"),
        (labels, {"names": {3: "x", 7: "y", 9: "z"}}, ValueError, "no voxel has: 9"),
        (labels, {"names": {3: "x", 7: "x"}}, ValueError, "two segments have the name 'x'"),
        (labels, {"names": {3: "x" * 65, 7: "y"}}, ValueError, "64"),
        (labels, {"names": {3.5: "x"}}, TypeError, "integers"), (labels, {"names": {0: "x"}}, ValueError, "1 to 65535"),
        (labels, {"names": {70000: "x"}}, ValueError, "65535"),
        (labels, {"segments": {3: "x", 7: "y"}}, TypeError, "give one"),
        (labels, {"names": None, "segments": "xy"}, TypeError, "list"),
        (labels, {"names": None, "segments": [LIVER, LIVER]}, ValueError, "number 3"),
        (labels, {"names": None, "segments": {4: LIVER}}, ValueError, "stands under 4"),
        (labels, {"names": None, "segments": [3]}, TypeError, "Segment"),
        (labels, {"names": None, "segments": [dseg.Segment(3, "x", color=(1, 2, 300))]}, ValueError, "0 to 255"),
        (labels, {"names": None, "segments": [dseg.Segment(3, "x", algorithm_type="MAGIC")]}, ValueError, "MANUAL"),
        (labels, {"names": None, "segments": [dseg.Segment(3, "x", type=dseg.Code("1", "", "x"))]}, ValueError, "scheme"),
        (labels, {"affine": None}, TypeError, "affine="), (labels, {"affine": np.eye(3)}, ValueError, "4 x 4"),
        (labels, {"affine": np.diag([1, 1, 0, 1])}, ValueError, "one plane"),
        (labels, {"affine": np.full((4, 4), np.nan)}, ValueError, "finite"),
        (labels, {"like": 3, "affine": None}, TypeError, "like"),
        (np.stack([labels, labels]), {}, ValueError, "0 and 1"),
        (np.stack([labels == 3] * 3), {}, ValueError, "3 masks and 2 segments"),
        ({"a": labels == 3, "b": labels[0] == 3}, {"names": None}, ValueError, "one shape"),
        ({"a": labels == 3}, {}, ValueError, "'a'"), ([], {"names": None}, ValueError, "no masks"),
        (labels + 0.25, {}, dseg.DsegError, "array"), (labels.astype(int) - 5, {}, dseg.DsegError, "array"),
        (labels / np.float32(8), {}, ValueError, "one is expected"),
        (labels, {"as_": "nothing"}, dseg.DsegError, "nothing"),
        (labels, {"transfer_syntax": "1.2.3"}, dseg.DsegError, "1.2.3"),
        (labels, {"grid": "reference"}, dseg.DsegError, "reference"), (labels, {"overlap": "all"}, ValueError, "keep"),
        (labels, {"reference": tmp_path}, dseg.DsegError, ""), (labels, {"colour": 3}, TypeError, "colour"),
        (labels, {"encoding": {"level": 3}}, dseg.DsegError, "level"),
    ]
    for array, options, error, text in bad:
        with pytest.raises(error) as raised:
            dseg.write(path, array, **{**good, **options})
        assert text in str(raised.value), (options, str(raised.value))
        assert os.listdir(tmp_path) == []
    with pytest.raises(TypeError, match="path or a file"):
        dseg.write(3, labels, **good)
    seg = dseg.from_array(labels, **good)
    with pytest.raises(ValueError, match="planes, rows, columns"):
        dseg.write(path, labels[1:], names={3: "x", 7: "y"}, like=seg)
    with pytest.raises(TypeError, match="for arrays"):
        dseg.write(path, seg, names={3: "x"})
    assert os.listdir(tmp_path) == []


def test_files_that_exist_and_inputs(labels, tmp_path):
    path = tmp_path / "a.dcm"
    options = {"names": {3: "x", 7: "y"}, "affine": AFFINE}
    dseg.write(path, labels, **options)
    before = path.read_bytes()
    with pytest.raises(dseg.DsegError) as raised:
        dseg.write(path, labels, **options)
    assert raised.value.status is dseg.Status.OUTPUT and "overwrite=" in str(raised.value)
    for call in (lambda: dseg.write(path, dseg.open(path), overwrite=True), lambda: dseg.convert(path, path, overwrite=True),
                 lambda: dseg.write(path, dseg.open(path).select([3]), overwrite=True)):
        with pytest.raises(dseg.DsegError) as raised:
            call()
        assert raised.value.status is dseg.Status.ARGUMENT
    assert path.read_bytes() == before and os.listdir(tmp_path) == ["a.dcm"]
    dseg.transcode(path, path, "rle", overwrite=True)
    assert dseg.open(path).encoding["frame_codec"] == "rle"
    with pytest.raises(dseg.DsegError):
        dseg.transcode(path, path, "none", overwrite=True)


def test_interrupts_and_failing_progress(made, tmp_path):
    path = tmp_path / "a.dcm"

    def interrupt_once():
        done_so = []

        def interrupt(done, total):  # goes on to be called after the call was interrupted
            if not done_so:
                done_so.append(True)
                signal.raise_signal(signal.SIGINT)

        return interrupt

    def fail(done, total):
        raise RuntimeError("enough")

    calls = [
        lambda progress: dseg.convert(made / "labels.dcm", path, as_="binary", transfer_syntax="rle", progress=progress),
        lambda progress: dseg.transcode(made / "labels.dcm", path, "rle", progress=progress),
        lambda progress: dseg.write(path, dseg.open(made / "labels.dcm"), progress=progress),
        lambda progress: dseg.compare(made / "labels.dcm", made / "labels.nii.gz", progress=progress)]
    for call in calls:
        for progress, error in ((interrupt_once(), KeyboardInterrupt), (fail, RuntimeError)):
            with pytest.raises(error):
                call(progress)
            assert not path.exists()


def test_warnings_that_are_errors_leave_no_file(labels, tmp_path):
    """Test runs have warnings as errors: pyproject.toml."""
    path = tmp_path / "a.dcm"
    fractions = labels.astype(np.float32) / 10
    with pytest.raises(dseg.DsegWarning, match="1/255"):
        dseg.write(path, fractions, segments=["x"], affine=AFFINE)
    assert not path.exists()
    with pytest.warns(dseg.DsegWarning) as told:
        dseg.write(path, fractions, segments=["x"], affine=AFFINE)
    assert path.exists() and told[0].filename == __file__


def test_names_of_a_catalogue(labels, tmp_path):
    dseg.write(tmp_path / "plain.nii.gz", labels, names={3: "liver", 7: "kidney_left"}, affine=AFFINE)
    dseg.convert(tmp_path / "plain.nii.gz", tmp_path / "coded.dcm", names="totalsegmentator", require_codes=True,
                 algorithm="TotalSegmentator 2.4", algorithm_type="automatic")  # fmt: skip
    with written(tmp_path / "coded.dcm") as seg:
        assert [(one.type.value, [code.meaning for code in one.modifiers]) for one in seg.segments] == [("10200004", []), ("64033007", ["Left"])]
        assert {(one.algorithm_name, one.algorithm_type) for one in seg.segments} == {("TotalSegmentator 2.4", "AUTOMATIC")}
    with pytest.raises(dseg.DsegError, match="code"):
        dseg.convert(tmp_path / "plain.nii.gz", tmp_path / "none.dcm", require_codes=True)
    with pytest.raises(ValueError, match="algorithm_type"):
        dseg.convert(tmp_path / "plain.nii.gz", tmp_path / "none.dcm", algorithm_type="by hand")
    assert not (tmp_path / "none.dcm").exists()
