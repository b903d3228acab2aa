# SPDX-License-Identifier: Apache-2.0
"""Where what is written goes: a path, which appears when all is complete, or a file object."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from ._native import Listener, Strings, check, ffi, lib, long_call
from .errors import DsegError, Status


class Output:
    """A ``dseg_output`` for one call. Nothing appears before ``finish``, and nothing at all after a failure."""

    def __init__(self, target: Any, overwrite: bool, inputs: Sequence[str] = ()) -> None:
        self.strings = Strings()
        self.c = ffi.new("dseg_output *", {"struct_size": ffi.sizeof("dseg_output")})
        self.file = None if isinstance(target, (str, bytes, os.PathLike)) else target
        self.set = self.buffer = None
        if self.file is not None:
            if not hasattr(target, "write"):
                raise TypeError(f"the output is a path or a file object, not {type(target).__name__}")
            self.buffer = ffi.gc(ffi.new("dseg_buffer *"), lib.dseg_buffer_free)
            self.c.buffer = self.buffer
            return
        if not overwrite and os.path.lexists(target):
            raise DsegError(Status.OUTPUT, f"{os.fsdecode(target)}: exists; overwrite=True replaces it")
        self.set = ffi.gc(lib.dseg_output_set_create(), lib.dseg_output_set_destroy)
        if not self.set:
            raise MemoryError("no memory for a set of outputs")
        error = ffi.new("dseg_error *")
        for path in inputs:
            check(lib.dseg_output_set_add_input(self.set, self.strings.path(path), error), error)
        self.c.path, self.c.set = self.strings.path(target), self.set
        self.c.flags = lib.DSEG_OUTPUT_REPLACE if overwrite else 0

    def drop(self) -> None:
        """Forgets what was written."""
        for owned in (self.set, self.buffer):
            if owned is not None:
                ffi.release(owned)

    def run(self, call: Callable[[Any], int], listener: Listener, cause: Callable[[], BaseException | None]) -> None:
        """Makes the call, which writes to this output, tells what listener heard, and only then has the output appear.
        An interrupted call goes on without effect: whoever waited for it is gone, and with it what would finish."""

        def work() -> None:
            error = ffi.new("dseg_error *")
            try:
                check(call(error), error)
            except BaseException as failure:
                self.drop()
                if isinstance(failure, Exception):
                    raise failure from cause()
                raise

        long_call(work)
        try:
            listener.finish(stacklevel=4)
            self._appear()
        finally:
            self.drop()

    def _appear(self) -> None:
        if self.set is not None:
            error = ffi.new("dseg_error *")
            check(lib.dseg_output_set_commit(self.set, error), error)
        elif self.file is not None and self.buffer is not None:
            self.file.write(ffi.buffer(self.buffer.data, self.buffer.size)[:])
