# SPDX-License-Identifier: Apache-2.0
"""Failures of the differential test are reduced: a made-up fault is found again in the plainest segmentation that has it."""

import dataclasses
import pathlib
import tempfile
import unittest

import numpy as np

from differential.reduce import Case, Cut, read_case, reduce_case
from differential.truths import Random, chance, random_truth


def made(case, gaps=True):
    """A segmentation and one choice of its writer."""
    random = Random((case.seed, case.number), case.plain, case.cut)
    truth = random_truth(random, "binary", gaps=gaps, overlap=True, absent=True)
    return random, truth, chance(random, 0.5)


def size(random, truth):
    return random.choices, truth.shape, len(truth.masks)


def first_case(fails):
    """The first round that has the fault, in something large enough to be worth reducing."""
    for number in range(1000):
        random, truth, choice = made(Case(7, number))
        if fails(truth, choice) and truth.shape[0] > 3 and len(truth.masks) > 3:
            return Case(7, number), size(random, truth)
    raise AssertionError("no round has this fault")


class Reduce(unittest.TestCase):
    def reduced(self, fails):
        case, before = first_case(fails)

        def attempt(case):
            random, truth, choice = made(case)
            return "the fault" if fails(truth, choice) else None, size(random, truth)

        plain = reduce_case(case, attempt, seconds=30)
        random, truth, choice = made(plain)
        self.assertTrue(fails(truth, choice))
        return plain, random, truth, before

    def test_any_segmentation_becomes_one_voxel(self):
        plain, _, truth, _ = self.reduced(lambda truth, choice: True)
        self.assertEqual(truth.shape, (1, 1, 1))
        self.assertEqual(len(truth.masks), 1)
        self.assertFalse(plain.decorated)

    def test_what_the_fault_needs_stays(self):
        fails = lambda truth, choice: choice and truth.shape[0] >= 2 and len(truth.masks) >= 2
        plain, random, truth, before = self.reduced(fails)
        self.assertEqual(truth.shape, (2, 1, 1))
        self.assertEqual(len(truth.masks), 2)
        self.assertNotIn(random.choices - 1, plain.plain)  # the writer's choice, which the fault needs
        self.assertGreater(len(plain.plain), before[0] // 2)  # the others are plain

    def test_a_case_comes_back_from_its_file(self):
        case = Case(1, 2, (0, 3), Cut(planes=2, segments=(0, 4)), False)
        with tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory) / "case.json"
            path.write_text(case.text())
            self.assertEqual(read_case(path), case)

    def test_without_a_case_nothing_changes(self):
        for number in range(20):
            truth, other = made(Case(3, number))[1], random_truth(
                np.random.default_rng((3, number)), "binary", gaps=True, overlap=True, absent=True
            )
            self.assertEqual(truth.numbers, other.numbers)
            for segment in truth.numbers:
                np.testing.assert_array_equal(truth.masks[segment], other.masks[segment])

    def test_segments_are_numbered_anew_where_there_may_be_no_gaps(self):
        case = dataclasses.replace(first_case(lambda truth, choice: True)[0], cut=Cut(segments=(1, 3)))
        self.assertEqual(made(case, gaps=False)[1].numbers, [1, 2])


if __name__ == "__main__":
    unittest.main()
