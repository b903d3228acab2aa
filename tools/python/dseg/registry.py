# SPDX-License-Identifier: Apache-2.0
"""What this build of the library reads and writes."""

from __future__ import annotations

from dataclasses import dataclass

from ._native import ffi, lib, text


@dataclass(frozen=True)
class FrameCodec:
    """How the frames of an object are compressed: one for each transfer syntax."""

    name: str
    title: str
    transfer_syntax_uid: str
    reads: bool
    writes: bool
    experimental: bool  #: beyond the standard: a proposal, never chosen by default
    lossy: bool
    encapsulated: bool


def codecs() -> list[FrameCodec]:
    """The frame codecs, in order of preference."""
    found: list[FrameCodec] = []
    while codec := lib.dseg_frame_codec_at(len(found)):
        flags = codec.flags
        found.append(FrameCodec(
            text(codec.name) or "", text(codec.title) or "", text(codec.transfer_syntax_uid) or "",
            bool(flags & lib.DSEG_PLUGIN_CAN_READ), bool(flags & lib.DSEG_PLUGIN_CAN_WRITE),
            bool(flags & lib.DSEG_PLUGIN_EXPERIMENTAL), bool(flags & lib.DSEG_PLUGIN_LOSSY),
            not flags & lib.DSEG_PLUGIN_NATIVE))
    return found


def version() -> str:
    """The version of the library and of this package."""
    return str(ffi.string(lib.dseg_version()).decode())


def libraries() -> str:
    """The libraries that the build may use, with their versions."""
    return str(ffi.string(lib.dseg_build_libraries()).decode())
