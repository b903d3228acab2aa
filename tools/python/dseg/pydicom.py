# SPDX-License-Identifier: Apache-2.0
"""pydicom 3, and through it highdicom, decode with this package every transfer syntax that it reads.

>>> import dseg.pydicom
>>> dseg.pydicom.register()
>>> pixels = pydicom.dcmread("seg.dcm").pixel_array

That includes those that are proposals, and those that pydicom does not know. pydicom has no list of plug-ins that it
looks in by itself: register is a call, once for each process, before objects are read.

A plug-in of pydicom gets one frame and no number, which is not enough for frames that are predicted from others. Those
are decoded where pydicom is asked for an array: ``pixel_array`` of an object, ``pydicom.pixels.pixel_array``. highdicom
decodes frames one by one unless ``pixel_array`` was asked for before."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import _uid_dict, encaps
from pydicom.pixels.decoders import base
from pydicom.uid import UID, register_transfer_syntax

from ._native import check, ffi, lib
from .registry import FrameCodec, codecs

DECODER_DEPENDENCIES: dict[str, tuple[str, ...]] = {}  # pydicom asks for it by this name
PLUGIN = "dseg"


def is_available(uid: str) -> bool:
    """What pydicom asks a plug-in."""
    return str(uid) in DECODER_DEPENDENCIES


class Frames:
    """The frames of one object through one context, as the library wants it: a context may keep what it learned."""

    def __init__(self, runner: Any) -> None:
        self.runner = runner
        self.raised: BaseException | None = None
        self._error = ffi.new("dseg_error *")
        # A frame of 1 bit is given as bytes, which the runner remembers for the frames that follow.
        bits = 1 if runner.bits_stored == 1 else runner.bits_allocated
        self.info = ffi.new("dseg_frame_info *", {"rows": runner.rows, "columns": runner.columns, "bits_allocated": bits,
                                                  "palette_color": runner.photometric_interpretation == "PALETTE COLOR"})
        self._codec = lib.dseg_find_frame_codec(str(runner.transfer_syntax).encode())
        setup = ffi.new("dseg_codec_setup *", {"format": self.info[0], "frame_count": runner.number_of_frames})
        self._handle = ffi.new_handle(self)
        setup.frames.read, setup.frames.user = lib.dseg_py_read_frame, self._handle
        made = ffi.new("dseg_codec_context **")
        self._check(self._codec.create(setup, made, self._error))
        self._context = ffi.gc(made[0], self._codec.destroy)

    def _check(self, status: int) -> None:
        try:
            check(status, self._error)
        except Exception as failure:
            raise failure from self.raised

    def stored(self, index: int) -> bytes:
        """The bytes of a frame."""
        runner = self.runner
        return encaps.get_frame(runner.src, index, number_of_frames=runner.number_of_frames,
                                extended_offsets=runner.extended_offsets)

    def decode(self, index: int, data: Any) -> NDArray[np.uint8]:
        """Bytes of the frame's pixels, little endian, one at least for each."""
        self.info.frame = index
        out = np.empty(lib.dseg_frame_bytes(self.info), np.uint8)
        source, to = ffi.from_buffer("uint8_t[]", data), ffi.from_buffer("uint8_t[]", out)
        view = ffi.new("dseg_view *", {"data": source, "size": len(source)})
        span = ffi.new("dseg_span *", {"data": to, "size": len(to)})
        self._check(self._codec.decode(self._context, self.info, view[0], span[0], self._error))
        if self.info.bits_allocated == 1:
            return np.unpackbits(out, count=self.info.rows * self.info.columns, bitorder="little")
        if sys.byteorder == "big" and self.info.bits_allocated > 8:
            return out.view(f"u{self.info.bits_allocated // 8}").byteswap().view(np.uint8)
        return out


@ffi.def_extern(error=lib.DSEG_ERROR_INPUT)  # type: ignore[untyped-decorator]
def dseg_py_read_frame(user: Any, frame: int, out: Any, error: Any) -> int:
    frames = ffi.from_handle(user)
    try:
        data = frames.stored(frame)
    except BaseException as raised:  # the cause of the exception that decode raises
        frames.raised = raised
        message = ffi.new("char[]", str(raised).encode()[:900])
        return int(lib.dseg_fail(error, lib.DSEG_ERROR_INPUT, b"%s", message))
    return int(lib.dseg_buffer_append(out, ffi.from_buffer(data), len(data), error))


def decode_frame(data: bytes, runner: Any) -> bytes:
    """One frame: the form of plug-ins that pydicom has."""
    decoded = Frames(runner).decode(0, data)
    if runner.bits_stored == 1:
        runner.set_option("bits_allocated", 8)
    return decoded.tobytes()


class WholeDecoder(base.Decoder):
    """All frames of an object through one context, by their numbers: frames may be predicted from others."""

    @staticmethod
    def _as_array_encapsulated(runner: Any, index: int | None) -> NDArray[Any]:
        frames = Frames(runner)
        indices = range(runner.number_of_frames) if index is None else [index]
        decoded = np.concatenate([frames.decode(number, frames.stored(number)) for number in indices])
        return decoded.view(runner.pixel_dtype)


class Encoding:
    """Says of each UID that is registered here how data sets are encoded. pydicom keeps that for one UID object, and the
    one of a file that was read is another, which highdicom asks. A UID that has the attribute itself keeps it."""

    def __get__(self, uid: UID | None, owner: type) -> tuple[bool, bool]:
        if uid is not None and str(uid) in DECODER_DEPENDENCIES:
            return False, True
        raise AttributeError("_PRIVATE_TS_ENCODING")


def register() -> list[str]:
    """Has pydicom decode with this package.

    :returns: the Transfer Syntax UIDs: of those that pydicom decodes by itself, too, where this package is one more
        plug-in, which ``decoding_plugin="dseg"`` chooses
    """
    if not isinstance(vars(UID).get("_PRIVATE_TS_ENCODING"), Encoding):
        UID._PRIVATE_TS_ENCODING = Encoding()  # type: ignore[assignment]
    done = []
    for codec in codecs():
        if codec.reads and codec.encapsulated:
            _register(codec)
            done.append(codec.transfer_syntax_uid)
    return done


def _register(codec: FrameCodec) -> None:
    uid = UID(codec.transfer_syntax_uid)
    if uid.is_private:
        register_transfer_syntax(uid, implicit_vr=False, little_endian=True)
    elif str(uid) not in _uid_dict.UID_dictionary:  # newer than pydicom
        _uid_dict.UID_dictionary[str(uid)] = (codec.title, "Transfer Syntax", "", "", "")
    DECODER_DEPENDENCIES[str(uid)] = ("dseg",)
    if uid not in base._PIXEL_DATA_DECODERS:
        base._PIXEL_DATA_DECODERS[uid] = (WholeDecoder(uid), "3.0")
    decoder = base._PIXEL_DATA_DECODERS[uid][0]
    if PLUGIN not in decoder.available_plugins:
        decoder.add_plugin(PLUGIN, (__name__, "decode_frame"))
