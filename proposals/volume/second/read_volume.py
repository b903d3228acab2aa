#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A second reader of implicit volumes and Frame Presence Maps, written from ../bitstream.md alone: pydicom and numpy.

    head, groups = read_head(path)      # without per-frame functional groups and pixels
    volume = describe(head, groups)     # plane, segment and position of each frame; Faulty if there is an error
    mask = numpy.stack(list(mask_planes(volume, decode_frames(read(path)), number)))

describe() takes no pixels and mask_planes() any sequence of decoded frames (rows x columns): codecs are no matter of the
text. Numbers in brackets are sections of it, E1 to E12 the errors of section 8."""

import argparse
import dataclasses
import json
import sys
import zlib

import numpy

from object_frames import decode_frames, digest
from object_values import Unsupported, decimals, element, find_block, first_item, get, items_of, need, padding_value, read, read_head, whole_number

CREATOR = "DSEG VOLUME"
ROOT = "2.25.58624446592436988505425501571863493983"  # the experimental root: another if dseg was built with another
POSITION, SEGMENT = 0x00200032, 0x0062000B  # Dimension Index Pointer (0020,9165)
MOST_PLANES, MOST_TILES, MOST_FRAMES = 65535, 2**31 - 1, 2**27  # more may be refused (8)


# What an object says


@dataclasses.dataclass
class Volume:
    """What describe() finds. Planes count from 1; arrays over frames have one entry for each frame of this object."""

    said: tuple  # what all parts of a Concatenation have alike
    form: str  # "strict" or "dual"
    slide: bool
    type: str  # Segmentation Type
    rows: int
    columns: int
    planes: int  # P; of a slide: tiles
    segments: numpy.ndarray  # Segment Numbers, ascending
    total: int  # T
    offset: int  # how many frames of the whole are in front of frame 1
    plane: numpy.ndarray  # of each frame
    segment: numpy.ndarray | None  # Segment Number of each frame; None: a LABELMAP
    absent: int  # what an absent place holds
    origin: numpy.ndarray | None  # of plane 1 in mm; None: a slide
    step: numpy.ndarray | None  # from one plane to the next: d * n
    across: int  # A, tiles in a row
    source: tuple | None  # of each plane the index of its image (from 1, 0: none) and frame number in it; and the Items of series
    preserved: str | None  # Spatial Locations Preserved (0028,135A) of all source images

    def position(self, plane):
        """Of planes in mm (4.3), of tiles the first column and row in the total pixel matrix; one more axis than plane has."""
        before = numpy.asarray(plane, numpy.int64) - 1
        if self.slide:
            return numpy.stack([before % self.across * self.columns + 1, before // self.across * self.rows + 1], -1)
        return self.origin + before[..., None] * self.step

    def sources(self):
        """Of each plane None or (SOP Class UID, SOP Instance UID, frame number or 0) (6). None where the object does not say.

        Raises Faulty (E12): to count the references may take longer than all else, so describe() does not."""
        if self.source is None:
            return None
        index, number, series = self.source
        images = [image for item in series for image in get(item, "ReferencedInstanceSequence") or []]
        need(index.max() <= len(images), "E12", f"(0021,xx04) refers to image {index.max()}, but {len(images)} are referenced.")
        uids = [(str(get(image, "ReferencedSOPClassUID")), str(get(image, "ReferencedSOPInstanceUID"))) for image in images]
        return [(*uids[k - 1], f) if k else None for k, f in zip(index.tolist(), number.tolist())]


def segments_first(head):
    """Which of plane and segment is slower in a volume with S > 1, by Dimension Index Sequence (4.2)."""
    tags = [get(item, "DimensionIndexPointer") for item in get(head, "DimensionIndexSequence") or []]
    need(SEGMENT in tags and POSITION in tags, "E7", "Dimension Index Sequence (0020,9222) does not say whether segments or planes come first.")
    return tags.index(SEGMENT) < tags.index(POSITION)


def geometry(head, origins, planes):
    """Origin, and the step from plane to plane (4.3)."""
    need(origins is not None, "E4", "(0021,xx01) Volume Origin Sequence is missing.")
    origins = items_of(origins, "E4", "(0021,xx01) Volume Origin Sequence")
    need(len(origins) == 1, "E4", "(0021,xx01) Volume Origin Sequence has not exactly one Item.")
    origin = decimals(origins[0], "ImagePositionPatient", 3)
    need(origin is not None, "E4", "Image Position (Patient) of (0021,xx01) is not three finite numbers.")
    shared = first_item(head, "SharedFunctionalGroupsSequence")
    cosines = decimals(first_item(shared, "PlaneOrientationSequence"), "ImageOrientationPatient", 6)
    need(cosines is not None, "E5", "Image Orientation (Patient) (0020,0037) is not six finite numbers in the shared groups.")
    normal = numpy.cross(cosines[:3], cosines[3:])
    length = numpy.linalg.norm(normal)
    need(1e-6 <= length < numpy.inf, "E5", "the vectors of Image Orientation (Patient) (0020,0037) have no cross product.")
    measures = first_item(shared, "PixelMeasuresSequence")
    if planes == 1:
        return origin, numpy.zeros(3)
    distance = decimals(measures, "SpacingBetweenSlices", 1)
    need(distance is not None and distance[0] > 0, "E5", "Spacing Between Slices (0018,0088) is not a number greater than 0 in the shared groups.")
    return origin, distance[0] * normal / length


def places_of(presence, places, frames, offset, part, slide):
    """The places of frames offset + 1 to offset + frames, counted from 0, and T (5, 7)."""
    if presence is None:
        need(not slide, "E8", "(0021,xx03) Frame Presence Map is missing in a slide.")
        need(offset + frames <= places if part else frames == places, "E8", f"{places} places, no map, but {frames} frames behind {offset}.")
        need(frames <= MOST_FRAMES, "8", f"{frames} frames are more than this reader supports.")
        return numpy.arange(offset, offset + frames), places
    need(len(presence) == (places + 15) // 16 * 2 < 2**32, "E9", f"(0021,xx03) has {len(presence)} bytes for {places} places.")
    behind = int.from_bytes(presence[-2:], "little") >> ((places - 1) % 16 + 1)
    need(behind == 0, "E10", "(0021,xx03) has a bit of 1 behind the last place.")
    present = int.from_bytes(presence, "little").bit_count()
    need(offset + frames <= present if part else frames == present, "E11", f"(0021,xx03) has {present} bits of 1, but there are {frames} frames behind {offset}.")
    value = numpy.frombuffer(presence, numpy.uint8)
    bytes_set = numpy.flatnonzero(value)
    row, bit = numpy.nonzero(numpy.unpackbits(value[bytes_set], bitorder="little").reshape(-1, 8))
    return (bytes_set[row] * 8 + bit)[offset : offset + frames], present


def source_of(head, indices, numbers, descriptions, planes):
    """Volume.source and preserved (6)."""
    for i, value in ((5, numbers), (6, descriptions)):
        need(value is None or indices is not None, "E12", f"(0021,xx0{i}) is there without (0021,xx04).")
    preserved = None
    if descriptions is not None:
        items = items_of(descriptions, "E12", "(0021,xx06) Plane Source Description Sequence")
        need(len(items) == 1, "E12", "(0021,xx06) Plane Source Description Sequence has not exactly one Item.")
        preserved = get(items[0], "SpatialLocationsPreserved")
    if indices is None:
        return None, None
    for i, value in ((4, indices), (5, numbers)):
        need(value is None or len(value) == 4 * planes, "E12", f"(0021,xx{i:02X}) has not {4 * planes} bytes, four for each plane.")
    source = numpy.frombuffer(indices, "<u4"), numpy.frombuffer(numbers or bytes(4 * planes), "<u4"), get(head, "ReferencedSeriesSequence") or []
    return source, preserved


def describe(head, groups, root=ROOT, others=()):
    """The Volume of a data set. groups: whether (5200,9230) is there. others: SOP Classes of other texts that have the strict
    form. Raises Faulty and Unsupported."""
    block, strict = find_block(head, CREATOR), get(head, "SOPClassUID") in (f"{root}.3.4.1", f"{root}.3.5.1", *others)
    if block is None:
        need(not strict, "E1", f'the private block "{CREATOR}" is missing, and the SOP Class is one that needs it.')
        raise Unsupported(f'there is no private block "{CREATOR}": an object of the standard.')
    origins, planes, presence, indices, frame_numbers, descriptions = (element(block, i) for i in (1, 2, 3, 4, 5, 6))
    if isinstance(planes, bytes) and len(planes) == 4:
        planes = int.from_bytes(planes, "little")
    for i, value in ((3, presence), (4, indices), (5, frame_numbers)):
        need(isinstance(value, bytes | None), "3", f"(0021,xx{i:02X}) has a VR whose values are no bytes.")
    slide = origins is None and planes is None
    if strict:
        kind = get(head, "DimensionOrganizationType")
        need(kind == ("TILED_FULL" if slide else "VOLUME"), "E2", f"Dimension Organization Type (0020,9311) is {kind} in a strict {'slide' if slide else 'volume'}.")
        need(not groups, "E3", "Per-Frame Functional Groups Sequence (5200,9230) is there in the strict form.")
    kind = get(head, "SegmentationType")
    need(kind in ("BINARY", "FRACTIONAL", "LABELMAP"), "1", f"Segmentation Type (0062,0001) is {kind}.")
    labelmap = kind == "LABELMAP"
    rows, columns, frames = (whole_number(head, keyword, 1, "4") for keyword in ("Rows", "Columns", "NumberOfFrames"))

    segments = [whole_number(item, "SegmentNumber", 0, "E6") for item in get(head, "SegmentSequence") or []]
    need(segments, "E6", "Segment Sequence (0062,0002) has no Item.")
    need(labelmap or len(set(segments)) == len(segments), "E6", "two Items of Segment Sequence (0062,0002) have the same Segment Number.")
    segments = numpy.array(sorted(set(segments)))

    origin = step = source = preserved = None
    across = 1
    if slide:
        need((get(head, "TotalPixelMatrixFocalPlanes") or 1) == 1, "E4", "Total Pixel Matrix Focal Planes (0048,0303) is not 1.")
        across = -(-whole_number(head, "TotalPixelMatrixColumns", 1, "E4") // columns)
        planes = across * -(-whole_number(head, "TotalPixelMatrixRows", 1, "E4") // rows)
        need(planes <= MOST_TILES, "8", f"{planes} tiles are more than this reader supports.")
    else:
        need(isinstance(planes, int) and planes > 0, "E4", "(0021,xx02) Number of Volume Planes is missing, or not one number of at least 1.")
        need(planes <= MOST_PLANES, "8", f"{planes} planes are more than this reader supports.")
        origin, step = geometry(head, origins, planes)
        source, preserved = source_of(head, indices, frame_numbers, descriptions, planes)
    number = 1 if labelmap else len(segments)  # S
    by_segment = slide or number == 1 or segments_first(head)

    places = planes * number
    part = get(head, "ConcatenationUID")
    offset = whole_number(head, "ConcatenationFrameOffsetNumber", 0, "E11") if part else 0
    place, total = places_of(presence, places, frames, offset, part, slide)
    if labelmap:
        plane, s = place, None
    elif by_segment:
        s, plane = numpy.divmod(place, planes)
    else:
        plane, s = numpy.divmod(place, number)

    absent = padding_value(head) or 0 if labelmap else 0
    alike = [None if array is None else array.tolist() for array in (origin, step, segments)]
    said = (part, strict, kind, rows, columns, planes, presence, indices, frame_numbers, preserved, absent, by_segment, alike)
    return Volume(said, "strict" if strict else "dual", slide, kind, rows, columns, planes, segments, total, offset,
                  plane + 1, None if labelmap else segments[s], absent, origin, step, across, source, preserved)  # fmt: skip


def join(parts):
    """The frames of a Concatenation's parts as one Volume (7), and the parts in the order of their frames."""
    parts = sorted(parts, key=lambda part: part.offset)
    end = parts[0].offset
    for part in parts:
        need(part.said == parts[0].said, "7", "the parts of the Concatenation do not say the same of the whole.")
        need(part.offset == end, "7", f"frame {end + 1} of the Concatenation is in two parts, or in none.")
        end += len(part.plane)
    segment = None if parts[0].segment is None else numpy.concatenate([part.segment for part in parts])
    return dataclasses.replace(parts[0], plane=numpy.concatenate([part.plane for part in parts]), segment=segment), parts


# Masks: placement alone


def stored_planes(volume, frames, number):
    """For each plane, ascending, the frame of this segment (of a LABELMAP: the frame), or what an absent place holds (5)."""
    need(len(volume.plane) == volume.total, "7", f"the object is a part, with {len(volume.plane)} frames of {volume.total}: other places are unknown. Join all parts.")
    own = numpy.arange(len(volume.plane)) if volume.segment is None else numpy.flatnonzero(volume.segment == number)
    frame_of = dict(zip(volume.plane[own].tolist(), own.tolist()))
    absent = numpy.full((volume.rows, volume.columns), volume.absent, numpy.uint16 if volume.absent > 255 else numpy.uint8)
    for plane in range(1, volume.planes + 1):
        yield frames[frame_of[plane]] if plane in frame_of else absent


def mask_planes(volume, frames, number):
    """For each plane the mask of a segment: 0 and 1; of FRACTIONAL the values as stored. uint8."""
    for stored in stored_planes(volume, frames, number):
        yield (stored == number).astype(numpy.uint8) if volume.segment is None else stored


# The command


def summary(volume):
    """All but the masks, for JSON. Frames in the order of Pixel Data, with their plane (from 1), Segment Number (null in a
    LABELMAP) and position (mm; of a slide column and row); sources of each plane. A part of a Concatenation is not complete, and
    has no masks."""
    said = {name: getattr(volume, name) for name in ("form", "slide", "type", "rows", "columns", "planes", "total", "offset")}
    segment = None if volume.segment is None else volume.segment.tolist()
    step = {} if volume.slide else {"origin": volume.origin.tolist(), "step": volume.step.tolist()}
    frames = {"plane": volume.plane.tolist(), "segment": segment, "position": volume.position(volume.plane).tolist()}
    complete = len(volume.plane) == volume.total
    segments = [{"number": number} for number in volume.segments.tolist()]
    return said | step | {"complete": complete, "sources": volume.sources(), "spatial_locations_preserved": volume.preserved, "segments": segments, "frames": frames}


def run(parser, print_summary):
    """A command: 0, or with a sentence 2 where there is no file, 3 where an object is faulty, 4 where it is not for this reader."""
    try:
        print_summary(parser.parse_args())
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    except Unsupported as error:
        print(f"not read: {error}", file=sys.stderr)
        return 4
    except (ValueError, zlib.error) as error:  # Faulty, and what numpy says of frames
        print(f"refused: {error}", file=sys.stderr)
        return 3
    return 0


def print_summary(arguments):
    volumes = {path: describe(*read_head(path), arguments.root) for path in arguments.files}
    volume, parts = join(volumes.values())
    shown = summary(volume)
    if not arguments.no_masks and shown["complete"]:
        path_of = {id(part): path for path, part in volumes.items()}
        frames = numpy.load(arguments.frames) if arguments.frames else numpy.concatenate([decode_frames(read(path_of[id(part)])) for part in parts])
        need(frames.shape == (len(volume.plane), volume.rows, volume.columns), "Pixel Data", f"the frames are {frames.shape}.")
        shown["segments"] = [{"number": n, "sha256": digest(mask_planes(volume, frames, n))} for n in volume.segments.tolist()]
    json.dump(shown, sys.stdout)
    print()


def arguments(about):
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("files", nargs="+", help="an object, or parts of one Concatenation")
    parser.add_argument("--frames", help="decoded frames (.npy: frames x rows x columns), where pydicom does not know the codec")
    parser.add_argument("--no-masks", action="store_true", help="read no pixels")
    parser.add_argument("--root", default=ROOT, help="the experimental root of UIDs")
    return parser


if __name__ == "__main__":
    sys.exit(run(arguments("Prints a summary in JSON: frames, positions, sources, SHA-256 of masks."), print_summary))
