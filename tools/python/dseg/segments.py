# SPDX-License-Identifier: Apache-2.0
"""What is said of a segment, from the library's structs and to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ._native import Strings, ffi, lib, text

ALGORITHMS = ("AUTOMATIC", "SEMIAUTOMATIC", "MANUAL")
MOST_NUMBER = 65535  # Segment Number (0062,0004) is US
MOST_LABEL = 64  # Segment Label (0062,0005) is LO


@dataclass(frozen=True)
class Code:
    """A coded concept (PS3.3 8.8): ``Code("10200004", "SCT", "Liver")``."""

    value: str  #: Code Value (0008,0100)
    scheme: str  #: Coding Scheme Designator (0008,0102)
    meaning: str  #: Code Meaning (0008,0104)

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value} {self.meaning}"


@dataclass(frozen=True)
class Segment:
    """One segment (Segment Description Macro, PS3.3 Table C.8.20-4).

    What is left out is left to the library: codes that say "tissue", and a colour that differs from its neighbours'."""

    number: int | None = None  #: Segment Number (0062,0004), its value in label maps; None: by its place in a list
    label: str = ""  #: Segment Label (0062,0005), at most 64 characters; empty: "Segment NUMBER"
    category: Code | None = None  #: Segmented Property Category (0062,0003)
    type: Code | None = None  #: Segmented Property Type (0062,000F)
    modifiers: tuple[Code, ...] = ()  #: of the type (0062,0011): laterality, mostly
    regions: tuple[Code, ...] = ()  #: Anatomic Region (0008,2218)
    region_modifiers: tuple[Code, ...] = ()  #: (0008,2220) of the first region
    color: tuple[int, int, int] | None = None  #: sRGB, 0..255 each
    algorithm_type: str = "AUTOMATIC"  #: (0062,0008): AUTOMATIC, SEMIAUTOMATIC, MANUAL
    algorithm_name: str | None = None  #: (0062,0009)
    description: str | None = None  #: (0062,0006)
    tracking_id: str | None = None  #: (0062,0020)
    tracking_uid: str | None = None  #: (0062,0021)
    cielab: tuple[int, int, int] | None = field(default=None, repr=False)
    """Recommended Display CIELab Value (0062,000D) as it was read; None, or another colour than it: made of color."""


def from_c(segment: Any) -> Segment:
    """A copy of a ``dseg_segment``."""
    return Segment(
        number=segment.number, label=text(segment.label) or "", category=_code(segment.category), type=_code(segment.type),
        modifiers=_codes(segment.type_modifiers), regions=_codes(segment.anatomic_regions),
        region_modifiers=_codes(segment.anatomic_region_modifiers),
        color=tuple(segment.rgb) if segment.has_color else None, algorithm_type=ALGORITHMS[segment.algorithm_type],
        algorithm_name=text(segment.algorithm_name), description=text(segment.description),
        tracking_id=text(segment.tracking_id), tracking_uid=text(segment.tracking_uid),
        cielab=tuple(segment.cielab) if segment.has_color else None)


def _code(code: Any) -> Code | None:
    return Code(*(text(part) or "" for part in (code.value, code.scheme, code.meaning))) if code.value else None


def _codes(codes: Any) -> tuple[Code, ...]:
    return tuple(code for code in (_code(codes.items[i]) for i in range(codes.count)) if code is not None)


def to_c(segments: Sequence[Segment], strings: Strings) -> Any:
    """An array of ``dseg_segment``, which lives as long as strings. All segments have numbers."""
    array = strings.keep(ffi.new("dseg_segment[]", max(1, len(segments))))
    for to, segment in zip(array, segments):
        to.number = segment.number
        to.label = strings.text(segment.label or f"Segment {segment.number}")
        to.description = strings.text(segment.description)
        to.algorithm_type = ALGORITHMS.index(segment.algorithm_type)
        to.algorithm_name = strings.text(segment.algorithm_name)
        to.tracking_id, to.tracking_uid = strings.text(segment.tracking_id), strings.text(segment.tracking_uid)
        _put_code(to.category, segment.category, strings)
        _put_code(to.type, segment.type, strings)
        _put_codes(to.type_modifiers, segment.modifiers, strings)
        _put_codes(to.anatomic_regions, segment.regions, strings)
        _put_codes(to.anatomic_region_modifiers, segment.region_modifiers, strings)
        if segment.color is not None:
            _put_color(to, segment)
    return array


def _put_code(to: Any, code: Code | None, strings: Strings) -> None:
    if code is not None:
        to.value, to.scheme, to.meaning = (strings.text(part) for part in (code.value, code.scheme, code.meaning))


def _put_codes(to: Any, codes: Sequence[Code], strings: Strings) -> None:
    items = strings.keep(ffi.new("dseg_code[]", max(1, len(codes))))
    for item, code in zip(items, codes):
        _put_code(item, code, strings)
    to.items, to.count = items, len(codes)


def _put_color(to: Any, segment: Segment) -> None:
    assert segment.color is not None
    to.has_color, to.rgb = True, list(segment.color)
    lib.dseg_rgb_to_cielab(to.rgb, to.cielab)
    if segment.cielab is not None:
        rgb = ffi.new("uint8_t[3]")
        lib.dseg_cielab_to_rgb(ffi.new("uint16_t[3]", list(segment.cielab)), rgb)
        if tuple(rgb) == segment.color:  # nobody changed the colour since it was read
            to.cielab = list(segment.cielab)


def as_segments(segments: Iterable[Segment | str] | Mapping[int, Segment | str]) -> list[Segment]:
    """What a caller says of segments: a list, whose places are numbers from 1 where a segment has none, or a mapping
    from numbers, in the caller's order. Texts are labels. Two segments of one number or one name are refused."""
    if isinstance(segments, (str, bytes, Segment)):
        raise TypeError(f"segments={segments!r}: a list of segments or labels, or a mapping from numbers, is expected")
    pairs = list(segments.items() if isinstance(segments, Mapping) else enumerate(segments, 1))
    result = []
    for number, given in pairs:
        if isinstance(number, bool) or not hasattr(number, "__index__"):
            raise TypeError(f"{number!r} is no segment number: integers are expected as keys")
        if not isinstance(given, (Segment, str)):
            raise TypeError(f"segment {number}: a dseg.Segment or a label is expected, not {type(given).__name__}")
        segment = Segment(label=given) if isinstance(given, str) else given
        if isinstance(segments, Mapping) and segment.number not in (None, number):
            raise ValueError(f"segment {segment.label!r} has number {segment.number}, and stands under {number}")
        segment = segment if segment.number is not None else replace(segment, number=int(number))
        _check(segment)
        result.append(segment)
    _refuse_twice([segment.number for segment in result], "number")
    _refuse_twice([segment.label for segment in result if segment.label], "name")
    return result


def _check(segment: Segment) -> None:
    """Raises ValueError for what an object cannot hold."""
    name = f"segment {segment.number} {segment.label!r}"
    if segment.number is None or not 1 <= segment.number <= MOST_NUMBER:
        raise ValueError(f"{name}: a number of 1 to {MOST_NUMBER} is expected (PS3.3 C.8.20.2)")
    if len(segment.label) > MOST_LABEL:
        raise ValueError(f"{name}: Segment Label (0062,0005) has at most {MOST_LABEL} characters, not {len(segment.label)}")
    if segment.algorithm_type not in ALGORITHMS:
        raise ValueError(f"{name}: algorithm_type is one of {', '.join(ALGORITHMS)} (0062,0008), not "
                         f"{segment.algorithm_type!r}")
    if segment.color is not None and (len(segment.color) != 3 or not all(0 <= part <= 255 for part in segment.color)):
        raise ValueError(f"{name}: color is three numbers of 0 to 255, not {segment.color!r}")
    for code in (segment.category, segment.type, *segment.modifiers, *segment.regions, *segment.region_modifiers):
        if code is not None and not (code.value and code.scheme and code.meaning):
            raise ValueError(f"{name}: a code has a value, a scheme and a meaning (PS3.3 8.8), not {code!r}")


def _refuse_twice(values: Sequence[object], what: str) -> None:
    seen = set()
    for value in values:
        if value in seen:
            raise ValueError(f"two segments have the {what} {value!r}")
        seen.add(value)
