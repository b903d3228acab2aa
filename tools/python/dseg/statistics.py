# SPDX-License-Identifier: Apache-2.0
"""How much of a segmentation each segment is, and where."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ._native import Progress, check, ffi, lib
from ._source import Source, walk
from .segments import Segment

Triple = tuple[float, float, float]
UNITS = {"DSEG_SIZE_MILLILITRES": "ml", "DSEG_SIZE_SQUARE_MILLIMETRES": "mm2"}


@dataclass(frozen=True)
class SegmentStatistics:
    """One segment. Indices are (column, row, plane) of the regular grid, from 0; positions are centres of voxels in
    DICOM's coordinates (LPS), mm, and NaN where there is no grid."""

    segment: Segment
    voxels: int  #: in the segment; with fractions those above 0
    amount: float  #: the sum of their fractions; without fractions equal to voxels
    size: float  #: amount in unit; NaN when that is unknown
    unit: str | None  #: "ml"; of slides "mm2"; None: distances between voxels are not known
    low: tuple[int, int, int]  #: the box around them: the first column, row and plane
    high: tuple[int, int, int]  #: behind the last ones
    centroid: Triple  #: the mean of indices
    centroid_mm: Triple  #: its position
    planes: range  #: from the first plane of ``labels`` that has a voxel of it to the last

    @property
    def ml(self) -> float:
        """Volume in millilitres; NaN where the unit is another."""
        return self.size if self.unit == "ml" else math.nan


def measure(source: Source, segments: Sequence[Segment], planes: int, threads: int,
            progress: Progress | None) -> list[SegmentStatistics]:
    options = ffi.new("dseg_statistics_options *",
                      {"struct_size": ffi.sizeof("dseg_statistics_options"), "threads": threads})
    made, error = ffi.new("dseg_statistics **"), ffi.new("dseg_error *")

    def begin(pointer: Any, walking: Any, failure: Any) -> int:
        return int(lib.dseg_statistics_begin(pointer, options, walking, failure))

    def end(walking: Any) -> None:
        check(lib.dseg_statistics_end(walking, made, error), error)

    walk(source, begin, end, planes, progress)
    statistics = ffi.gc(made[0], lib.dseg_statistics_destroy)
    unit = UNITS.get(ffi.string(ffi.cast("dseg_size_unit", statistics.unit)))
    return [_one(segment, statistics.segments[i], unit) for i, segment in enumerate(segments)]


def _one(segment: Segment, found: Any, unit: str | None) -> SegmentStatistics:
    return SegmentStatistics(
        segment=segment, voxels=found.voxels, amount=found.amount, size=found.size, unit=unit, low=tuple(found.low),
        high=tuple(found.high), centroid=tuple(found.centroid), centroid_mm=tuple(found.centroid_mm),
        planes=range(found.first_plane, found.last_plane + 1) if found.voxels else range(0))


def digest(source: Source, planes: int, threads: int, progress: Progress | None) -> str:
    """SHA-256 of all voxels, in hexadecimal (dseg/digest.h)."""
    options = ffi.new("dseg_digest_options *", {"struct_size": ffi.sizeof("dseg_digest_options"), "threads": threads})
    found = ffi.new("dseg_digest *")

    def begin(pointer: Any, walking: Any, failure: Any) -> int:
        return int(lib.dseg_digest_begin(pointer, options, walking, failure))

    walk(source, begin, lambda walking: lib.dseg_digest_end(walking, found), planes, progress)
    return bytes(found.sha256).hex()
