# SPDX-License-Identifier: Apache-2.0
"""DICOM segmentations (SEG), and label volumes of research formats, read and written at the speed of the latter.

>>> import dseg
>>> with dseg.open("seg.dcm") as seg:
...     labels = seg.labels()                # [plane, row, column]
>>> dseg.write("copy.dcm", labels, like=seg)

Names are loaded when they are first used, so that the program of this package starts without numpy."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .registry import FrameCodec as FrameCodec
    from .registry import codecs as codecs
    from .registry import libraries as libraries
    from .registry import version as version
    from .comparison import Comparison as Comparison
    from .comparison import compare as compare
    from .errors import DsegError as DsegError
    from .errors import DsegNote as DsegNote
    from .errors import DsegWarning as DsegWarning
    from .errors import OverlapError as OverlapError
    from .errors import Status as Status
    from .picture import preview as preview
    from .segmentation import Segmentation as Segmentation
    from .segmentation import open as open
    from .segments import Code as Code
    from .segments import Segment as Segment
    from .statistics import SegmentStatistics as SegmentStatistics
    from .validation import Finding as Finding
    from .validation import validate as validate
    from .writing import Written as Written
    from .writing import convert as convert
    from .writing import from_array as from_array
    from .writing import transcode as transcode
    from .writing import write as write

_HOMES = {
    "registry": ("FrameCodec", "codecs", "libraries", "version"),
    "comparison": ("Comparison", "compare"),
    "errors": ("DsegError", "DsegNote", "DsegWarning", "OverlapError", "Status"),
    "picture": ("preview",),
    "segmentation": ("Segmentation", "open"),
    "segments": ("Code", "Segment"),
    "statistics": ("SegmentStatistics",),
    "validation": ("Finding", "validate"),
    "writing": ("Written", "convert", "from_array", "transcode", "write"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)


def __getattr__(name: str) -> object:
    home = _HOME_OF.get(name)
    if home is None:
        if name == "pydicom":
            return importlib.import_module(".pydicom", __name__)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
