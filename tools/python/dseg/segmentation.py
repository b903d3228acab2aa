# SPDX-License-Identifier: Apache-2.0
"""An opened segmentation: what it is, and its voxels as arrays of numpy."""

from __future__ import annotations

import difflib
import math
import operator
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Any, SupportsIndex, Union

import numpy as np
from numpy.typing import DTypeLike, NDArray

from . import planes as _planes
from . import statistics as _statistics
from ._inputs import Inputs, Place, places
from ._native import Listener, Progress, check, ffi, lib, long_call, text
from ._source import Source, make
from .planes import AnyArray, Planes
from .segments import Segment, from_c

Key = Union[SupportsIndex, str]
SPACES = {"DSEG_SPACE_NONE": "none", "DSEG_SPACE_PATIENT": "patient", "DSEG_SPACE_SLIDE": "slide"}
KINDS = {"DSEG_VOXELS_LABELS": "labels", "DSEG_VOXELS_MASKS": "masks", "DSEG_VOXELS_PROBABILITY": "probability",
         "DSEG_VOXELS_OCCUPANCY": "occupancy"}


def open(what: Any, *, threads: int = 0, memory_limit: int = 0, other_patient: bool = False, round: bool = False,
         volume: int | str = 0, spacing: Sequence[float] | None = None,
         storage_options: dict[str, Any] | None = None) -> Segmentation:
    """Opens a segmentation of any kind: DICOM SEG in any encoding, NIfTI, NRRD, seg.nrrd, MetaImage.

    :param what: a path; bytes; a file object, which is read whole; a URL that fsspec knows, of which only what is needed
        is fetched; a data set of pydicom; or a list of these, opened together: parts of a Concatenation, or masks. A
        directory stands for the files in it.
    :param threads: that read voxels; 0: one for each processor
    :param memory_limit: bytes that opening may allocate; 0: 4 GiB
    :param other_patient: files may be of different patients or frames of reference
    :param round: every value of a volume is the nearest integer
    :param volume: this one of a file's volumes alone, from 1; "all": all are layers of segments
    :param spacing: mm along columns, rows and planes, where a volume does not say it
    :param storage_options: for fsspec
    :raises DsegError: the file is damaged, or none that this build reads
    """
    options: dict[str, Any] = {"threads": threads, "memory_limit": memory_limit, "other_patient": other_patient,
                               "round": round, "volume": volume, "spacing": spacing}
    return _open_places(places(what, storage_options), options)


def _open_places(found: list[Place], options: dict[str, Any]) -> Segmentation:
    inputs = Inputs(found)
    listener = Listener()
    c = _open_options(options, listener)

    def call(made: Any, error: Any) -> int:
        inputs.take()
        return int(lib.dseg_open_inputs(inputs.array, inputs.names, len(inputs), c, made, error))

    try:
        source = make(call, listener, inputs, cause=inputs.cause)
    finally:
        inputs.close()
    return Segmentation(source, (_open_places, (found, options)), options["threads"])


def _open_options(options: dict[str, Any], listener: Listener) -> Any:
    volume = options.get("volume", 0)
    if volume != "all" and (not hasattr(volume, "__index__") or volume < 0):
        raise ValueError(f"volume={volume!r}: a number from 1, or 'all', is expected")
    c = ffi.new("dseg_open_options *", {
        "struct_size": ffi.sizeof("dseg_open_options"), "threads": options.get("threads", 0),
        "memory_limit": options.get("memory_limit", 0), "keep_context": True,
        "other_patient": options.get("other_patient", False), "round": options.get("round", False),
        "all_volumes": volume == "all", "volume": 0 if volume == "all" else volume})
    spacing = options.get("spacing")
    if spacing is not None:
        if len(spacing) != 3:
            raise ValueError(f"spacing={spacing!r}: three numbers are expected, along columns, rows and planes")
        c.spacing = [float(one) for one in spacing]
    listener.warnings(c.warnings)
    listener.notes(c.notes)
    return c


class Segmentation:
    """What :func:`dseg.open` gives. Any number of threads may read it at the same time.

    Arrays that it gives are numpy's own: they outlive it. It is a context manager; without ``with`` its files are
    closed when nothing refers to it any more. It can be pickled: what comes out of the pickle opens the same files.

    :ivar segments: all segments, by ascending number
    :ivar shape: (planes, rows, columns) of what ``labels`` gives
    :ivar spacing: mm between (planes, rows, columns); 0: not known
    :ivar kind: "labels", "masks" (segments may overlap), "probability" or "occupancy" (fractions)
    :ivar space: "patient", "slide" (planes are tiles), or "none" (not placed in space)
    :ivar format: "DICOM", "NIfTI-1", "NIfTI-2", "NRRD", "seg.nrrd", "MetaImage", "array"
    :ivar background: what voxels without a segment are in ``labels``: 0, unless a segment has that number
    :ivar positions: [plane, (x, y, z)]: the centre of each plane's first voxel, LPS, mm
    :ivar encoding: of a DICOM object: representation, transfer syntax, UIDs, bytes
    """

    def __init__(self, source: Source, recipe: tuple[Any, tuple[Any, ...]] | None, threads: int = 0) -> None:
        self._source, self._recipe, self._threads = source, recipe, threads
        with source.reading() as pointer:
            description = lib.dseg_source_description(pointer)
            self._describe(description)
            self.format: str = text(lib.dseg_source_format(pointer)) or ""
            self.encoding: dict[str, Any] = _encoding(lib.dseg_source_encoding(pointer))

    def _describe(self, description: Any) -> None:
        geometry = description.geometry
        self.segments: list[Segment] = [from_c(description.segments[i]) for i in range(description.segment_count)]
        self.shape: tuple[int, int, int] = (geometry.plane_count, geometry.rows, geometry.columns)
        self.spacing: tuple[float, float, float] = (geometry.spacing_between_slices, *geometry.pixel_spacing)
        self.kind: str = KINDS[ffi.string(ffi.cast("dseg_voxel_kind", description.kind))]
        self.space: str = SPACES[ffi.string(ffi.cast("dseg_space", geometry.space))]
        self.positions: NDArray[np.float64] = _positions(geometry)
        self.frame_of_reference_uid: str | None = text(geometry.frame_of_reference_uid)
        self._maximum: int = description.maximum_fraction
        self._shift = any(segment.number == 0 for segment in self.segments)
        self.background: int = description.background if self._shift else 0

    # Life.

    def close(self) -> None:
        """Closes the files, once no thread reads them any more. What was read stays valid."""
        self._source.close()

    @property
    def closed(self) -> bool:
        return self._source.closed

    def __enter__(self) -> Segmentation:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        if self._recipe is None:
            raise TypeError("a segmentation that was made of an array cannot be pickled: write it, and open that")
        return self._recipe

    def __repr__(self) -> str:
        state = "closed " if self.closed else ""
        planes, rows, columns = self.shape
        return (f"<{state}{self.format} segmentation, {len(self.segments)} segments, "
                f"{planes} planes of {rows} x {columns}>")

    # Segments.

    def __getitem__(self, key: Key) -> Segment:
        """The segment of a number or a label."""
        return self.segments[self.index(key)]

    def __contains__(self, key: object) -> bool:
        try:
            self.index(key)  # type: ignore[arg-type]
        except (KeyError, TypeError):
            return False
        return True

    def index(self, key: Key) -> int:
        """The place in ``segments`` of a number or a label, letter case ignored where one label alone fits so."""
        if not isinstance(key, str):
            number = operator.index(key)
            found = [i for i, segment in enumerate(self.segments) if segment.number == number]
        else:
            found = [i for i, segment in enumerate(self.segments) if segment.label == key] or [
                i for i, segment in enumerate(self.segments) if segment.label.casefold() == key.casefold()]
        if len(found) == 1:
            return found[0]
        if found:
            numbers = ", ".join(str(self.segments[i].number) for i in found)
            raise KeyError(f"segments {numbers} are all called {key!r}: give a number")
        near = difflib.get_close_matches(str(key), [segment.label for segment in self.segments], 3)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise KeyError(f"no segment has the {'label' if isinstance(key, str) else 'number'} {key!r}{hint}")

    def _indices(self, segments: Iterable[Key] | Key | None) -> list[int] | None:
        if segments is None:
            return list(range(len(self.segments))) if self._shift else None
        keys: Any = [segments] if isinstance(segments, str) or _planes.is_integer(segments) else segments
        return [self.index(key) for key in keys]

    def _largest(self, indices: list[int] | None) -> int:
        chosen = self.segments if indices is None else [self.segments[i] for i in indices]
        return max([self.background, *(segment.number or 0 for segment in chosen)])

    # Voxels.

    def labels(self, planes: Planes = None, *, segments: Iterable[Key] | Key | None = None, overlap: str = "error",
               dtype: DTypeLike | None = None, out: AnyArray | None = None, layer: int = 0) -> AnyArray:
        """A label map: each voxel is the number of its segment, or ``background``.

        :param planes: None: all; an integer: [row, column] of one; a slice, or integers in any order
        :param segments: numbers or labels; None: all
        :param overlap: where segments overlap: "error" raises :exc:`OverlapError`, "first" and "last" choose by their order
        :param dtype: uint8, uint16 or uint32; None: the smallest that holds the numbers
        :param out: an array in C order that is filled and returned
        :param layer: of the segments only those of this layer, from 1; see ``layers``
        :returns: [plane, row, column]
        """
        indices = self._indices(segments)
        return _planes.read_labels(
            self._source, self.shape, planes, indices, background=self.background, overlap=overlap, out=out, layer=layer,
            dtype=_planes.label_type(dtype, out, self._largest(indices)), threads=self._threads)

    def mask(self, segment: Key, planes: Planes = None, *, threshold: float = 0.5,
             out: AnyArray | None = None) -> NDArray[np.bool_]:
        """Where one segment is: [plane, row, column] of bool. planes as for ``labels``.

        :param threshold: of fractions those of at least this much are inside
        :param out: an array of bool in C order
        """
        if out is not None and not isinstance(out, np.ndarray):
            raise TypeError(f"out: a numpy array is expected, not {type(out).__name__}")
        into = out.view(np.uint8) if out is not None and out.dtype == np.bool_ else out
        stored = _planes.read_mask(self._source, self.shape, planes, self.index(segment), out=into, threads=self._threads)
        if self._maximum:
            np.greater_equal(stored, max(1, math.ceil(threshold * self._maximum)), out=stored.view(np.bool_))
        return stored.view(np.bool_) if out is None else out

    def fractions(self, segment: Key, planes: Planes = None) -> NDArray[np.float32]:
        """How much of each voxel is in one segment, 0 to 1: [plane, row, column] of float32. Masks are 0 and 1."""
        stored = _planes.read_mask(self._source, self.shape, planes, self.index(segment), out=None, threads=self._threads)
        return np.divide(stored, np.float32(self._maximum or 1), dtype=np.float32)

    def layers(self) -> list[int]:
        """A layer for each segment, from 1, so that no two segments of a layer overlap: with ``labels(layer=)`` all voxels
        of segments that overlap are kept."""
        of = ffi.new("uint32_t[]", max(1, len(self.segments)))
        count, error = ffi.new("size_t *"), ffi.new("dseg_error *")

        def call() -> None:
            with self._source.reading() as pointer:
                check(lib.dseg_source_assign_layers(pointer, self._threads, of, count, error), error)

        long_call(call)
        return [of[i] + 1 for i in range(len(self.segments))]

    def statistics(self, *, progress: Progress | None = None) -> list[_statistics.SegmentStatistics]:
        """Voxels, volume, box and centroid of each segment, in the order of ``segments``.

        :param progress: is called with the number of planes done and of all; what it raises ends the call
        """
        return _statistics.measure(self._source, self.segments, self.shape[0], self._threads, progress)

    def digest(self, *, progress: Progress | None = None) -> str:
        """One hash for the voxels, the same for every encoding of a segmentation: 64 hexadecimal digits."""
        return _statistics.digest(self._source, self.shape[0], self._threads, progress)

    # Space.

    def _grid(self) -> tuple[Any, Any]:
        grid, slots, error = ffi.new("dseg_grid *"), ffi.new("size_t[]", self.shape[0]), ffi.new("dseg_error *")
        with self._source.reading() as pointer:
            geometry = ffi.addressof(lib.dseg_source_description(pointer), "geometry")
            check(lib.dseg_geometry_to_grid(geometry, grid, slots, error), error)
        return grid, slots

    @property
    def affine(self) -> NDArray[np.float64]:
        """4 x 4, from indices (column, row, plane, 1) of ``volume`` to DICOM's mm (LPS). Where no plane is missing those
        are the planes of ``labels``, whose arrays are indexed the other way round: [plane, row, column].

        :raises DsegError: the planes lie on no regular grid
        """
        grid, _ = self._grid()
        affine = np.eye(4)
        for axis in range(3):
            affine[:3, axis] = list(grid.step[axis])
        affine[:3, 3] = list(grid.origin)
        return affine

    @property
    def affine_ras(self) -> NDArray[np.float64]:
        """The same to mm in RAS, as nibabel has it."""
        return np.diag([-1.0, -1.0, 1.0, 1.0]) @ self.affine

    @property
    def slots(self) -> list[int]:
        """By plane of ``labels``: its plane in ``volume``. Objects may leave out planes without a voxel."""
        return list(self._grid()[1])

    def volume(self, *, segments: Iterable[Key] | Key | None = None, overlap: str = "error",
               dtype: DTypeLike | None = None, planes: slice | None = None) -> AnyArray:
        """Labels on the whole regular grid, on which ``affine`` is: planes that the object leaves out are 0; of a slide
        the total pixel matrix, as one plane. Arguments as for ``labels``; planes: a slice of planes of the grid.

        :returns: [plane, row, column]
        """
        grid, _ = self._grid()
        size = list(grid.size)
        chosen = range(size[2])[planes if planes is not None else slice(None)]
        if chosen.step != 1:
            raise ValueError(f"planes={planes}: a slice without a step is expected")
        indices = self._indices(segments)
        return _planes.read_box(self._source, size, chosen, indices, overlap=overlap, threads=self._threads,
                                dtype=_planes.label_type(dtype, None, self._largest(indices)))

    def onto(self, images: Any, *, crop: bool = False, other_patient: bool = False) -> Segmentation:
        """The same segmentation on the planes of its source images: arrays lie on those of the images, voxel on voxel.
        Nothing is resampled.

        :param images: directories or files, or another segmentation, whose planes count
        :param crop: what lies outside the images is left out, with a warning; otherwise that is an error
        :raises DsegError: voxels do not fall on voxels, or the images are another patient's
        """
        from .views import onto

        return onto(self, images, crop, other_patient)

    def select(self, segments: Iterable[Key] | Key | None = None, planes: Planes = None) -> Segmentation:
        """Some segments and planes, as a segmentation. Nothing is copied: it reads from this one, which stays open."""
        from .views import select

        return select(self, None if segments is None else self._indices(segments), planes)

    # Others' objects.

    def to_nibabel(self, **options: Any) -> Any:
        """A nibabel.Nifti1Image, whose voxels are read when they are asked for; options as for ``volume``."""
        from .interop import to_nibabel

        return to_nibabel(self, options)

    def to_sitk(self, **options: Any) -> Any:
        """A SimpleITK.Image; options as for ``volume``."""
        from .interop import to_sitk

        return to_sitk(self, options)

    def _repr_png_(self) -> bytes:
        from .picture import preview

        return preview(self)


def _positions(geometry: Any) -> NDArray[np.float64]:
    """A copy of the position of each plane."""
    count = geometry.plane_count
    size = ffi.sizeof("dseg_plane_position")
    layout = np.dtype({"names": ["position"], "formats": [(np.float64, 3)],
                       "offsets": [ffi.offsetof("dseg_plane_position", "position")], "itemsize": size})
    return np.frombuffer(ffi.buffer(geometry.planes, count * size), layout)["position"].copy() if count else np.empty((0, 3))


def _encoding(info: Any) -> dict[str, Any]:
    names = ("representation", "frame_codec", "sop_class_uid", "sop_instance_uid", "series_uid", "study_uid",
             "transfer_syntax_uid", "photometric_interpretation", "segments_overlap")
    numbers = ("bits_allocated", "frame_count", "file_bytes", "pixel_data_bytes", "per_frame_bytes")
    if not info.sop_class_uid:
        return {}
    return {**{name: text(getattr(info, name)) for name in names}, **{name: getattr(info, name) for name in numbers}}
