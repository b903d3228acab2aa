# SPDX-License-Identifier: Apache-2.0
"""A round that failed, made plainer as long as the same check fails in the same way.

A Case says all of a round: its seed and number, which of its choices are plain, what is cut away of the segmentation,
and whether something was added to the object after it was written. Written as JSON it is a test (cases/).
"""

import dataclasses
import json
import time

import numpy as np

LONGEST = 120  # seconds that one reduction takes at most


@dataclasses.dataclass(frozen=True)
class Cut:
    """What is left of a segmentation: planes, rows and columns from the first on, and these of its segments, counted
    from 0. None: all."""

    planes: int | None = None
    rows: int | None = None
    columns: int | None = None
    segments: tuple | None = None

    def apply(self, truth, gaps):
        """A copy; without gaps the segments that are left are numbered from 1."""
        numbers = [number for index, number in enumerate(truth.numbers) if self.segments is None or index in self.segments]
        masks = {number: truth.masks[number][: self.planes, : self.rows, : self.columns].copy() for number in numbers}
        if not any(mask.any() for mask in masks.values()):
            masks[numbers[0]][0, 0, 0] = 1
        cut = type(truth)(truth.kind, masks, truth.affine, truth.maximum)
        cut.fractional_type = truth.fractional_type
        return cut if gaps else cut.renumbered()


@dataclasses.dataclass(frozen=True)
class Case:
    seed: int
    number: int
    plain: tuple = ()
    cut: Cut = Cut()
    decorated: bool = True

    def simpler(self, choices, shape, segments):
        """Cases that are plainer in one respect, those that take away most first. choices, shape and segments: how many
        choices this case made, and what it made."""
        if self.decorated:
            yield dataclasses.replace(self, decorated=False)
        left = [choice for choice in range(choices) if choice not in self.plain]
        if len(left) > 1:
            yield dataclasses.replace(self, plain=(*self.plain, *left))
        for half in (left[: len(left) // 2], left[len(left) // 2 :]):
            if len(half) > 1:
                yield dataclasses.replace(self, plain=(*self.plain, *half))
        for name, size in zip(("planes", "rows", "columns"), shape):
            for smaller in dict.fromkeys((size // 2, size - 1)):
                if 0 < smaller < size:
                    yield dataclasses.replace(self, cut=dataclasses.replace(self.cut, **{name: smaller}))
        if segments > 1:
            there = self.cut.segments or tuple(range(segments))
            parts = [there[: len(there) // 2], there[len(there) // 2 :]]
            parts += [there[:index] + there[index + 1 :] for index in range(len(there))]
            for kept in dict.fromkeys(parts):
                yield dataclasses.replace(self, cut=dataclasses.replace(self.cut, segments=kept))
        for choice in left:
            yield dataclasses.replace(self, plain=(*self.plain, choice))

    def text(self):
        return json.dumps(dataclasses.asdict(self), indent=1, default=np.ndarray.tolist) + "\n"


def read_case(path):
    values = json.loads(path.read_text())
    cut = {name: tuple(value) if isinstance(value, list) else value for name, value in values["cut"].items()}
    return Case(values["seed"], values["number"], tuple(values["plain"]), Cut(**cut), values["decorated"])


def reduce_case(case, attempt, seconds=LONGEST):
    """The plainest case found for which attempt(case) fails as it does for this one. attempt returns what fails, a
    name, or None, and how many choices were made, the shape and the number of segments."""
    failing, size = attempt(case)
    assert failing is not None
    until = time.monotonic() + seconds
    found = True
    while found and time.monotonic() < until:
        found = False
        for simpler in case.simpler(*size):
            again, other_size = attempt(simpler)
            if again == failing:
                case, size, found = simpler, other_size, True
                break
            if time.monotonic() >= until:
                break
    return case
