# SPDX-License-Identifier: Apache-2.0
"""What a library in Python, or dcmqi's program, finds in a segmentation, printed as judge.py compares it.

usage: python -m who_reads.read_python pydicom|highdicom|simpleitk|dcmqi FILE
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import pydicom

from who_reads.listing import frame, header_geometry, label_names, values_of, volume_frames

CHUNK = 16  # segments at a time: a hundred masks of a volume need gigabytes


def with_pydicom(path):
    dataset = pydicom.dcmread(path)
    values = values_of(dataset)
    frames = []
    for index, pixels in enumerate(dataset.pixel_array.reshape(-1, dataset.Rows, dataset.Columns)):
        number, geometry = header_geometry(dataset, index)
        frames.append(frame(pixels, geometry, values, number))
    return {"frames": frames, "labels": label_names(dataset)}


def array_affine(affine):
    """highdicom's affines are of (plane, row, column)."""
    return affine[:, [2, 1, 0, 3]]


def with_highdicom(path):
    import highdicom

    seg = highdicom.seg.segread(path)
    numbers = [number for number in seg.segment_numbers if number]
    listing = {"labels": label_names(seg)}
    whole = {"tile": [1, 1]}
    is_labels = seg.segmentation_type.value != "FRACTIONAL" and str(seg.get("SegmentsOverlap")) != "YES"
    if is_labels and seg.is_tiled:
        listing["frames"] = [frame(seg.get_total_pixel_matrix(combine_segments=True), whole, "labels")]
        return listing
    if is_labels:
        volume = seg.get_volume(combine_segments=True)
        listing["frames"] = volume_frames(volume.array, array_affine(volume.affine), "labels")
        return listing
    values = "stored" if seg.segmentation_type.value == "FRACTIONAL" else "mask"
    listing["frames"] = []
    for start in range(0, len(numbers), CHUNK):
        some = numbers[start : start + CHUNK]
        volume = seg.get_volume(segment_numbers=some, combine_segments=False, rescale_fractional=False)
        for channel, number in enumerate(some):
            masks = volume.array[..., channel]
            listing["frames"] += volume_frames(masks, array_affine(volume.affine), values, number)
    return listing


def with_simpleitk(path):
    """An image of all frames, one behind the other. What segment a frame is of only the object says."""
    import SimpleITK

    image = SimpleITK.ReadImage(str(path))
    array = SimpleITK.GetArrayViewFromImage(image)
    if image.GetNumberOfComponentsPerPixel() > 1:
        array = array[..., 0]  # colours in the place of labels
    dimension = image.GetDimension()
    affine = np.eye(4)
    steps = np.array(image.GetDirection()).reshape(dimension, dimension) * np.array(image.GetSpacing())
    affine[:dimension, :dimension] = steps
    affine[:dimension, 3] = image.GetOrigin()
    dataset = pydicom.dcmread(path, stop_before_pixels=True)
    values = values_of(dataset)
    frames = []
    for index, pixels in enumerate(array.reshape(-1, *array.shape[-2:])):
        number = header_geometry(dataset, index)[0] if values != "labels" else None
        pixels = pixels != 0 if values == "mask" else pixels
        frames += [dict(one, segment=number) for one in volume_frames([pixels], shifted(affine, index), values)]
    return {"frames": frames}


def shifted(affine, planes):
    moved = affine.copy()
    moved[:3, 3] += affine[:3, 2] * planes
    return moved


def with_dcmqi(path):
    """Volumes of labels; of fractions one for each segment, since merged they have one value for all."""
    import nrrd

    from foreign import nrrd_affine

    is_fractional = pydicom.dcmread(path, stop_before_pixels=True).SegmentationType == "FRACTIONAL"
    program = pathlib.Path(sys.executable).parent / "segimage2itkimage"
    with tempfile.TemporaryDirectory() as folder:
        options = ["--inputDICOM", path, "--outputDirectory", folder, "-p", "p"]
        command = [program, *options, *([] if is_fractional else ["--mergeSegments"])]
        done = subprocess.run(command, capture_output=True)
        sys.stderr.buffer.write(done.stdout + done.stderr)
        sys.stderr.flush()
        if done.returncode != 0:
            sys.exit(done.returncode)  # a signal's number, too: limits.py knows it
        return dcmqi_listing(pathlib.Path(folder), is_fractional, nrrd, nrrd_affine)


def dcmqi_listing(folder, is_fractional, nrrd, nrrd_affine):
    groups = json.loads((folder / "p-meta.json").read_text())["segmentAttributes"]
    frames, labels = [], {}
    for index, attributes in enumerate(groups):
        array, header = nrrd.read(str(folder / f"p-{index + 1}.nrrd"))
        array, affine = np.transpose(array, (2, 1, 0)), nrrd_affine(header)
        labels.update((one["labelID"], one["SegmentLabel"]) for one in attributes if "SegmentLabel" in one)
        if is_fractional:
            frames += volume_frames(array, affine, "stored", attributes[0]["labelID"])
        else:
            for value in np.unique(array):
                if value:
                    frames += volume_frames(array == value, affine, "mask", int(value))
    return {"frames": frames, "labels": labels}


def main():
    name, path = sys.argv[1:]
    readers = {"pydicom": with_pydicom, "highdicom": with_highdicom, "simpleitk": with_simpleitk, "dcmqi": with_dcmqi}
    json.dump(readers[name](path), sys.stdout, default=float)


if __name__ == "__main__":
    main()
