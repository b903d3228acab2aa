# SPDX-License-Identifier: Apache-2.0
"""The images of a phantom in the eyes of others: valid, where the segmentation lies, and as bright as its organs; and in
pictures, compressed by others, too.

usage: check_phantom.py
"""

import pathlib

import highdicom
import numpy as np
import pydicom
import SimpleITK

import readers
from peerlib import dseg, step

OBJECTS = {"labelmap": "labelmap.dcm", "binary": "binary.dcm"}
# CT numbers by label, HU (tools/phantom/structures.c).
BRIGHTNESS = {"liver": 108, "spleen": 122, "aorta": 165, "lung upper lobe left": -850, "heart": 135, "vertebra L1": 199}
NOISE = 12


def check_images(paths):
    """What all images share, and where each lies."""
    images = [pydicom.dcmread(path) for path in paths]
    for keyword in ("PatientID", "StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID"):
        assert len({image[keyword].value for image in images}) == 1, keyword
    assert len({image.SOPInstanceUID for image in images}) == len(images)
    assert {str(image.PatientName) for image in images} == {"Phantom"}
    assert {image.SOPClassUID for image in images} == {pydicom.uid.CTImageStorage}
    assert [image.InstanceNumber for image in images] == list(range(1, len(images) + 1))
    for image in images[:: len(images) // 4]:
        assert image.pixel_array.shape == (image.Rows, image.Columns)
        readers.with_dciodvfy(image.filename, iod="CTImage")
    return images


def check_object(path, images):
    """highdicom finds the images that the object names, and its frames by them; dciodvfy finds no error."""
    seg = highdicom.seg.segread(path)
    for keyword in ("PatientID", "PatientName", "StudyInstanceUID", "FrameOfReferenceUID"):
        assert seg[keyword].value == images[0][keyword].value, keyword
    wanted = {(image.StudyInstanceUID, image.SeriesInstanceUID, image.SOPInstanceUID) for image in images}
    assert {tuple(map(str, one)) for one in seg.get_source_image_uids()} == wanted
    uids = [image.SOPInstanceUID for image in images]
    found = seg.get_pixels_by_source_instance(
        uids, combine_segments=True, assert_missing_frames_are_empty=True, ignore_spatial_locations=True)  # fmt: skip
    volume = highdicom.get_volume_from_series(images)
    own = seg.get_volume(combine_segments=True)
    assert own.spatial_shape == volume.spatial_shape, (own.spatial_shape, volume.spatial_shape)
    assert np.allclose(own.affine, volume.affine, atol=1e-4)
    assert sorted(np.unique(found)) == sorted(np.unique(own.array))
    readers.with_dciodvfy(path)


def check_with_simpleitk():
    """ITK's series reader gives the segmentation's grid; each segment is as bright as its organ, but for noise."""
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames("ct"))
    image = reader.Execute()
    dseg("convert", OBJECTS["labelmap"], "labels.nii.gz", "--force")
    labels = SimpleITK.ReadImage("labels.nii.gz")
    assert image.GetSize() == labels.GetSize()
    for get in ("GetOrigin", "GetSpacing", "GetDirection"):
        assert np.allclose(getattr(image, get)(), getattr(labels, get)(), atol=1e-4), get
    names = {item.SegmentNumber: item.SegmentLabel for item in pydicom.dcmread(OBJECTS["labelmap"]).SegmentSequence}
    values, numbers = SimpleITK.GetArrayFromImage(image), SimpleITK.GetArrayFromImage(labels)
    seen = set()
    for number, name in names.items():
        inside = values[numbers == number]
        if number == 0 or len(inside) < 50:
            continue
        assert abs(inside.std() - NOISE) < 5, (name, inside.std())
        if name in BRIGHTNESS:
            assert abs(inside.mean() - BRIGHTNESS[name]) < 1 + 4 * NOISE / len(inside) ** 0.5, (name, inside.mean())
            seen.add(name)
    assert seen == set(BRIGHTNESS), set(BRIGHTNESS) - seen


def check_pictures():
    """Compressed images give the same picture below the segments."""
    pictures = []
    for syntax in (pydicom.uid.ExplicitVRLittleEndian, pydicom.uid.RLELossless, pydicom.uid.JPEGLSLossless):
        folder = pathlib.Path(f"ct-{syntax}")
        folder.mkdir(exist_ok=True)
        for path in pathlib.Path("ct").iterdir():
            image = pydicom.dcmread(path)
            if syntax.is_compressed:
                image.compress(syntax, generate_instance_uid=False)
            image.save_as(folder / path.name)
        dseg("preview", OBJECTS["labelmap"], "picture.png", "--reference", folder, "--force")
        pictures.append(pathlib.Path("picture.png").read_bytes())
    assert pictures[0] == pictures[1] == pictures[2]


def main():
    dseg("phantom", OBJECTS["labelmap"], "--size", "80x70x40", "--spacing", "5x5x16", "--images", "ct", "--force")
    dseg("convert", OBJECTS["labelmap"], OBJECTS["binary"], "--as", "binary", "--force")
    paths = sorted(pathlib.Path("ct").iterdir())
    images = []
    with step("images"):
        images = check_images(paths)
    for kind, path in OBJECTS.items():
        with step(kind):
            check_object(path, images)
    with step("SimpleITK"):
        check_with_simpleitk()
    with step("pictures"):
        check_pictures()
    step.finish()


if __name__ == "__main__":
    main()
