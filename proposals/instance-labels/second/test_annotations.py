# SPDX-License-Identifier: Apache-2.0
"""Tests of annotations.py, of which the evidence compares Bulk Simple Annotations: outlines hold the pixels of their instances, and
their points are those that are counted without tracing."""

import sys
import unittest
from pathlib import Path

import numpy

sys.path.insert(1, str(Path(__file__).resolve().parents[1]))
from annotations import annotations, area_of, corners_of, outlines_of  # noqa: E402


class Outlines(unittest.TestCase):
    def test_one_pixel(self):
        labels = numpy.zeros((3, 3), numpy.uint32)
        labels[1, 1] = 1
        found = list(outlines_of(labels))
        self.assertEqual([(n, sorted(points)) for n, points in found], [(1, [(1, 1), (1, 2), (2, 1), (2, 2)])])
        self.assertEqual(area_of(found[0][1]), 1)

    def test_hole_and_pieces(self):
        labels = numpy.ones((5, 5), numpy.uint32)
        labels[2, 2] = 0
        areas = sorted(area_of(points) for _, points in outlines_of(labels))
        self.assertEqual((areas, corners_of(labels)), ([-1, 25], 8))
        pieces = numpy.array([[1, 0], [0, 1]], numpy.uint32)
        self.assertEqual(([area_of(points) for _, points in outlines_of(pieces)], corners_of(pieces)), ([1, 1], 8))

    def test_noise(self):
        random = numpy.random.default_rng(1)
        for shape, values in (((9, 11), 2), ((30, 40), 5), ((300, 20), 3)):  # more rows than are counted at a time
            labels = random.integers(0, values, shape).astype(numpy.uint32)
            _, _, points = annotations(labels, numpy.zeros(values, int))  # which compares areas
            self.assertEqual(points, corners_of(labels))

    def test_attributes(self):
        labels = numpy.array([[1, 1, 0, 2], [1, 0, 2, 2]], numpy.uint32)
        made, outlines, points = annotations(labels, numpy.array([1, 2]))
        groups = made.AnnotationGroupSequence
        self.assertEqual((outlines, points, [group.NumberOfAnnotations for group in groups]), (2, 12, [1, 1]))
        self.assertEqual(sum(len(group.PointCoordinatesData) for group in groups), 8 * points)
        self.assertEqual(sum(len(group.LongPrimitivePointIndexList) for group in groups), 4 * outlines)


if __name__ == "__main__":
    unittest.main()
