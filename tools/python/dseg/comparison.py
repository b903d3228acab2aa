# SPDX-License-Identifier: Apache-2.0
"""What differs between two segmentations, whatever their encodings and formats."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from ._native import Listener, Progress, check, ffi, lib, long_call, text
from .segmentation import Segmentation, open
from .segments import Segment

MATCHES = {None: lib.DSEG_MATCH_CHOSEN, "number": lib.DSEG_MATCH_NUMBER, "label": lib.DSEG_MATCH_LABEL,
           "order": lib.DSEG_MATCH_ORDER}


@dataclass(frozen=True)
class PairComparison:
    """Two segments that correspond, or one without a counterpart (None)."""

    a: Segment | None
    b: Segment | None
    voxels_a: int
    voxels_b: int
    voxels_differ: int
    dice: float  #: 2 |A and B| / (|A| + |B|); 1 when both are empty
    differs: tuple[str, ...]  #: aspects
    texts: tuple[str, ...]  #: differences in words


@dataclass(frozen=True)
class Comparison:
    """What :func:`compare` found. It is true where nothing differs that counts."""

    same: bool
    differs: tuple[str, ...]  #: "geometry", "extent", "voxels", "segments", "numbers", "names", "codes", ...
    voxels_compared: bool  #: False: the grids cannot be brought together at all
    pairs: tuple[PairComparison, ...]
    texts: tuple[str, ...]  #: differences of the whole, and notes, in words

    def __bool__(self) -> bool:
        return self.same


def compare(a: Any, b: Any, *, ignore: Iterable[str] = (), tolerance: float = 0.001, match: str | None = None,
            threads: int = 0, progress: Progress | None = None) -> Comparison:
    """Compares voxels, geometry, segments and what is said of them.

    :param a: a segmentation, or what :func:`dseg.open` takes
    :param b: likewise
    :param ignore: aspects whose differences do not count, as in ``Comparison.differs``
    :param tolerance: mm: voxels lie at the same place when the far corners agree to so much
    :param match: how segments correspond: "number", "label" or "order"; None: chosen
    """
    if match not in MATCHES:
        raise ValueError(f"match={match!r}: one of 'number', 'label', 'order' or None is expected")
    listener = Listener(progress)
    options = ffi.new("dseg_compare_options *", {
        "struct_size": ffi.sizeof("dseg_compare_options"), "tolerance": tolerance, "ignore": _mask(ignore),
        "match": MATCHES[match], "threads": threads})
    listener.reports(options.progress)
    with ExitStack() as stack:
        first, second = (one if isinstance(one, Segmentation) else stack.enter_context(open(one)) for one in (a, b))

        def call() -> Comparison:
            made, error = ffi.new("dseg_comparison **"), ffi.new("dseg_error *")
            with first._source.reading() as x, second._source.reading() as y:
                check(lib.dseg_compare(x, y, options, made, error), error)
            return _result(ffi.gc(made[0], lib.dseg_comparison_destroy), first, second)

        result = long_call(call)
    listener.finish()
    return result


def _aspects() -> list[str]:
    names: list[str] = []
    while (name := text(lib.dseg_aspect_name(len(names)))) is not None:
        names.append(name)
    return names


def _mask(ignore: Iterable[str]) -> int:
    aspects = _aspects()
    bits = 0
    for name in [ignore] if isinstance(ignore, str) else ignore:
        if name not in aspects:
            raise ValueError(f"ignore: {name!r} is none of {', '.join(aspects)}")
        bits |= 1 << aspects.index(name)
    return bits


def _named(bits: int) -> tuple[str, ...]:
    return tuple(name for i, name in enumerate(_aspects()) if bits >> i & 1)


def _texts(of: Any) -> tuple[str, ...]:
    return tuple(text(of.differences[i].text) or "" for i in range(of.difference_count))


def _result(found: Any, first: Segmentation, second: Segmentation) -> Comparison:
    pairs = []
    for pair in (found.pairs[i] for i in range(found.pair_count)):
        pairs.append(PairComparison(
            first.segments[pair.a] if pair.a >= 0 else None, second.segments[pair.b] if pair.b >= 0 else None,
            pair.voxels_a, pair.voxels_b, pair.voxels_differ, pair.dice, _named(pair.differs), _texts(pair)))
    return Comparison(found.same, _named(found.differs), found.voxels_compared, tuple(pairs), _texts(found))
