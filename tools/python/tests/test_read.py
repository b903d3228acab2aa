# SPDX-License-Identifier: Apache-2.0
"""Reading: the same voxels as the program's, from every kind of input, and what is refused."""

import io
import os
import pickle
import threading

import nibabel
import numpy as np
import pydicom
import pytest
import SimpleITK

import dseg
from conftest import run


def test_labels_are_those_of_the_program(made):
    wanted = np.asarray(nibabel.load(made / "labels.nii.gz").dataobj).T
    with dseg.open(made / "labels.dcm") as seg:
        labels = seg.labels()
        assert labels.dtype == np.uint8 and labels.flags.c_contiguous
        assert np.array_equal(labels, wanted) and labels.max() == 108
        assert seg.shape == wanted.shape and seg.kind == "labels" and seg.format == "DICOM"
        assert seg.encoding["representation"] == "labelmap"
        assert len(seg.segments) == 108 and seg.segments[0].type is not None
        assert seg.digest() == dseg.open(made / "labels.nii.gz").digest()
    assert np.array_equal(labels, wanted)  # it outlives the source


def test_every_kind_of_input(made, tmp_path):
    path = made / "few.dcm"
    data = path.read_bytes()
    wanted = dseg.open(path).labels()
    inputs = [str(path), os.fsencode(path).decode(), path, data, bytearray(data), memoryview(data), io.BytesIO(data),
              path.open("rb"), f"file://{path}", pydicom.dcmread(path), [path]]
    for what in inputs:
        with dseg.open(what) as seg:
            assert np.array_equal(seg.labels(), wanted), what
        if hasattr(what, "close"):
            what.close()
    import fsspec

    fsspec.filesystem("memory").pipe("/few.dcm", data)
    with dseg.open("memory://few.dcm") as seg:
        assert np.array_equal(seg.labels(), wanted)


def test_masks_of_a_directory_and_parts(made, tmp_path):
    run("convert", made / "few.dcm", tmp_path / "masks.nii.gz", "--split")
    masks = sorted(tmp_path.glob("masks*.nii.gz"))
    assert len(masks) == 5
    whole = dseg.open(tmp_path)
    assert np.array_equal(whole.labels(), dseg.open(masks).labels())
    assert len(whole.segments) == 5
    run("samples", made / "few.dcm", tmp_path / "set", "--edge-cases", "--only", "labelmap/explicit-le")
    parts = [tmp_path / f"set/edge-cases/concatenation-rle-{number}.dcm" for number in (3, 1, 2)]
    frames = [pydicom.dcmread(part).NumberOfFrames for part in parts]
    assert dseg.open(parts).encoding["frame_count"] == sum(frames)


def test_planes(made):
    seg = dseg.open(made / "labels.dcm")
    every = seg.labels()
    for planes in (3, -1, slice(5, 9), slice(30, 3, -4), [7, 8, 2, -1], range(4), np.array([1, 1]), slice(9, 9)):
        index = list(planes) if isinstance(planes, range) else planes
        assert np.array_equal(seg.labels(planes), every[index]), planes
        assert np.array_equal(seg.mask(1, planes), every[index] == 1), planes
    for planes in (40, [-41]):
        with pytest.raises(IndexError, match="of 40"):
            seg.labels(planes)


def test_segments(made):
    seg = dseg.open(made / "few.dcm")
    every = seg.labels()
    name = seg.segments[2].label
    assert seg[3] is seg.segments[2] and seg[name.upper()] is seg.segments[2]
    assert 3 in seg and name in seg and 77 not in seg and "gall" not in seg
    some = seg.labels(segments=[name, 1])
    assert np.array_equal(some, np.where(np.isin(every, [1, 3]), every, 0))
    assert np.array_equal(seg.labels(segments=3), np.where(every == 3, every, 0))
    assert not seg.labels(segments=[]).any()
    with pytest.raises(KeyError, match="77"):
        seg.labels(segments=[77])
    with pytest.raises(KeyError, match="did you mean"):
        seg.mask(name + "s")
    part = seg.select([name], range(2, 6))
    assert [one.label for one in part.segments] == [name] and part.shape[0] == 4
    assert np.array_equal(part.labels(), np.where(every == 3, every, 0)[2:6])


def test_types_and_out(made):
    seg = dseg.open(made / "labels.dcm")
    every = seg.labels()
    for kind in (np.uint16, "uint32"):
        labels = seg.labels(dtype=kind)
        assert labels.dtype == kind and np.array_equal(labels, every)
    out = np.full((2, *every.shape[1:]), 9, np.uint16)
    assert seg.labels(slice(4, 6), out=out) is out and np.array_equal(out, every[4:6])
    mask = np.ones(every.shape, bool)
    assert seg.mask(7, out=mask) is mask and np.array_equal(mask, every == 7)
    bad = [(TypeError, {"dtype": np.int16}), (TypeError, {"dtype": ">u2"}), (TypeError, {"out": [1]}),
           (ValueError, {"out": np.zeros((3, 3), np.uint8)}), (ValueError, {"out": np.zeros(every.T.shape, np.uint8).T}),
           (ValueError, {"overlap": "all"}), (ValueError, {"layer": -1})]
    for error, options in bad:
        with pytest.raises(error):
            seg.labels(**options)
    locked = np.zeros(every.shape, np.uint8)
    locked.flags.writeable = False
    with pytest.raises(ValueError, match="can be written"):
        seg.labels(out=locked)


def test_overlap_and_layers(made):
    seg = dseg.open(made / "overlap.dcm")
    with pytest.raises(dseg.OverlapError) as raised:
        seg.labels()
    assert raised.value.status is dseg.Status.OVERLAP and "overlap" in str(raised.value)
    masks = np.stack([seg.mask(segment.number) for segment in seg.segments])
    numbers = np.array([segment.number for segment in seg.segments])
    first, last = seg.labels(overlap="first"), seg.labels(overlap="last")
    covered = masks.any(axis=0)
    assert np.array_equal(first, np.where(covered, numbers[masks.argmax(axis=0)], 0))
    assert np.array_equal(last, np.where(covered, numbers[::-1][masks[::-1].argmax(axis=0)], 0))
    layers = seg.layers()
    assert max(layers) > 1
    for segment, layer, mask in zip(seg.segments, layers, masks):
        assert np.array_equal(seg.labels(layer=layer) == segment.number, mask)


def test_statistics(made):
    seg = dseg.open(made / "few.dcm")
    every = seg.labels()
    seen = []
    for one in seg.statistics(progress=lambda done, total: seen.append((done, total))):
        where = np.argwhere(every == one.segment.number)
        assert one.voxels == len(where) and one.unit == "ml"
        assert one.ml == pytest.approx(len(where) * abs(np.linalg.det(seg.affine[:3, :3])) / 1000)
        assert one.centroid == pytest.approx(where.mean(axis=0)[::-1])
        assert one.centroid_mm == pytest.approx((seg.affine @ [*one.centroid, 1])[:3])
        assert one.low == tuple(where.min(axis=0)[::-1]) and one.planes == range(where[:, 0].min(), where[:, 0].max() + 1)
    assert seen[-1] == (12, 12)
    with pytest.raises(KeyboardInterrupt):
        seg.statistics(progress=_interrupt)


def _interrupt(done, total):
    raise KeyboardInterrupt


def test_space(made):
    seg = dseg.open(made / "labels.dcm")
    image = nibabel.load(made / "labels.nii.gz")
    assert np.allclose(seg.affine_ras, image.affine, atol=1e-4)
    assert np.allclose(seg.positions, (seg.affine @ [[0] * 40, [0] * 40, range(40), [1] * 40])[:3].T)
    ours = seg.to_nibabel()
    assert np.array_equal(np.asarray(ours.dataobj), np.asarray(image.dataobj))
    for key in ((..., 5), (slice(2, 7), 3, slice(4, 9)), (1, 2, 3), (slice(None), slice(None), [1, 2]), 4):
        assert np.array_equal(ours.dataobj[key], np.asarray(image.dataobj)[key]), key
    itk = seg.to_sitk()
    wanted = SimpleITK.ReadImage(str(made / "labels.nii.gz"))
    assert np.array_equal(SimpleITK.GetArrayFromImage(itk), SimpleITK.GetArrayFromImage(wanted))
    assert np.allclose(itk.GetOrigin(), wanted.GetOrigin(), atol=1e-4) and itk.GetSize() == wanted.GetSize()
    assert np.allclose(itk.GetDirection(), wanted.GetDirection(), atol=1e-6)


def test_missing_planes_are_in_the_volume(made, tmp_path):
    labels = dseg.open(made / "few.dcm").labels()
    labels[3:5] = 0
    dseg.write(tmp_path / "gap.dcm", labels, like=dseg.open(made / "few.dcm"))
    seg = dseg.open(tmp_path / "gap.dcm")
    assert seg.shape[0] == 10 and seg.slots == [0, 1, 2, *range(5, 12)]
    assert np.array_equal(seg.volume(), labels) and np.array_equal(seg.volume(planes=slice(2, 6)), labels[2:6])
    assert np.array_equal(seg.labels(), labels[seg.slots])


def test_onto_images(made, tmp_path):
    whole = dseg.open(made / "few.dcm")
    part = tmp_path / "part.dcm"
    with pytest.warns(dseg.DsegWarning, match="images are not in"):
        dseg.write(part, whole.select(planes=range(3, 9)))
    wanted = whole.labels().copy()
    wanted[:3] = wanted[9:] = 0
    on = dseg.open(part).onto(made / "ct")
    assert on.shape == whole.shape and np.array_equal(on.labels(), wanted)
    assert np.array_equal(dseg.open(part).onto(whole).labels(), wanted)
    with pytest.raises(dseg.DsegError, match="outside"):
        whole.onto(dseg.open(part))
    with pytest.warns(dseg.DsegWarning):
        cropped = whole.onto(dseg.open(part), crop=True)
    assert np.array_equal(cropped.labels(), wanted[3:9])


def test_pickle_threads_and_life(made):
    seg = dseg.open(made / "labels.dcm")
    wanted = seg.labels()
    for one in (seg, dseg.open((made / "labels.dcm").read_bytes()), seg.select([5], range(9)), seg.onto(seg)):
        again = pickle.loads(pickle.dumps(one))
        assert np.array_equal(again.labels(), one.labels()) and again.segments == one.segments
    wrong = []

    def read():
        wrong.extend(1 for _ in range(5) if not np.array_equal(seg.labels(), wanted))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    view = seg.select([5])
    seg.close()
    seg.close()
    assert seg.closed and view.closed and "closed" in repr(seg)
    for one in (seg, view):
        with pytest.raises(ValueError, match="closed"):
            one.labels()
    failure = pickle.loads(pickle.dumps(dseg.DsegError(dseg.Status.FORMAT, "text")))
    assert failure.status is dseg.Status.FORMAT and str(failure) == "text"


def test_what_is_no_segmentation(made, tmp_path):
    data = (made / "few.dcm").read_bytes()
    image = next((made / "ct").iterdir())
    for what, status in ((tmp_path / "none.dcm", dseg.Status.INPUT), (b"text", dseg.Status.UNSUPPORTED),
                         (data[:3000], dseg.Status.FORMAT), (image, dseg.Status.UNSUPPORTED)):
        with pytest.raises(dseg.DsegError) as raised:
            dseg.open(what)
        assert raised.value.status is status and len(str(raised.value)) > 10
    for what in (3, None, io.StringIO("text")):
        with pytest.raises(TypeError):
            dseg.open(what)
    with pytest.raises(ValueError, match="NUL"):
        dseg.open("a\0b")
    with pytest.raises(ValueError):
        dseg.open([])
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(FileNotFoundError):
        dseg.open(empty)
    with pytest.raises(FileNotFoundError):
        dseg.open("memory://not-there.dcm")


def test_a_file_that_fails_behind_fsspec(made):
    import fsspec

    fsspec.filesystem("memory").pipe("/fails.dcm", (made / "binary.dcm").read_bytes())
    seg = dseg.open("memory://fails.dcm")
    seg._source.kept.remotes[0].file = io.BytesIO()
    seg._source.kept.remotes[0].file.close()
    with pytest.raises(dseg.DsegError) as raised:
        seg.labels()
    assert raised.value.status is dseg.Status.INPUT and "closed file" in str(raised.value)


def test_fractions(made, tmp_path):
    values = np.zeros((3, 8, 10), np.float32)
    values[1, 2:6, 3:7] = np.linspace(0.1, 0.9, 16).reshape(4, 4)
    with pytest.warns(dseg.DsegWarning, match="1/255"):
        dseg.write(tmp_path / "f.dcm", values, segments=["Nodule"], affine=np.diag([2, 2, 3, 1]))
    seg = dseg.open(tmp_path / "f.dcm")
    assert seg.kind == "probability"
    read = np.zeros_like(values)
    read[seg.slots] = seg.fractions("Nodule")
    assert read.dtype == np.float32 and np.abs(read - values).max() <= 0.5 / 255
    assert np.array_equal(seg.mask("Nodule", threshold=0.5), seg.fractions("Nodule") >= 0.5)
