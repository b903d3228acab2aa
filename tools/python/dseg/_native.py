# SPDX-License-Identifier: Apache-2.0
"""Calls of the C library: errors become exceptions, messages become warnings, long calls can be interrupted.

The proposals' encodings are registered when this module is imported, before another thread can use the library."""

from __future__ import annotations

import atexit
import os
import threading
import warnings
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from ._dseg import ffi as ffi
from ._dseg import lib as lib
from .errors import DsegError, DsegNote, DsegWarning, OverlapError, Status

T = TypeVar("T")
Progress = Callable[[int, int], object]
PACKAGE = os.path.dirname(__file__)


def text(pointer: Any) -> str | None:
    """A C string, or None for NULL."""
    return ffi.string(pointer).decode("utf-8", "replace") if pointer else None


def check(status: int, error: Any) -> None:
    """Raises what a call of the library returned unless that is DSEG_OK."""
    if status == lib.DSEG_OK:
        return
    message = ffi.string(error.message).decode("utf-8", "replace") or text(lib.dseg_status_text(status)) or ""
    if status == lib.DSEG_ERROR_MEMORY:
        raise MemoryError(message)
    raise (OverlapError if status == lib.DSEG_ERROR_OVERLAP else DsegError)(Status(status), message)


class Strings:
    """C strings that live as long as this object."""

    def __init__(self) -> None:
        self._kept: list[Any] = []

    def keep(self, thing: Any) -> Any:
        self._kept.append(thing)
        return thing

    def text(self, value: str | None) -> Any:
        """NULL for None."""
        return ffi.NULL if value is None else self._bytes(value.encode("utf-8"), value)

    def path(self, value: str | bytes | os.PathLike[Any]) -> Any:
        """In the encoding of the file system, which on POSIX keeps any bytes."""
        return self._bytes(os.fsencode(value), value)

    def paths(self, values: Sequence[str | bytes | os.PathLike[Any]]) -> Any:
        """An array of them; NULL when there are none."""
        return self.keep(ffi.new("char *[]", [self.path(value) for value in values])) if values else ffi.NULL

    def _bytes(self, encoded: bytes, value: object) -> Any:
        if b"\0" in encoded:
            raise ValueError(f"{value!r} holds a NUL character")
        return self.keep(ffi.new("char[]", encoded))


class Listener:
    """Hears what the library says during one call, and calls the caller's progress function.

    Nothing is raised in the library's threads: what a progress function raises is raised when the call ends."""

    def __init__(self, progress: Progress | None = None) -> None:
        self.messages: list[tuple[type[DsegWarning], str]] = []
        self.findings: list[tuple[str, str, str, str, str, str, int]] = []
        self.progress = progress
        self.raised: BaseException | None = None
        self.handle = ffi.new_handle(self)

    def warnings(self, sink: Any) -> None:
        sink.warn, sink.user = lib.dseg_py_warn, self.handle

    def notes(self, sink: Any) -> None:
        sink.warn, sink.user = lib.dseg_py_note, self.handle

    def reports(self, progress: Any) -> None:
        if self.progress is not None:
            progress.report, progress.user = lib.dseg_py_report, self.handle

    def tells(self, sink: Any) -> None:
        sink.tell, sink.user = lib.dseg_py_tell, self.handle

    def report(self, done: int, total: int) -> None:
        if self.progress is None or self.raised is not None:
            return
        try:
            self.progress(done, total)
        except BaseException as raised:  # raised again by finish
            self.raised = raised

    def finish(self, stacklevel: int = 3) -> None:
        """Raises what a function of the caller raised; warns of what the library told, each message once."""
        if self.raised is not None:
            raise self.raised
        for category, message in dict.fromkeys(self.messages):
            warnings.warn(category(message), stacklevel=stacklevel + 1)


@ffi.def_extern()  # type: ignore[untyped-decorator]
def dseg_py_warn(user: Any, message: Any) -> None:
    ffi.from_handle(user).messages.append((DsegWarning, text(message)))


@ffi.def_extern()  # type: ignore[untyped-decorator]
def dseg_py_note(user: Any, message: Any) -> None:
    ffi.from_handle(user).messages.append((DsegNote, text(message)))


@ffi.def_extern()  # type: ignore[untyped-decorator]
def dseg_py_tell(user: Any, kind: int, file: Any, message: Any) -> None:
    name = text(file)
    category = DsegNote if kind == lib.DSEG_MESSAGE_NOTE else DsegWarning
    ffi.from_handle(user).messages.append((category, f"{name}: {text(message)}" if name else text(message)))


@ffi.def_extern()  # type: ignore[untyped-decorator]
def dseg_py_report(user: Any, done: int, total: int) -> None:
    ffi.from_handle(user).report(done, total)


@ffi.def_extern()  # type: ignore[untyped-decorator]
def dseg_py_found(user: Any, finding: Any) -> None:
    rule = finding.rule
    ffi.from_handle(user).findings.append(
        (text(rule.id), text(lib.dseg_severity_text(rule.severity)), text(rule.section), text(rule.text),
         text(finding.path), text(finding.message), finding.count))


def long_call(call: Callable[[], T]) -> T:
    """Runs a call that may take long so that KeyboardInterrupt is raised at once.

    Python hears of signals in its main thread alone, and not while that is in C. So the call runs in another thread;
    when it is interrupted, that thread goes on to the end of the call, and what it makes is dropped."""
    if threading.current_thread() is not threading.main_thread():
        return call()
    results: list[T] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            results.append(call())
        except BaseException as failure:  # raised again in the main thread
            failures.append(failure)

    thread = threading.Thread(target=run, name="dseg", daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.1)  # a signal may have gone to another thread, and wakes none then
    if failures:
        raise failures[0]
    return results[0]


def _start() -> None:
    error = ffi.new("dseg_error *")
    check(lib.dseg_register_proposals(error), error)
    directories = os.environ.get("DSEG_PLUGIN_PATH")
    if directories:
        check(lib.dseg_load_plugins(os.fsencode(directories), error), error)
    atexit.register(lib.dseg_output_remove_temporaries)


_start()
