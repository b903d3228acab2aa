# SPDX-License-Identifier: Apache-2.0
"""A source of the library, which several threads may read, and which ends when the last of them is done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from ._native import Listener, Progress, check, ffi, lib, long_call


class Source:
    """Owns a ``dseg_source``. kept: what it borrows. parent: the source that it is a view of."""

    def __init__(self, pointer: Any, kept: object = None, parent: Source | None = None) -> None:
        self._pointer, self.kept, self.parent = pointer, kept, parent
        self._lock = threading.Lock()
        self._readers = 0
        self._closed = False

    @property
    def closed(self) -> bool:
        return self._closed or (self.parent is not None and self.parent.closed)

    @contextmanager
    def reading(self) -> Iterator[Any]:
        """The C source, which is not closed meanwhile."""
        with ExitStack() as stack:
            if self.parent is not None:
                stack.enter_context(self.parent.reading())
            with self._lock:
                if self._closed:
                    raise ValueError("the segmentation is closed")
                self._readers += 1
            try:
                yield self._pointer
            finally:
                with self._lock:
                    self._readers -= 1
                    last = self._closed and self._readers == 0
                if last:
                    lib.dseg_source_close(self._pointer)

    def close(self) -> None:
        """Whoever still reads ends the source when it is done."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            free = self._readers == 0
        if free:
            lib.dseg_source_close(self._pointer)

    def __del__(self) -> None:
        self.close()


def make(call: Callable[[Any, Any], int], listener: Listener, kept: object = None, parent: Source | None = None,
         cause: Callable[[], BaseException | None] = lambda: None, stacklevel: int = 4) -> Source:
    """The source that call makes, given where its pointer goes and an error; warns of what listener heard, where
    stacklevel says."""

    def run() -> Source:
        made, error = ffi.new("dseg_source **"), ffi.new("dseg_error *")
        status = call(made, error)
        try:
            check(status, error)
        except Exception as failure:
            raise failure from cause()
        return Source(made[0], kept, parent)

    source = long_call(run)
    try:
        listener.finish(stacklevel)
    except BaseException:
        source.close()
        raise
    return source


def walk(source: Source, begin: Callable[[Any, Any, Any], int], end: Callable[[Any], None], planes: int,
         progress: Progress | None) -> None:
    """A pass over all planes, step by step: between two steps KeyboardInterrupt is raised, and progress is called with
    the number of planes done and of all. What progress raises ends the pass."""
    made, error = ffi.new("dseg_walk **"), ffi.new("dseg_error *")
    with source.reading() as pointer:
        check(begin(pointer, made, error), error)
        walking = made[0]
        try:
            done = 0
            while walking.count > 0:
                done = max(done, min(planes, walking.first + walking.count))
                check(walking.step(walking, error), error)
                if progress is not None:
                    progress(done, planes)
            end(walking)
        finally:
            walking.destroy(walking)
