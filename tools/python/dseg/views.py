# SPDX-License-Identifier: Apache-2.0
"""Segmentations that read from another one: some segments and planes, or the planes of images."""

from __future__ import annotations

import os
from typing import Any

from ._native import Listener, Strings, check, ffi, lib, long_call
from ._source import make
from .planes import Planes, choose
from .segmentation import Segmentation


def _derive(seg: Segmentation, listener: Listener, recipe: tuple[Any, tuple[Any, ...]], options: Any,
            kept: object) -> Segmentation:
    options.threads = seg._threads
    listener.warnings(options.warnings)

    def call(made: Any, error: Any, borrowed: object = kept) -> int:  # which lives until the call is over
        with seg._source.reading() as pointer:
            return int(lib.dseg_source_derive(pointer, options, made, error))

    source = make(call, listener, kept, seg._source, stacklevel=5)
    return Segmentation(source, None if seg._recipe is None else recipe, seg._threads)


def select(seg: Segmentation, indices: list[int] | None, planes: Planes) -> Segmentation:
    options = ffi.new("dseg_derive_options *", {"struct_size": ffi.sizeof("dseg_derive_options")})
    kept = []
    if indices is not None:
        kept.append(ffi.new("uint32_t[]", indices or 1))
        options.segments, options.segment_count = kept[-1], len(indices)
    if planes is not None:
        chosen = choose(planes, seg.shape[0])
        numbers = [run.first + i for run in chosen.runs for i in range(run.size)]
        kept.append(ffi.new("size_t[]", numbers or 1))
        options.planes, options.plane_count = kept[-1], len(numbers)
        if not numbers:
            raise ValueError("no plane is chosen")
        planes = numbers
    return _derive(seg, Listener(), (select, (seg, indices, planes)), options, kept)


def describe_images(images: Any, listener: Listener, other_patient: bool = False) -> Any:
    """A description of images, whose planes and references are theirs; freed with the object."""
    paths = [images] if isinstance(images, (str, bytes, os.PathLike)) else list(images)
    strings = Strings()
    options = ffi.new("dseg_reference_options *", {"struct_size": ffi.sizeof("dseg_reference_options"),
                                                  "other_patient": other_patient})
    listener.warnings(options.warnings)
    description = ffi.gc(lib.dseg_description_create(), lib.dseg_description_destroy)
    if not description:
        raise MemoryError("no memory for a description")
    names = strings.paths(paths)

    def call() -> None:
        error = ffi.new("dseg_error *")
        check(lib.dseg_description_add_reference(description, names, len(paths), options, error), error)

    long_call(call)
    return description


def onto(seg: Segmentation, images: Any, crop: bool, other_patient: bool) -> Segmentation:
    listener = Listener()
    options = ffi.new("dseg_derive_options *", {"struct_size": ffi.sizeof("dseg_derive_options"), "crop": crop,
                                               "grid": lib.DSEG_VIEW_GRID_ONTO})
    recipe = (onto, (seg, images, crop, other_patient))
    if isinstance(images, Segmentation):
        with images._source.reading() as pointer:
            options.onto = ffi.addressof(lib.dseg_source_description(pointer), "geometry")
            return _derive(seg, listener, recipe, options, images._source)
    description = describe_images(images, listener, other_patient)
    options.images = description
    return _derive(seg, listener, recipe, options, description)
