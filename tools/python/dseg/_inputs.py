# SPDX-License-Identifier: Apache-2.0
"""Where bytes come from: paths, bytes, file objects, URLs. A place can be pickled and opened again elsewhere."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ._native import Strings, check, ffi, lib

BLOCK = 1 << 20  # bytes that are fetched at a time behind a URL


@dataclass(frozen=True)
class Place:
    """One file. data: its bytes; else url says whether name is a URL, or a path."""

    name: str
    data: Any = field(default=None, repr=False)
    url: bool = False
    storage_options: dict[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> str | None:
        return None if self.url or self.data is not None else self.name

    def __reduce__(self) -> tuple[Any, ...]:
        name = self.name if self.path is None else os.path.abspath(self.name)
        data = None if self.data is None else bytes(self.data)
        return Place, (name, data, self.url, self.storage_options)


class Remote:
    """A file behind fsspec, read at the places that the library asks for, which takes turns."""

    def __init__(self, url: str, storage_options: dict[str, Any]) -> None:
        try:
            import fsspec
        except ImportError as missing:
            raise ImportError(f"{url}: a URL needs fsspec: pip install 'dseg[cloud]'") from missing
        system, path = fsspec.core.url_to_fs(url, **storage_options)
        self.file = system.open(path, "rb", block_size=BLOCK)
        self.size: int = self.file.seek(0, os.SEEK_END)
        self.raised: BaseException | None = None

    def read_at(self, offset: int, size: int) -> bytes:
        self.file.seek(offset)
        return bytes(self.file.read(size))


@ffi.def_extern(error=lib.DSEG_ERROR_INPUT)  # type: ignore[untyped-decorator]
def dseg_py_read_at(user: Any, offset: int, to: Any, size: int, got: Any, error: Any) -> int:
    remote = ffi.from_handle(user)
    try:
        data = remote.read_at(offset, size)
    except BaseException as raised:  # the cause of the exception that the call raises
        remote.raised = raised
        message = ffi.new("char[]", str(raised).encode()[:900])
        return int(lib.dseg_fail(error, lib.DSEG_ERROR_INPUT, b"%s", message))
    ffi.memmove(to, data, len(data))
    got[0] = len(data)
    return int(lib.DSEG_OK)


def places(what: Any, storage_options: dict[str, Any] | None = None) -> list[Place]:
    """The files that a caller means, one for each item of a list."""
    if isinstance(what, (list, tuple)):
        if not what:
            raise ValueError("there is nothing to open: the list is empty")
        return [_place(item, storage_options) for item in what]
    if isinstance(what, (str, os.PathLike)) and os.path.isdir(what):
        return [Place(path) for path in _volumes(os.fsdecode(what))]
    return [_place(what, storage_options)]


def _volumes(directory: str) -> list[str]:
    """The volumes and objects in a directory, by their names, in alphabetical order, hidden ones left out."""
    with os.scandir(directory) as entries:
        names = sorted(entry.path for entry in entries if entry.is_file() and not entry.name.startswith("."))
    found = [name for name in names
             if lib.dseg_volume_format_of(os.fsencode(name)) or lib.dseg_is_dicom_name(os.fsencode(name))]
    if not found:
        raise FileNotFoundError(f"{directory}: no segmentation is in this directory, by the names of its {len(names)} files")
    return found


def _place(what: Any, storage_options: dict[str, Any] | None) -> Place:
    if isinstance(what, (str, os.PathLike)):
        name = os.fsdecode(what)
        is_url = isinstance(what, str) and "://" in name
        return Place(name, url=is_url, storage_options=dict(storage_options or {}) if is_url else {})
    if hasattr(what, "file_meta") and hasattr(what, "save_as"):
        return Place("<data set>", _encoded(what))
    if hasattr(what, "read"):
        data = what.read()
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError(f"a file object that is opened for bytes is expected: read() gives {type(data).__name__}")
        return Place(str(getattr(what, "name", "<file object>")), data)
    try:
        memoryview(what)
    except TypeError:
        raise TypeError(f"a path, a URL, bytes or a file object is expected, not {type(what).__name__}") from None
    return Place("<bytes>", what)


def _encoded(dataset: Any) -> bytes:
    """A data set of pydicom as a file."""
    import io

    file = io.BytesIO()
    dataset.save_as(file, enforce_file_format=True)
    return file.getvalue()


class Inputs:
    """Inputs of the library for places, and their names, for a call that uses them up. Whoever has what that call gives
    keeps this object: it owns what the library borrows."""

    def __init__(self, found: Iterable[Place]) -> None:
        self.strings = Strings()
        self.remotes: list[Remote] = []
        self.places = list(found)
        self._lock = threading.Lock()
        self._opened: list[Any] = []
        self.names = self.strings.paths([place.name for place in self.places])
        try:
            for place in self.places:
                self._opened.append(self._open(place))
        except BaseException:
            self.close()
            raise
        self.array = ffi.new("dseg_input *[]", self._opened)

    def _open(self, place: Place) -> Any:
        made, error = ffi.new("dseg_input **"), ffi.new("dseg_error *")
        if place.url:
            remote = Remote(place.name, place.storage_options)
            self.remotes.append(remote)
            reader = ffi.new("dseg_reader *", {"struct_size": ffi.sizeof("dseg_reader"), "size": remote.size, "distant": True})
            reader.read_at, reader.user = lib.dseg_py_read_at, self.strings.keep(ffi.new_handle(remote))
            check(lib.dseg_input_from_reader(reader, made, error), error)
        elif place.data is not None:
            buffer = self.strings.keep(ffi.from_buffer(place.data))
            view = ffi.new("dseg_view *", {"data": ffi.cast("uint8_t *", buffer), "size": len(buffer)})
            check(lib.dseg_input_from_memory(view[0], made, error), error)
        else:
            return ffi.NULL
        return made[0]

    def __len__(self) -> int:
        return len(self.places)

    def take(self) -> None:
        """A call has used the inputs up."""
        with self._lock:
            self._opened = []

    def close(self) -> None:
        with self._lock:
            opened, self._opened = self._opened, []
        for one in opened:
            lib.dseg_input_close(one)

    def cause(self) -> BaseException | None:
        """Why reading failed, where a place is behind a function of Python."""
        return next((remote.raised for remote in self.remotes if remote.raised is not None), None)

    def single(self, index: int = 0) -> Any:
        """The input for a call that borrows one, paths opened, too; closed by close."""
        if self._opened[index] == ffi.NULL:
            made, error = ffi.new("dseg_input **"), ffi.new("dseg_error *")
            check(lib.dseg_input_from_file(self.names[index], 0, made, error), error)
            self._opened[index] = made[0]
        return self._opened[index]
