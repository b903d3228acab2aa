# SPDX-License-Identifier: Apache-2.0
"""Objects and volumes from arrays, conversion, and transfer syntaxes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Union

from numpy.typing import ArrayLike

from ._arrays import Names, Segments, open_array
from ._inputs import Inputs, places
from ._native import Listener, Progress, Strings, ffi, lib, text
from ._outputs import Output
from .segmentation import Segmentation

Path = Union[str, "os.PathLike[str]"]
Paths = Union[Path, Sequence[Path]]
OVERLAP = {"keep": lib.DSEG_OVERLAP_KEPT, "error": lib.DSEG_OVERLAP_REFUSED, "first": lib.DSEG_OVERLAP_TO_FIRST,
           "last": lib.DSEG_OVERLAP_TO_LAST}
GRIDS = {"input": lib.DSEG_GRID_INPUT, "tight": lib.DSEG_GRID_TIGHT, "reference": lib.DSEG_GRID_REFERENCE}
ALGORITHMS = {"automatic": lib.DSEG_ALGORITHM_IS_AUTOMATIC,
              "semiautomatic": lib.DSEG_ALGORITHM_IS_SEMIAUTOMATIC, "manual": lib.DSEG_ALGORITHM_IS_MANUAL}
EMPTY = {"bounds": lib.DSEG_EMPTY_BOUNDS, "omit": lib.DSEG_EMPTY_OMIT, "keep": lib.DSEG_EMPTY_KEEP}
SLICES = {name: getattr(lib, "DSEG_SLICES_" + name.upper())
          for name in ("auto", "i", "j", "k", "sagittal", "coronal", "axial")}
# What messages call options, in the order of dseg_convert_option; None: it has no name here.
OPTION_NAMES = ("segments=", "present_only=", "planes=", "grid=", "overlap=", "threshold=", "renumber=", "names=",
                "reference=", "as_=", None, "overwrite=", "slices=", "spacing=")


@dataclass(frozen=True)
class WrittenFile:
    """One file, or what went to a file object (path None)."""

    path: str | None
    bytes: int
    sop_instance_uid: str | None  #: of a DICOM object
    frames: int
    pixel_data_bytes: int  #: the value of Pixel Data (7FE0,0010)


@dataclass(frozen=True)
class Written:
    """What came out. The texts are of DICOM objects, None for volumes."""

    files: tuple[WrittenFile, ...]
    series_uid: str | None
    representation: str | None
    frame_codec: str | None
    transfer_syntax_uid: str | None


def from_array(what: Any, *, segments: Segments | None = None, names: Names | None = None, affine: ArrayLike | None = None,
               like: Any = None, reference: Paths | None = None, threads: int = 0) -> Segmentation:
    """A segmentation of voxels in memory, which are copied: for ``statistics``, ``compare``, ``preview``, ``write``.

    :param what: labels [plane, row, column] of integers; masks [segment, plane, row, column] of bool or 0 and 1, or a
        mapping from labels or numbers to masks; fractions of 0 to 1, floats, of one segment or [segment, plane, row,
        column]; or an image of nibabel or SimpleITK
    :param segments: what segments are: a list of :class:`Segment` or labels, or a mapping from numbers. Numbers are the
        values in labels. A segment without a voxel stays described: it was looked for and not found.
    :param names: no more than names: a list (of label 1, 2, ...; a first "background" is label 0), or a mapping from
        labels to names or from names to labels. Each label must occur.
    :param affine: 4 x 4, from (column, row, plane, 1) to mm in DICOM's coordinates (LPS)
    :param like: a segmentation or an image whose place the voxels have; of a segmentation its patient and study, too
    :param reference: the source images, where they alone say where the planes lie, in their order
    :raises ValueError: a wrong shape, labels without a segment, names for labels that are not there, two segments of one
        number or name
    :raises TypeError: voxels or arguments of a wrong type
    """
    return open_array(what, segments, names, affine, like, reference, threads)


def write(target: Any, what: Any, *, segments: Segments | None = None, names: Names | Path | None = None,
          affine: ArrayLike | None = None, like: Any = None, reference: Paths | None = None, as_: str | None = None,
          transfer_syntax: str | None = None, overwrite: bool = False, progress: Progress | None = None, threads: int = 0,
          **options: Any) -> Written:
    """Writes voxels as a DICOM SEG object, or as a volume where the name of target says so (.nii.gz, .seg.nrrd, ...).

    :param target: a path, where a file appears when it is complete, or a file object
    :param what: a segmentation, or voxels as for :func:`from_array`, like segments, names, affine and like
    :param names: also a table of names and codes of any kind, or "totalsegmentator" or "freesurfer", the table that ships
    :param reference: directories or files of the source images, to which the object refers, and whose patient and study
        it has
    :param as_: "labelmap", "binary", "fractional", or another of ``codecs``; None: as the segments need
    :param transfer_syntax: name or UID of a frame codec; None: Explicit VR Little Endian
    :param overwrite: an existing file is replaced
    :param progress: is called with what is done and what there is to do
    :param options: as for :func:`convert`
    :raises DsegError: no file appears then
    """
    file_of_names = os.fspath(names) if isinstance(names, (str, os.PathLike)) else None
    if isinstance(what, Segmentation):
        if not (segments is None and affine is None and like is None and (names is None or file_of_names is not None)):
            raise TypeError("segments=, names=, affine= and like= are for arrays: a segmentation has them")
        seg, inputs = what, [path for path in _paths_of(what)]
    else:
        placed = affine is not None or like is not None or _places_itself(what)
        listed: Any = None if file_of_names is not None else names
        seg = from_array(what, segments=segments, names=listed, affine=affine, like=like,
                         reference=None if placed else reference, threads=threads)
        reference, inputs = reference if placed else None, []
    job = Job(target, overwrite, progress, threads, inputs)
    job.put(as_=as_, transfer_syntax=transfer_syntax, names=file_of_names, reference=reference, **options)

    def call(result: Any, error: Any) -> int:
        with seg._source.reading() as pointer:
            return int(lib.dseg_write(pointer, job.output.c, job.options, result, error))

    try:
        return job.run(call)
    finally:
        if seg is not what:
            seg.close()


def convert(source: Any, target: Any, *, segments: Iterable[int | str] | None = None, names: Path | None = None,
            reference: Paths | None = None, as_: str | None = None, transfer_syntax: str | None = None,
            overwrite: bool = False, progress: Progress | None = None, threads: int = 0,
            storage_options: dict[str, Any] | None = None, **options: Any) -> Written:
    """Converts segmentations of any kind to a DICOM object or a volume: what ``dseg convert`` does.

    :param source: what :func:`dseg.open` takes
    :param segments: numbers, labels, ranges ("2-5"); None: all
    :param names: a table of names and codes of any kind, or "totalsegmentator" or "freesurfer", the table that ships
    :param options: planes=(first, last), counted from 0, last included; grid="input", "tight", "reference", or a path;
        slices="i", "j", "k", "sagittal", "coronal" or "axial", the axis that planes of the output are stacked along;
        overlap="keep", "error", "first" or "last"; threshold (fractions become masks); renumber=True; present_only=True;
        series_description, series_number; empty_frames="bounds", "omit" or "keep"; encoding={"level": 9}; uid_seed and
        date_time (the same object each time); concatenation=True; format=".nii.gz", for a file object; spacing,
        other_patient, memory_limit; algorithm ("TotalSegmentator 2.4") and algorithm_type ("automatic", "semiautomatic" or
        "manual") of all segments; require_codes=True: segments without codes are refused

    The other arguments are those of :func:`write`.
    """
    inputs = Inputs(places(source, storage_options))
    try:
        job = Job(target, overwrite, progress, threads, [])
        job.put(as_=as_, transfer_syntax=transfer_syntax, names=names, reference=reference, segments=segments, **options)
        job.options.inputs = inputs.array
    except BaseException:
        inputs.close()
        raise

    def call(result: Any, error: Any) -> int:
        inputs.take()
        return int(lib.dseg_convert(inputs.names, len(inputs), job.output.c, job.options, result, error))

    return job.run(call, inputs)


def transcode(source: Any, target: Any, transfer_syntax: str, *, encoding: Mapping[str, int] | None = None,
              overwrite: bool = False, progress: Progress | None = None, threads: int = 0) -> int:
    """The same DICOM object in another transfer syntax: one instance, its elements as they are, its frames encoded anew
    without loss.

    :param source: a path, bytes, a file object, or a URL
    :param target: a path, which may be that of source with overwrite=True, or a file object
    :param transfer_syntax: name or UID of a frame codec that loses nothing
    :returns: the number of frames
    """
    found = places(source)
    if len(found) != 1:
        raise ValueError(f"transcode takes one object, not {len(found)}")
    inputs, listener, strings = Inputs(found), Listener(progress), Strings()
    output = Output(target, overwrite)
    done = ffi.new("dseg_transcoding *")
    options = ffi.new("dseg_transcode_options *", {
        "struct_size": ffi.sizeof("dseg_transcode_options"), "transfer_syntax": strings.text(transfer_syntax),
        "threads": threads, "result": done})
    options.codec_options, options.codec_option_count = _values(encoding, strings)
    listener.warnings(options.warnings)
    listener.reports(options.progress)

    def call(error: Any) -> int:
        try:
            return int(lib.dseg_transcode(inputs.single(), inputs.names[0], output.c, options, error))
        finally:
            inputs.close()

    output.run(call, listener, inputs.cause)
    return int(done.frames)


def _paths_of(seg: Segmentation) -> list[str]:
    """The files that a segmentation reads, and which no output replaces."""
    found: Any = seg._recipe[1][0] if seg._recipe is not None else []
    if isinstance(found, Segmentation):
        return _paths_of(found)
    return [place.path for place in found if place.path is not None]


def _places_itself(what: Any) -> bool:
    """Whether voxels come as an image that says where they lie."""
    return (hasattr(what, "dataobj") and hasattr(what, "affine")) or hasattr(what, "GetDirection")


def _values(values: Mapping[str, int] | None, strings: Strings) -> tuple[Any, int]:
    """Options of an encoding, for the library."""
    if not values:
        return ffi.NULL, 0
    given = [{"name": strings.text(name), "value": int(value)} for name, value in values.items()]
    return strings.keep(ffi.new("dseg_option_value[]", given)), len(given)


def _choice(name: str, value: Any, choices: Mapping[str, int]) -> int:
    if value not in choices:
        raise ValueError(f"{name}={value!r}: one of {', '.join(choices)} is expected")
    return choices[value]


class Job:
    """Options of a conversion, its output, and what came out."""

    def __init__(self, target: Any, overwrite: bool, progress: Progress | None, threads: int, inputs: Sequence[str]) -> None:
        self.strings, self.listener = Strings(), Listener(progress)
        self.output = Output(target, overwrite, inputs)
        self.options = ffi.new("dseg_convert_options *", {"struct_size": ffi.sizeof("dseg_convert_options"),
                                                         "threads": threads})
        self.listener.tells(self.options.messages)
        self.listener.reports(self.options.progress)
        names = [ffi.NULL if name is None else self.strings.text(name) for name in OPTION_NAMES]
        self.options.option_names = self.strings.keep(ffi.new("char *[]", names))
        self.options.option_name_count = len(names)

    def put(self, *, as_: str | None = None, transfer_syntax: str | None = None, names: Path | None = None,
            reference: Paths | None = None, segments: Iterable[int | str] | None = None,
            planes: tuple[int, int] | None = None, grid: Path = "input", overlap: str = "keep", threshold: float = 0,
            slices: str = "auto", renumber: bool = False, present_only: bool = False, series_description: str | None = None,
            series_number: str | int | None = None, empty_frames: str = "bounds",
            encoding: Mapping[str, int] | None = None, uid_seed: str | None = None, date_time: str | None = None,
            concatenation: bool = False, format: str | None = None, spacing: Sequence[float] | None = None,
            other_patient: bool = False, memory_limit: int = 0, algorithm: str | None = None, algorithm_type: str | None = None,
            require_codes: bool = False) -> None:
        c, strings = self.options, self.strings
        c.representation, c.frame_codec = strings.text(as_), strings.text(transfer_syntax)
        self._put_names(names)
        if reference is not None:
            paths = [reference] if isinstance(reference, (str, bytes, os.PathLike)) else list(reference)
            c.references, c.reference_count = strings.paths(paths), len(paths)
        if segments is not None:
            texts = [segments] if isinstance(segments, (str, int)) else segments
            wanted = [strings.text(str(one)) for one in texts]
            c.segments, c.segment_count = strings.keep(ffi.new("char *[]", wanted or 1)), len(wanted)
        if planes is not None:
            c.first_plane, c.last_plane = planes[0] + 1, planes[1] + 1
        if grid in GRIDS:
            c.grid = GRIDS[str(grid)]
        else:
            c.grid, c.grid_file = lib.DSEG_GRID_FILE, strings.path(grid)
        c.overlap = _choice("overlap", overlap, OVERLAP)
        c.slice_axis = _choice("slices", slices, SLICES)
        c.threshold, c.present_only = threshold, present_only
        c.numbering = lib.DSEG_NUMBERS_COUNT if renumber else lib.DSEG_NUMBERS_KEEP
        c.series_description = strings.text(series_description)
        c.series_number = strings.text(None if series_number is None else str(series_number))
        c.empty_frames = _choice("empty_frames", empty_frames, EMPTY)
        c.encoding_options, c.encoding_option_count = _values(encoding, strings)
        c.uid_seed, c.date_time = strings.text(uid_seed), strings.text(date_time)
        c.concatenation, c.format = concatenation, strings.text(self._format(format))
        if spacing is not None:
            c.spacing = [float(one) for one in spacing]
        c.other_patient, c.memory_limit = other_patient, memory_limit
        c.algorithm_name, c.require_codes = strings.text(algorithm), require_codes
        if algorithm_type is not None:
            c.algorithm_type = _choice("algorithm_type", algorithm_type, ALGORITHMS)

    def _put_names(self, names: Path | None) -> None:
        """The one place where a file of names and codes is handed to the library, which tells its kind."""
        if names is not None:
            self.options.metadata = self.strings.path(names)

    def _format(self, given: str | None) -> str | None:
        """A file object gets a DICOM object unless the caller says otherwise."""
        return "dicom" if given is None and self.output.file is not None else given

    def run(self, call: Any, inputs: Inputs | None = None) -> Written:
        made = ffi.new("dseg_convert_result **")
        written: list[Written] = []

        def work(error: Any) -> int:
            status = int(call(made, error))
            try:
                if status == lib.DSEG_OK:
                    written.append(_written(made[0]))
            finally:
                lib.dseg_convert_result_destroy(made[0])
            return status

        self.output.run(work, self.listener, inputs.cause if inputs is not None else lambda: None)
        return written[0]


def _written(result: Any) -> Written:
    files = tuple(WrittenFile(text(one.path), one.bytes, text(one.sop_instance_uid), one.frames, one.pixel_data_bytes)
                  for one in (result.files[i] for i in range(result.file_count)))
    return Written(files, text(result.series_uid), text(result.representation), text(result.frame_codec),
                   text(result.transfer_syntax_uid))
