# SPDX-License-Identifier: Apache-2.0
"""Voxels of a source into arrays of numpy, plane by plane. Arrays are [plane, row, column]."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, SupportsIndex, Union

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ._native import check, ffi, lib
from ._source import Source

Planes = Union[None, SupportsIndex, slice, Iterable[SupportsIndex]]
AnyArray = NDArray[Any]
OVERLAP = {"error": lib.DSEG_OVERLAP_ERROR, "first": lib.DSEG_OVERLAP_FIRST, "last": lib.DSEG_OVERLAP_LAST}
LABEL_TYPES = (np.dtype(np.uint8), np.dtype(np.uint16), np.dtype(np.uint32))
PIECE = 32 << 20  # bytes that one call reads: KeyboardInterrupt is raised between two of them


class Run(NamedTuple):
    """Planes of the source that follow each other, and where they go in the array."""

    first: int
    size: int
    at: int


class Chosen(NamedTuple):
    """Planes that a caller chose: runs of them, how many, and whether it is one, whose array is [row, column]."""

    runs: list[Run]
    total: int
    single: bool


def choose(planes: Planes, count: int) -> Chosen:
    """None: all; an integer; a slice; or integers in any order. Negative ones count from the end."""
    if planes is None:
        return Chosen([Run(0, count, 0)], count, False)
    if isinstance(planes, slice):
        indices: Iterable[int] = range(*planes.indices(count))
        single = False
    else:
        single = is_integer(planes)
        given: Iterable[Any] = [planes] if single else planes  # type: ignore[assignment]
        indices = [_plane(index, count) for index in given]
    runs: list[Run] = []
    at = 0
    for index in indices:
        if runs and runs[-1].first + runs[-1].size == index:
            runs[-1] = runs[-1]._replace(size=runs[-1].size + 1)
        else:
            runs.append(Run(index, 1, at))
        at += 1
    return Chosen(runs, at, single)


def is_integer(value: object) -> bool:
    """Whether it stands for one number: arrays have the method, too."""
    return hasattr(value, "__index__") and np.ndim(value) == 0  # type: ignore[arg-type]


def _plane(index: Any, count: int) -> int:
    plane = operator.index(index)
    if not -count <= plane < count:
        raise IndexError(f"plane {plane} of {count}")
    return plane + count if plane < 0 else plane


def _array(out: AnyArray | None, shape: tuple[int, ...], dtype: np.dtype[Any]) -> AnyArray:
    """The caller's array, checked, or a new one."""
    if out is None:
        return np.empty(shape, dtype)
    if out.shape != shape or out.dtype != dtype:
        raise ValueError(f"out: an array of shape {shape} and type {dtype} is expected, not {out.shape} and {out.dtype}")
    if not (out.flags.c_contiguous and out.flags.writeable):
        raise ValueError("out: an array in C order that can be written is expected")
    return out


def _fill(out: AnyArray, chosen: Chosen, bits: int, source: Source,
          read: Callable[[Any, Run, Any, int, Any], int]) -> None:
    """Has read fill pieces of out, whose planes are contiguous."""
    if out.size == 0:
        return
    data: Any = out
    error = ffi.new("dseg_error *")
    plane_bytes = out.nbytes // max(1, chosen.total)
    with source.reading() as pointer, memoryview(data).cast("B") as whole:
        most = max(lib.dseg_source_chunk_planes(pointer, bits), PIECE // max(1, plane_bytes))
        for run in chosen.runs:
            for start in range(0, run.size, most):
                piece = Run(run.first + start, min(most, run.size - start), run.at + start)
                begin = piece.at * plane_bytes
                size = piece.size * plane_bytes
                buffer = ffi.from_buffer("uint8_t[]", whole[begin:begin + size], require_writable=True)
                check(read(pointer, piece, buffer, size, error), error)


def label_type(dtype: DTypeLike | None, out: AnyArray | None, largest: int) -> np.dtype[Any]:
    """The smallest type that holds the largest number, or the one that the caller wants."""
    if out is not None and not isinstance(out, np.ndarray):
        raise TypeError(f"out: a numpy array is expected, not {type(out).__name__}")
    if dtype is None and out is None:
        return next(one for one in LABEL_TYPES if largest <= np.iinfo(one).max)
    wanted = np.dtype(dtype if dtype is not None else out.dtype)  # type: ignore[union-attr]
    if wanted not in LABEL_TYPES:
        raise TypeError(f"dtype: labels are uint8, uint16 or uint32 in the order of this machine, not {wanted}")
    if largest > np.iinfo(wanted).max:
        raise ValueError(f"dtype: {wanted} cannot hold the number {largest}")
    return wanted


def read_labels(source: Source, shape: tuple[int, int, int], planes: Planes, indices: Sequence[int] | None, *,
                background: int, overlap: str, dtype: np.dtype[Any], out: AnyArray | None, layer: int,
                threads: int) -> AnyArray:
    """indices: of segments; None: all."""
    if overlap not in OVERLAP:
        raise ValueError(f"overlap={overlap!r}: one of {', '.join(OVERLAP)} is expected")
    if layer < 0:
        raise ValueError(f"layer={layer}: layers count from 1, 0 stands for all")
    chosen = choose(planes, shape[0])
    labels = _array(out, shape[1:] if chosen.single else (chosen.total, *shape[1:]), dtype)
    wanted = ffi.NULL if indices is None else ffi.new("uint32_t[]", list(indices) or 1)
    request = ffi.new("dseg_label_request *", {
        "struct_size": ffi.sizeof("dseg_label_request"), "bits": 8 * labels.itemsize, "segments": wanted,
        "segment_count": 0 if indices is None else len(indices), "background": background,
        "overlap": OVERLAP[overlap], "threads": threads, "layer": layer})

    def read(pointer: Any, run: Run, buffer: Any, size: int, error: Any) -> int:
        request.first_plane, request.plane_count = run.first, run.size
        return int(lib.dseg_source_read_labels(pointer, request, buffer, size, ffi.NULL, error))

    _fill(labels, chosen, 8 * labels.itemsize, source, read)
    return labels


def read_mask(source: Source, shape: tuple[int, int, int], planes: Planes, index: int, *, out: AnyArray | None,
              threads: int) -> AnyArray:
    """One byte a voxel: 0 or 1, or the stored fraction."""
    chosen = choose(planes, shape[0])
    mask = _array(out, shape[1:] if chosen.single else (chosen.total, *shape[1:]), np.dtype(np.uint8))

    def read(pointer: Any, run: Run, buffer: Any, size: int, error: Any) -> int:
        return int(lib.dseg_source_read_mask(pointer, index, run.first, run.size, buffer, size, threads, error))

    _fill(mask, chosen, 8, source, read)
    return mask


def read_box(source: Source, size: Sequence[int], slabs: range, indices: Sequence[int] | None, *, overlap: str,
             dtype: np.dtype[Any], threads: int) -> AnyArray:
    """Labels of planes of the regular grid of size columns, rows, planes; those that the source lacks are 0."""
    if overlap not in OVERLAP:
        raise ValueError(f"overlap={overlap!r}: one of {', '.join(OVERLAP)} is expected")
    labels = np.empty((len(slabs), size[1], size[0]), dtype)
    wanted = ffi.NULL if indices is None else ffi.new("uint32_t[]", list(indices) or 1)
    request = ffi.new("dseg_box_request *", {
        "struct_size": ffi.sizeof("dseg_box_request"), "bits": 8 * labels.itemsize, "segments": wanted,
        "segment_count": 0 if indices is None else len(indices), "overlap": OVERLAP[overlap], "threads": threads,
        "high": [size[0], size[1], 0]})

    def read(pointer: Any, run: Run, buffer: Any, bytes_: int, error: Any) -> int:
        request.low[2], request.high[2] = run.first, run.first + run.size
        return int(lib.dseg_source_read_box(pointer, request, buffer, bytes_, ffi.NULL, error))

    _fill(labels, Chosen([Run(slabs.start, len(slabs), 0)], len(slabs), False), 8 * labels.itemsize, source, read)
    return labels
