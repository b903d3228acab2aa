# SPDX-License-Identifier: Apache-2.0
"""The same instances as Microscopy Bulk Simple Annotations (PS3.3 A.87, C.37.1): what the comparison of evidence.md is made of.

Outlines are those of pixels, corner by corner, so that nothing is lost: each point where an outline turns, as two numbers of 32
bits in Point Coordinates Data (0066,0016), and for each outline four bytes in Long Primitive Point Index List (0066,0040)."""

import numpy
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

STORAGE = "1.2.840.10008.5.1.4.1.1.91.1"
STRIP = 256  # rows at a time


def corners_of(labels):
    """How many points the outlines of all instances have: each place where one turns, of holes and pieces too."""
    thirds = 0
    padded = numpy.pad(labels, 1)
    for top in range(0, padded.shape[0] - 1, STRIP):
        part = padded[top : top + STRIP + 1]
        pixels = part[:-1, :-1], part[:-1, 1:], part[1:, 1:], part[1:, :-1]  # round a corner
        for i in range(4):
            own = pixels[i]
            beside, across = (own == pixels[i - 1], own == pixels[i - 3]), own == pixels[i - 2]
            of_four = 1 + beside[0] + beside[1] + across
            turns = 3 * ((of_four == 1) | ((of_four == 2) & across)) + (of_four == 3)  # in thirds: three pixels share a corner
            thirds += int(turns[own > 0].sum())
    return thirds // 3


def edges_of(labels):
    """Sides of pixels at which an instance ends, with the instance on the right hand: label, start and end (x, y)."""
    padded = numpy.pad(labels, 1)
    inner = padded[1:-1, 1:-1]
    found = []
    for other, start, end in ((padded[:-2, 1:-1], (0, 0), (1, 0)), (padded[1:-1, 2:], (1, 0), (1, 1)),
                              (padded[2:, 1:-1], (1, 1), (0, 1)), (padded[1:-1, :-2], (0, 1), (0, 0))):  # fmt: skip
        y, x = numpy.nonzero((inner > 0) & (inner != other))
        found.append(numpy.stack([inner[y, x], x + start[0], y + start[1], x + end[0], y + end[1]], 1).astype(numpy.int64))
    edges = numpy.concatenate(found)
    return edges[numpy.argsort(edges[:, 0], kind="stable")]


def outlines_of(labels):
    """(instance, points) of each outline; a piece or a hole is an outline of its own. Where two meet in a corner they part."""
    edges = edges_of(labels)
    numbers, starts = numpy.unique(edges[:, 0], return_index=True)
    for number, own in zip(numbers.tolist(), numpy.split(edges[:, 1:], starts[1:])):
        following = {}
        for x0, y0, x1, y1 in own.tolist():
            following.setdefault((x0, y0), []).append((x1, y1))
        while following:
            start = at = next(iter(following))
            points, before = [], None
            while True:
                ends = following[at]
                # Of two ways on the right turn: the pieces that meet here part.
                turn = lambda end: before is None or (end[0] - at[0], end[1] - at[1]) == (-before[1], before[0])  # noqa: E731
                after = next((end for end in ends if turn(end)), ends[0])
                ends.remove(after)
                if not ends:
                    del following[at]
                step = (after[0] - at[0], after[1] - at[1])
                if step != before:
                    points.append(at)
                before, at = step, after
                if at == start:
                    break
            if len(points) > 1 and (points[1][0] - points[0][0] == 0) == (at[0] - points[-1][0] == 0):
                points.pop(0)  # the start lies on a side
            yield number, points


def area_of(points):
    x, y = numpy.array(points, numpy.int64).T
    return int(numpy.sum(x * numpy.roll(y, -1) - y * numpy.roll(x, -1))) // 2


def code(value, scheme, meaning):
    made = Dataset()
    made.CodeValue, made.CodingSchemeDesignator, made.CodeMeaning = value, scheme, meaning
    return [made]


def group_of(number, label, outlines):
    """An Item of Annotation Group Sequence with the attributes of type 1."""
    made = Dataset()
    made.AnnotationGroupNumber, made.AnnotationGroupUID, made.AnnotationGroupLabel = number, f"1.2.3.{number}", label
    made.AnnotationGroupGenerationType = "AUTOMATIC"
    algorithm = Dataset()
    algorithm.AlgorithmFamilyCodeSequence = code("123109", "DCM", "Artificial Intelligence")
    algorithm.AlgorithmName, algorithm.AlgorithmVersion = "ExampleNet", "2"
    made.AnnotationGroupAlgorithmIdentificationSequence = [algorithm]
    made.AnnotationPropertyCategoryCodeSequence = code("91723000", "SCT", "Anatomical Structure")
    made.AnnotationPropertyTypeCodeSequence = code("84640000", "SCT", "Nucleus")
    made.AnnotationAppliesToAllOpticalPaths, made.AnnotationAppliesToAllZPlanes = "YES", "YES"
    made.NumberOfAnnotations, made.GraphicType = len(outlines), "POLYGON"
    lengths = numpy.array([2 * len(points) for points in outlines])
    made.PointCoordinatesData = numpy.concatenate([numpy.array(points, "<f4") for points in outlines]).tobytes()
    made.LongPrimitivePointIndexList = (numpy.cumsum(lengths) - lengths + 1).astype("<u4").tobytes()
    return made


def annotations(labels, classes):
    """An object of all instances: classes, an array of the class of each. And the number of outlines and points."""
    groups, count, points = {}, 0, 0
    areas = numpy.zeros(len(classes) + 1, numpy.int64)
    for number, outline in outlines_of(labels):
        groups.setdefault(int(classes[number - 1]), []).append(outline)
        areas[number] += area_of(outline)
        count, points = count + 1, points + len(outline)
    if not numpy.array_equal(areas[1:], numpy.bincount(labels.ravel(), minlength=len(areas))[1:]):
        raise RuntimeError("outlines do not hold the pixels of their instances")
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID, made.file_meta.MediaStorageSOPClassUID = ExplicitVRLittleEndian, STORAGE
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID = "1.2.3.4"
    made.SOPClassUID, made.Modality, made.ContentLabel = STORAGE, "ANN", "NUCLEI"
    made.AnnotationCoordinateType, made.PixelOriginInterpretation = "2D", "VOLUME"
    image = Dataset()
    image.ReferencedSOPClassUID, image.ReferencedSOPInstanceUID = "1.2.840.10008.5.1.4.1.1.77.1.6", "1.2.3.5"
    made.ReferencedImageSequence = [image]
    made.AnnotationGroupSequence = [group_of(i, f"class {one}", groups[one]) for i, one in enumerate(sorted(groups), 1)]
    return made, count, points
