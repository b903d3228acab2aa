# SPDX-License-Identifier: Apache-2.0
"""A picture of a segmentation, made by the program of this package."""

from __future__ import annotations

import os
import subprocess
import tempfile
from typing import Any

from .__main__ import PROGRAM
from ._inputs import places
from .errors import DsegError, Status
from .segmentation import Segmentation

STATUS = {2: Status.ARGUMENT, 3: Status.INPUT, 4: Status.OUTPUT}  # by the program's exit code


class Picture(bytes):
    """A PNG picture; shown where it is the value of a cell of a notebook."""

    def _repr_png_(self) -> bytes:
        return bytes(self)

    def __repr__(self) -> str:
        return f"<PNG picture, {len(self)} bytes>"


def preview(what: Any, *, size: int = 1400, layout: str | None = None, planes: tuple[int, int] | None = None,
            overlap: str = "last", reference: Any = None) -> Picture:
    """Three sections and a view from the front, in the segments' colours, with a legend.

    :param what: a segmentation, or what :func:`dseg.open` takes
    :param size: width in pixels
    :param layout: "sections", or "planes": planes side by side; None: sections where there is a volume
    :param planes: (first, last) to choose from, counted from 0, last included; means layout="planes"
    :param overlap: which of segments that overlap is seen: "first" or "last"
    :param reference: directories or files of images to draw below
    :returns: the bytes of a PNG picture
    """
    arguments = ["--size", str(size), "--overlap", overlap]
    if layout is not None:
        arguments += ["--layout", layout]
    if planes is not None:
        arguments += ["--planes", f"{planes[0] + 1}-{planes[1] + 1}"]
    for path in [] if reference is None else [reference] if isinstance(reference, (str, os.PathLike)) else reference:
        arguments += ["--reference", os.fspath(path)]
    with tempfile.TemporaryDirectory(prefix="dseg-") as folder:
        drawn = os.path.join(folder, "picture.png")
        done = subprocess.run([PROGRAM, "preview", _file(what, folder), drawn, *arguments], capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            raise DsegError(STATUS.get(done.returncode, Status.INPUT), done.stderr.strip().removeprefix("error: "))
        with open(drawn, "rb") as file:
            return Picture(file.read())


def _file(what: Any, folder: str) -> str:
    """The file that the program draws: the caller's, or an object with the same voxels."""
    if not isinstance(what, Segmentation):
        found = places(what)
        if len(found) == 1 and found[0].path is not None:
            return found[0].path
    from .writing import convert, write

    path = os.path.join(folder, "segmentation.dcm")
    if isinstance(what, Segmentation):
        write(path, what)
    else:
        convert(what, path)
    return path
