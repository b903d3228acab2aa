# SPDX-License-Identifier: Apache-2.0
"""Exceptions and warnings of the package."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["DsegError", "DsegNote", "DsegWarning", "OverlapError", "Status"]


class Status(IntEnum):
    """Why a call failed: the values of ``dseg_status`` in ``dseg/status.h``."""

    ARGUMENT = 1  #: a mistake of the caller
    INPUT = 2  #: a file cannot be opened or read
    OUTPUT = 3  #: a file cannot be created, or exists and may not be replaced
    FORMAT = 4  #: the input contradicts its format
    UNSUPPORTED = 5  #: valid, or may be, but this build cannot handle it
    LIMIT = 6  #: a limit of the format or of the caller is exceeded
    MEMORY = 7  #: an allocation failed
    OVERLAP = 8  #: segments overlap where the result cannot hold that


class DsegError(Exception):
    """A failure of the library. The message names the file, the element's tag and the section of the standard.

    :ivar status: why
    """

    def __init__(self, status: Status, message: str) -> None:
        super().__init__(message)
        self.status = status

    def __reduce__(self) -> tuple[type[DsegError], tuple[Status, str]]:
        return type(self), (self.status, str(self))


class OverlapError(DsegError):
    """Segments overlap where a label map cannot hold that; see ``overlap=`` and ``layer=`` of ``labels``."""


class DsegWarning(UserWarning):
    """What is worth telling but does not stop the work."""


class DsegNote(DsegWarning):
    """What became of something, where nothing was lost: ``warnings.simplefilter("ignore", dseg.DsegNote)`` leaves the rest."""
