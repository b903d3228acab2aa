# SPDX-License-Identifier: Apache-2.0
"""Sample instances of Label Edge frames: conforming ones, uncommon ones that dseg's encoder would not write, and faulty ones
with one fault each. Writes README.md and manifest.json beside them.

usage: make_samples.py DSEG OUTDIR

Frames of the last two groups are composed symbol by symbol (second/compose.py, sample_*.py). Both decoders give the same
pixels of the first two groups, and refuse the third."""

import hashlib
import json
import os
import re
import struct
import sys
from pathlib import Path

import sample_faults  # this one first: those of second/ are found by it
import sample_frames
import sample_predicted
from files import coded_labels, fragments_of, must, native_pixels, run, with_fragments
from label_edge import Decoder, Nonconforming
from label_edge_predicted import PredictedDecoder

SYNTAXES = {"core": ("label-edge", Decoder), "predicted": ("label-edge-predicted", PredictedDecoder)}

KEPT = ["--empty-frames", "keep"]


def instance(dseg, path, kind, image, frames, fragments):
    """An instance with a data set of these frames, and fragments of our own."""
    rows, columns, bits = image
    options = ["--as", "binary"] if bits == 1 else ["--option", "bits=16"] if bits == 16 else []
    shown = [[min(label, 1) for label in frame] for frame in frames] if bits == 1 else frames
    shown = [[1] * (rows * columns), *shown[1:]] if not any(map(any, shown)) else shown  # a segmentation has segments
    coded_labels(dseg, path, SYNTAXES[kind][0], rows, columns, 16 if bits == 16 else 8, shown, *options)
    with_fragments(path, fragments)


def conforming(dseg, out):
    volume = out / "labels.nii"
    must(dseg, "phantom", volume, "--labels", "40", "--size", "96x80x24", "--force")
    many = out / "many-labels.nii"
    must(dseg, "phantom", many, "--labels", "300", "--size", "96x80x24", "--force")
    labelmap, binary, by_segment = ["--as", "labelmap"], ["--as", "binary"], ["--frame-order", "segment"]
    for name, kind, source, bits, purpose, options, layout in (
        ("independent", "core", volume, 8, "frames that stand alone", labelmap, []),
        ("16-bit", "core", many, 16, "300 labels, 16 bits", labelmap, []),
        ("same", "core", volume, 8, "frames that are the same as others, where there are any", [*labelmap, "--option", "same=1"], []),
        ("binary", "core", volume, 1, "frames of 1 bit, one for each segment and plane", binary, []),
        ("binary-empty-frames", "core", volume, 1, "empty frames, which are the same as others", [*binary, "--option", "same=1"], KEPT),
        ("extended-offset-table", "core", volume, 8, "Extended Offset Table", [*labelmap, "--offset-table", "extended"], []),
        ("predicted", "predicted", volume, 8, "frames predicted from two others", labelmap, []),
        ("16-bit-predicted", "predicted", many, 16, "300 labels, 16 bits, predicted", labelmap, []),
        ("binary-predicted", "predicted", volume, 1, "frames of 1 bit, segment by segment, so that neighbours are alike", binary, by_segment),
    ):  # fmt: skip
        path = out / "conforming" / f"{name}.dcm"
        told = ["--transfer-syntax", SYNTAXES[kind][0], "--uid-seed", name, *options, *layout]
        must(dseg, "convert", source, path, "--force", *told)
        must(dseg, "compare", source, path)
        image = (80, 96, bits)
        frames = decoded(kind, fragments_of(path), image)
        compare(dseg, path, frames, bits, layout)
        yield {**entry("conforming", name, purpose, kind, image, frames), "source": source.name,
               "command": f"dseg convert {source.name} conforming/{name}.dcm {' '.join(told)}"}  # fmt: skip


def decoded(kind, fragments, image):
    decoder = SYNTAXES[kind][1](fragments, *image)
    return [[value for row in decoder.frame(f) for value in row] for f in range(len(fragments))]


def as_bytes(pixels, bits):
    """Pixels as in Pixel Data: bits without gaps up to a byte, bytes, or words."""
    if bits == 1:
        return bytes(sum(bit << i for i, bit in enumerate(pixels[at : at + 8])) for at in range(0, len(pixels), 8))
    return struct.pack(f"<{len(pixels)}{'B' if bits == 8 else 'H'}", *pixels)


def digest(data):
    return hashlib.sha256(data).hexdigest()


def entry(group, name, purpose, kind, image, frames=None):
    rows, columns, bits = image
    described = {"file": f"{group}/{name}.dcm", "purpose": purpose, "kind": kind, "rows": rows, "columns": columns, "bits": bits}
    if frames is not None:
        described["sha256_frames"] = [digest(as_bytes(frame, bits)) for frame in frames]
        described["sha256_pixels"] = digest(as_bytes([value for frame in frames for value in frame], bits))
    return described


def compare(dseg, path, frames, bits, layout):
    """Those of dseg are to be these pixels."""
    pixels = as_bytes([value for frame in frames for value in frame], bits)
    if not pixels or native_pixels(dseg, path, layout) != pixels + bytes(len(pixels) % 2):
        sys.exit(f"{path}: the second decoder gives other pixels than dseg")


def uncommon(dseg, out):
    for kind, samples in (("core", sample_frames.uncommon()), ("predicted", sample_predicted.uncommon())):
        for sample in samples:
            name = sample.name if kind == "core" else f"predicted-{sample.name}"
            path = out / "uncommon" / f"{name}.dcm"
            instance(dseg, path, kind, sample.image, sample.frames, sample.fragments)
            if decoded(kind, fragments_of(path), sample.image) != sample.frames:
                sys.exit(f"{path}: the second decoder gives other pixels than were composed")
            compare(dseg, path, sample.frames, sample.image[2], KEPT)
            yield entry("uncommon", name, sample.purpose, kind, sample.image, sample.frames)


def faulty(dseg, out):
    for kind, faults in (("core", sample_faults.faulty()), ("predicted", sample_predicted.faulty())):
        for fault in faults:
            name = fault.name if kind == "core" else f"predicted-{fault.name}"
            path = out / "faulty" / f"{name}.dcm"
            rows, columns, _ = fault.image
            shown = [[p % 5 for p in range(rows * columns)]] * len(fault.fragments)  # segments for what good frames have
            instance(dseg, path, kind, fault.image, shown, fault.fragments)
            try:
                SYNTAXES[kind][1](fragments_of(path), *fault.image).frame(fault.frame)
            except Nonconforming as error:
                reason = str(error)
            else:
                sys.exit(f"{path}: the second decoder does not refuse it")
            if reason != fault.says:
                sys.exit(f"{path}: the second decoder says '{reason}', not '{fault.says}'")
            yield {**entry("faulty", name, fault.purpose, kind, fault.image), "frame": fault.frame, "section": fault.section,
                   "error": refused(dseg, path, out, first_refused(kind, fault)), "second_decoder": reason}  # fmt: skip


def first_refused(kind, fault):
    """dseg goes through the frames in order. What a faulty frame refers to may be faulty itself."""
    decoder = SYNTAXES[kind][1](fault.fragments, *fault.image)
    for f in range(fault.frame):
        try:
            decoder.frame(f)
        except Nonconforming:
            return f
    return fault.frame


def refused(dseg, path, out, frame):
    """dseg's message, which names the frame and where the text says it."""
    other = out / "refused.nii"
    done = run(dseg, "convert", path, other, "--force")
    message = done.stderr.strip()
    told = re.search(r"frame (\d+): .*(\(label-edge/(bitstream|prediction).md|Label Edge version 2)", message)
    if done.returncode != 3 or other.exists() or not told or told.group(1) != str(frame):
        sys.exit(f"{path}: dseg does not refuse it as it should ({done.returncode}): {message}")
    return message.replace(f"{out}/", "")


INTRODUCTION = """# Samples of Label Edge frames

Made by `samples.sh`. `manifest.json` has the same, and for each file `kind` (core: the transfer syntax of `bitstream.md`;
predicted: that of `prediction.md`), the form of a frame, and SHA-256: `sha256_frames` of each decoded frame (its pixels as in
Explicit VR Little Endian; frames of 1 bit each begin at a byte), `sha256_pixels` of all of them (without gaps). A decoder
gives these pixels for the conforming and the uncommon ones. Of a faulty one it refuses the frame that is named, for the
fault of that section: it gives an error, never pixels. Both decoders were run on all. Sections are those of `bitstream.md`,
and of `prediction.md` where they begin with P.
"""


def table(group, samples):
    faults = group == "faulty"
    text = f"\n## {group.capitalize()}\n\n| file | what for |{' frame | section |' if faults else ''}\n|---|---|{'---|---|' if faults else ''}\n"
    for sample in samples:
        rest = f" {sample['frame']} | {sample['section']} |" if faults else ""
        text += f"| {sample['file']} | {sample['purpose']} |{rest}\n"
    return text


def main():
    dseg, out = sys.argv[1], Path(sys.argv[2])
    os.environ.setdefault("SOURCE_DATE_EPOCH", "1735689600")  # the same bytes again, as dseg samples gives
    groups = {}
    for make in (conforming, uncommon, faulty):
        group = make.__name__
        (out / group).mkdir(parents=True, exist_ok=True)
        groups[group] = list(make(dseg, out))
        for sample in groups[group]:
            sample["sha256"] = digest((out / sample["file"]).read_bytes())
    (out / "README.md").write_text(INTRODUCTION + "".join(table(group, samples) for group, samples in groups.items()))
    (out / "manifest.json").write_text(json.dumps(groups, indent=1) + "\n")
    print(", ".join(f"{len(samples)} {group}" for group, samples in groups.items()), "samples")


if __name__ == "__main__":
    main()
