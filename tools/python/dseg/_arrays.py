# SPDX-License-Identifier: Apache-2.0
"""From arrays of a caller to a source of the library: what the voxels are, where they lie, and what they mean."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._native import Listener, Strings, ffi, lib
from ._source import Source, make
from .segmentation import Segmentation
from .segments import Segment, as_segments, to_c
from .views import describe_images

Segments = Union[Iterable[Union[Segment, str]], Mapping[int, Union[Segment, str]]]
Names = Union[Sequence[str], Mapping[int, str], Mapping[str, int]]
TYPES = {np.dtype(name): getattr(lib, "DSEG_VOXEL_" + name.upper()) for name in (
    "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64")}
LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


class Voxels(NamedTuple):
    """What a caller gave as voxels: labels [plane, row, column], or masks and fractions [segment, plane, row, column]."""

    array: NDArray[Any]
    affine: NDArray[np.float64] | None  # that comes with them
    keys: list[int | str] | None  # of masks in a mapping


def voxels_of(what: Any) -> Voxels:
    """An array in C order of a type that the library knows."""
    affine, keys = None, None
    if hasattr(what, "dataobj") and hasattr(what, "affine"):  # nibabel: [i, j, k], RAS
        what, affine = np.asanyarray(what.dataobj).T, LPS_TO_RAS @ np.asarray(what.affine, float)
    elif hasattr(what, "GetDirection") and hasattr(what, "GetSpacing"):
        from .interop import sitk_voxels

        what, affine = sitk_voxels(what)
    elif isinstance(what, Mapping):
        keys = list(what)
        what = _stack(list(what.values()))
    elif isinstance(what, (list, tuple)):
        what = _stack(list(what))
    array = np.asarray(what)
    if array.ndim not in (3, 4):
        raise ValueError(f"an array of labels [plane, row, column] or of masks [segment, plane, row, column] is expected, "
                         f"not one of shape {array.shape}")
    if array.size == 0:
        raise ValueError(f"an array with voxels is expected, not one of shape {array.shape}")
    return Voxels(_as_known_type(array), affine, keys)


def _stack(masks: list[ArrayLike]) -> NDArray[Any]:
    """Masks one behind the other, which all have one shape."""
    arrays = [np.asarray(mask) for mask in masks]
    if not arrays:
        raise ValueError("there are no masks")
    for array in arrays:
        if array.ndim != 3 or array.shape != arrays[0].shape:
            raise ValueError(f"masks [plane, row, column] of one shape are expected, not {array.shape} beside "
                             f"{arrays[0].shape}")
    return np.stack(arrays)


def _as_known_type(array: NDArray[Any]) -> NDArray[Any]:
    if array.dtype == np.bool_:
        array = array.view(np.uint8)
    elif array.dtype == np.float16:
        array = array.astype(np.float32)
    native = array.dtype.newbyteorder("=")
    if native not in TYPES:
        raise TypeError(f"voxels are integers, bool or floats of 16 to 64 bits, not {array.dtype}")
    if array.ndim == 4 and native.kind in "iu" and (array.min() < 0 or array.max() > 1):
        raise ValueError(f"masks are 0 and 1; these have values from {array.min()} to {array.max()}: labels of segments "
                         "that do not overlap are an array [plane, row, column]")
    return np.ascontiguousarray(array, native)


def named(names: Names) -> list[Segment]:
    """Segments of a list of names, whose first is that of label 1 (or "background", of label 0), or of a mapping from
    labels to names, or from names to labels."""
    if isinstance(names, (str, bytes, os.PathLike)):
        raise TypeError(f"names={names!r}: a list or a mapping is expected here")
    if isinstance(names, Mapping):
        pairs = [(key, value) if isinstance(key, str) else (value, key) for key, value in names.items()]
    else:
        listed = list(names)
        start = 0 if listed and str(listed[0]).casefold() == "background" else 1
        pairs = [(name, number) for number, name in enumerate(listed, start)]
    for name, number in pairs:
        if not isinstance(name, str) or isinstance(number, bool) or not hasattr(number, "__index__"):
            raise TypeError(f"names: texts and integers are expected, not {name!r} and {number!r}")
    return as_segments([Segment(number=int(number), label=str(name)) for name, number in pairs
                        if not (number == 0 and str(name).casefold() == "background")])


def _describe(voxels: Voxels, segments: Segments | None, names: Names | None) -> list[Segment] | None:
    """What the caller says of segments; None: nothing. Of masks one for each, in their order."""
    if segments is not None and names is not None:
        raise TypeError("segments= and names= say the same: give one of them")
    said = as_segments(segments) if segments is not None else named(names) if names is not None else None
    if voxels.array.ndim == 3:
        return said
    if voxels.keys is not None:
        said = _match(voxels.keys, said)
    if said is not None and len(said) != len(voxels.array):
        raise ValueError(f"{len(voxels.array)} masks and {len(said)} segments: one for each is expected")
    return said


def _match(keys: list[int | str], said: list[Segment] | None) -> list[Segment]:
    """The segments of masks in a mapping, whose keys are numbers or labels."""
    if said is None:
        numbers = {key for key in keys if not isinstance(key, str)}
        free = (number for number in range(1, len(keys) + len(numbers) + 1) if number not in numbers)
        return as_segments([Segment(number=next(free), label=key) if isinstance(key, str) else Segment(number=key)
                            for key in keys])
    by_key: dict[object, Segment] = {segment.number: segment for segment in said}
    by_key.update({segment.label: segment for segment in said if segment.label})
    absent = [key for key in keys if key not in by_key]
    if absent:
        raise ValueError(f"no segment describes the mask {absent[0]!r}")
    return [by_key[key] for key in keys]


def open_array(what: Any, segments: Segments | None, names: Names | None, affine: ArrayLike | None, like: Any,
               reference: Any, threads: int) -> Segmentation:
    """A segmentation of voxels. reference counts where nothing else says where they lie."""
    voxels = voxels_of(what)
    said = _describe(voxels, segments, names)
    listener, strings = Listener(), Strings()
    array = ffi.new("dseg_array *", {"struct_size": ffi.sizeof("dseg_array"), "type": TYPES[voxels.array.dtype],
                                     "layer_count": len(voxels.array) if voxels.array.ndim == 4 else 1,
                                     "voxels": ffi.from_buffer(voxels.array)})
    description = strings.keep(ffi.new("dseg_description *"))
    array.grid.size = list(voxels.array.shape[:-4:-1])
    kept = _place(array, description, voxels, affine, like, reference, listener)
    if said is not None:
        description.segments, description.segment_count = to_c(said, strings), len(said)
        if voxels.array.ndim == 4:
            array.layer_of_segment = strings.keep(ffi.new("uint32_t[]", list(range(len(said))) or 1))
            array.value_of_segment = strings.keep(ffi.new("uint32_t[]", [1] * len(said) or 1))
    array.description = description
    options = ffi.new("dseg_open_options *", {"struct_size": ffi.sizeof("dseg_open_options"), "threads": threads,
                                             "memory_limit": 2 ** 64 - 1})
    listener.warnings(options.warnings)
    listener.notes(options.notes)

    def call(made: Any, error: Any, borrowed: object = (voxels, strings, kept)) -> int:  # which live until it is over
        return int(lib.dseg_open_array(array, b"the array", options, made, error))

    source = make(call, Listener())
    try:
        seg = _checked(source, said, names is not None, voxels.array.ndim == 4, threads)
        listener.finish()  # labels that nobody described were refused before: no need to warn of them
        return seg
    except BaseException:
        source.close()
        raise


def _place(array: Any, description: Any, voxels: Voxels, affine: ArrayLike | None, like: Any, reference: Any,
           listener: Listener) -> object:
    """Says where the voxels lie; returns what must live until the call is over."""
    if affine is None and like is None and voxels.affine is None:
        if reference is None:
            raise TypeError("where the voxels lie is not known: give affine=, like= or reference=")
        images = describe_images(reference, listener)
        description[0] = images[0]
        return images
    if isinstance(like, Segmentation) and affine is None and voxels.affine is None:
        if tuple(voxels.array.shape[-3:]) == like.shape:
            with like._source.reading() as pointer:
                description[0] = lib.dseg_source_description(pointer)[0]
            _forget(description)
            return like
    if like is not None and affine is None:
        affine = _affine_of(like, tuple(voxels.array.shape[-3:]))
    _put_affine(array.grid, voxels.affine if affine is None else affine)
    return None


def _affine_of(like: Any, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """The affine of a segmentation or an image, whose planes, rows and columns are those of shape."""
    if isinstance(like, Segmentation):
        affine, size = like.affine, tuple(like._grid()[0].size)
    elif hasattr(like, "GetDirection"):
        from .interop import sitk_affine

        affine, size = sitk_affine(like), tuple(like.GetSize())
    elif hasattr(like, "affine"):
        affine, size = np.asarray(LPS_TO_RAS @ np.asarray(like.affine, float)), tuple(like.shape[:3])
    else:
        raise TypeError(f"like: a segmentation, or an image of nibabel or SimpleITK, is expected, not {type(like).__name__}")
    if size[::-1] != shape:
        raise ValueError(f"like: it has (planes, rows, columns) {size[::-1]}, and the array has {shape}")
    return affine


def _put_affine(grid: Any, affine: ArrayLike | None) -> None:
    matrix = np.asarray(affine, float)
    if matrix.shape != (4, 4) or not np.isfinite(matrix).all() or not np.allclose(matrix[3], [0, 0, 0, 1]):
        raise ValueError("affine: a finite 4 x 4 matrix from indices (column, row, plane, 1) to mm (LPS), whose last row is "
                         "0 0 0 1, is expected")
    if abs(np.linalg.det(matrix[:3, :3])) < 1e-12:
        raise ValueError("affine: the axes of voxels lie in one plane")
    grid.origin = matrix[:3, 3].tolist()
    grid.step = matrix[:3, :3].T.tolist()


def _forget(description: Any) -> None:
    """What another object says of its own voxels, segments and frames."""
    nothing = ffi.new("dseg_view *")[0]
    description.kind, description.maximum_fraction = lib.DSEG_VOXELS_LABELS, 0
    description.segments, description.segment_count = ffi.NULL, 0
    description.content = ffi.new("dseg_content *")[0]
    description.attributes = description.background_attributes = description.shared_attributes = nothing
    description.frames, description.frame_count = ffi.NULL, 0
    description.dropped, description.dropped_count = ffi.NULL, 0


def _checked(source: Source, said: list[Segment] | None, must_occur: bool, masks: bool, threads: int) -> Segmentation:
    """Refuses labels without a segment and names without a label; gives masks the numbers that were said."""
    seg = Segmentation(source, None, threads)
    if said is None:
        return seg
    wanted = [segment.number for segment in said]
    if masks or seg.kind == "probability":
        if len(seg.segments) != len(said):
            raise ValueError(f"fractions of one segment, and {len(said)} segments: one is expected")
        return seg if wanted == [segment.number for segment in seg.segments] else _renumber(seg, wanted)
    undescribed = sorted({segment.number or 0 for segment in seg.segments} - {number or 0 for number in wanted})
    if undescribed:
        raise ValueError(f"labels without a segment: {_listed(undescribed)}")
    if must_occur:
        absent = _absent(seg)
        if absent:
            raise ValueError(f"names for labels that no voxel has: {_listed(absent)}; segments= keeps what was looked for "
                             "and not found")
    return seg


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(str(number) for number in numbers[:10]) + (f" and {len(numbers) - 10} more" if len(numbers) > 10 else "")


def _absent(seg: Segmentation) -> list[int]:
    """Numbers of segments that have no voxel."""
    found = np.zeros(len(seg.segments), bool)
    present = np.zeros(len(seg.segments) or 1, np.uint8)
    error = ffi.new("dseg_error *")
    with seg._source.reading() as pointer:
        for plane in range(seg.shape[0]):
            if found.all():
                break
            lib.dseg_source_segments_in_plane(pointer, plane, ffi.from_buffer("uint8_t[]", present), error)
            found |= present[:len(found)] != 0
    return [segment.number or 0 for segment, here in zip(seg.segments, found) if not here]


def _renumber(seg: Segmentation, numbers: Sequence[int | None]) -> Segmentation:
    options = ffi.new("dseg_derive_options *", {"struct_size": ffi.sizeof("dseg_derive_options"), "take_source": False,
                                               "numbering": lib.DSEG_VIEW_NUMBERS_GIVEN, "threads": seg._threads})
    every = ffi.new("uint32_t[]", list(range(len(numbers))) or 1)
    given = ffi.new("uint32_t[]", [number or 0 for number in numbers])
    options.segments, options.segment_count, options.numbers = every, len(numbers), given

    def call(made: Any, error: Any) -> int:
        with seg._source.reading() as pointer:
            return int(lib.dseg_source_derive(pointer, options, made, error))

    return Segmentation(make(call, Listener(), (every, given), seg._source), None, seg._threads)
