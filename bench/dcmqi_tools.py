# SPDX-License-Identifier: Apache-2.0
"""The command lines of dcmqi beside dcmqi's own: seconds and peak memory of the same calls, the best of some runs.

usage: dcmqi_tools.py prepare|run LABELS.nii.gz WORKDIR [--runs N] [--only NAME]     (with the Python of build/peers/venv)

prepare writes source images and metadata for the labels, and a BINARY and a LABELMAP object made of them. run prints a
table in Markdown; nothing else should run meanwhile. The voxels are compared by tests/peers/check_dcmqi_tools.py.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
DSEG = Path(os.environ.get("DSEG", HERE.parent / "build" / "release" / "tools" / "dseg")).resolve()
PROGRAMS = {"dcmqi": Path(sysconfig.get_path("purelib")) / "dcmqi" / "bin", "dseg": DSEG.parent}


def run_process(command):
    """Seconds and peak memory of a process. A child counts at least what this program itself takes, 10 to 15 MB."""
    start = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    complaint = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        return {"failed": complaint.decode(errors="replace").strip().splitlines()[-1:] or ["no message"]}
    return {"wall": time.perf_counter() - start, "process_peak_bytes": usage.ru_maxrss * 1024}


def code(value, meaning):
    return {"CodeValue": value, "CodingSchemeDesignator": "SCT", "CodeMeaning": meaning}


def prepare(labels, work):
    sys.path.insert(0, str(HERE.parent / "tests" / "peers"))
    import nibabel
    import numpy
    from sources import make_ct

    image = nibabel.load(labels)
    work.mkdir(parents=True, exist_ok=True)
    make_ct(image.shape[::-1], numpy.diag([-1, -1, 1, 1]) @ image.affine, work / "ct")
    segments = [
        {
            "labelID": int(number),
            "SegmentLabel": f"Segment {number}",
            "SegmentAlgorithmType": "MANUAL",
            "SegmentedPropertyCategoryCodeSequence": code("91723000", "Anatomical Structure"),
            "SegmentedPropertyTypeCodeSequence": code("85756007", "Tissue"),
            "recommendedDisplayRGBValue": [int(number) * 7 % 256, int(number) * 31 % 256, 90],
        }
        for number in numpy.unique(numpy.asarray(image.dataobj))
        if number
    ]
    (work / "meta.json").write_text(json.dumps({"SeriesNumber": "300", "segmentAttributes": [segments]}))
    for kind in ("binary", "labelmap"):
        done = run_process([PROGRAMS["dseg"] / "itkimage2segimage", *writing(labels, work, kind, work / f"{kind}.dcm")])
        if "failed" in done:
            sys.exit(f"{kind}: {done['failed']}")


def writing(labels, work, kind, output):
    return [
        "--inputImageList", labels, "--inputMetadata", work / "meta.json", "--inputDICOMDirectory", work / "ct",
        "--outputDICOM", output, "--segmentationType", kind,
    ]  # fmt: skip


def calls(labels, work, output):
    reading = ["--outputDirectory", output, "--prefix", "x", "--inputDICOM"]
    return {
        "write-binary": ("itkimage2segimage", writing(labels, work, "binary", output / "x.dcm")),
        "write-labelmap": ("itkimage2segimage", writing(labels, work, "labelmap", output / "x.dcm")),
        "read-merged": ("segimage2itkimage", [*reading, work / "binary.dcm", "--mergeSegments"]),
        "read-segments": ("segimage2itkimage", [*reading, work / "binary.dcm"]),
        "read-labelmap": ("segimage2itkimage", [*reading, work / "labelmap.dcm"]),
        "binary-to-labelmap": (
            "bin2labelsegimage", ["--inputDICOM", work / "binary.dcm", "--outputDICOM", output / "x.dcm"]
        ),
    }  # fmt: skip


def measure(who, program, arguments, runs, output):
    results = []
    for _ in range(runs):
        shutil.rmtree(output, ignore_errors=True)
        output.mkdir()
        results.append(run_process([PROGRAMS[who] / program, *arguments]))
        if "failed" in results[-1]:
            return f"failed: {results[-1]['failed'][0]} |"
    size = sum(path.stat().st_size for path in output.iterdir())
    best = min(results, key=lambda result: result["wall"])
    return f"{best['wall']:.2f} | {best['process_peak_bytes'] / 1e6:.0f} | {size:,}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["prepare", "run"])
    parser.add_argument("labels", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--only", action="append")
    options = parser.parse_args()
    if options.what == "prepare":
        return prepare(options.labels, options.work)
    output = options.work / "output"
    print("| call | program | s | MB | bytes written |\n|---|---|--:|--:|--:|")
    for name, (program, arguments) in calls(options.labels, options.work, output).items():
        for who in PROGRAMS:
            if not options.only or name in options.only:
                print(f"| {name} | {who} | {measure(who, program, arguments, options.runs, output)} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
