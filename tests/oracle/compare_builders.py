# SPDX-License-Identifier: Apache-2.0
"""Writes with the library's data set and with DCMTK's, and compares every byte: compare_builders.py DSEG DSEG_DCMTK [PART]

Both programs are dseg; DSEG_DCMTK is linked with tests/oracle/dcm_builder.cc. PART: encodings, samples, options, references
or data; all without it. data: every segmentation below DSEG_DATA, in every representation that can hold it; exit code 77
without any."""
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SYNTAXES = ("explicit-le", "implicit-le", "deflated")
ENVIRONMENT = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}


def run(program, *arguments, cwd=None, environment=None):
    return subprocess.run([program, *map(str, arguments)], cwd=cwd, env={**ENVIRONMENT, **(environment or {})},
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False)


class Comparison:
    """Runs both programs and counts what they write."""

    def __init__(self, programs, folder):
        self.programs = programs
        self.folder = Path(folder)
        self.same = self.refused = self.failed = 0

    def fail(self, message):
        self.failed += 1
        print(message)

    def both(self, name, *arguments):
        """Runs both, which write into directories of their own ("OUT" in arguments), and compares exit codes and files.
        Returns whether files were written."""
        results, trees = [], []
        for index, program in enumerate(self.programs):
            out = self.folder / f"out{index}"
            shutil.rmtree(out, ignore_errors=True)
            out.mkdir()
            results.append(run(program, *(str(a).replace("OUT", str(out)) for a in arguments)))
            trees.append({path.relative_to(out): path for path in out.rglob("*") if path.is_file()})
        if results[0].returncode != results[1].returncode:
            self.fail(f"{name}: exit {results[0].returncode}, with DCMTK {results[1].returncode}: "
                      f"{results[0].stderr.strip()} / {results[1].stderr.strip()}")
            return False
        if results[0].returncode != 0:
            self.refused += 1
            print(f"refused by both: {name}: {results[0].stderr.strip()}")
            return False
        if trees[0].keys() != trees[1].keys():
            self.fail(f"{name}: other files: {sorted(map(str, trees[0].keys() ^ trees[1].keys()))}")
            return False
        for key, path in trees[0].items():
            ours, dcmtk = path.read_bytes(), trees[1][key].read_bytes()
            if ours == dcmtk:
                self.same += 1
            else:
                at = len(os.path.commonprefix([ours, dcmtk]))
                self.fail(f"{name}: {key} differs from byte {at} on: {ours[at - 12:at + 20]} / {dcmtk[at - 12:at + 20]}")
        return True

    def convert(self, name, source, *arguments):
        return self.both(name, "convert", source, "OUT/object.dcm", "--uid-seed", "oracle", "--threads", 1, *arguments)


def encodings(program):
    """Names of representations and of frame codecs that repeat themselves and share a pixel format."""
    registry = json.loads(run(program, "codecs", "--json").stdout)
    for representation in registry["representations"]:
        for codec in registry["frame_codecs"]:
            common = set(representation["bits_allocated"]) & set(codec["bits_allocated"])
            if representation["can_write"] and codec["can_write"] and common and not codec["varying"]:
                yield representation["name"], codec["name"]


def phantom(program, path, *arguments):
    run(program, "phantom", path, "--size", "64x48x12", "--labels", 20, *arguments)
    return path


def check_encodings(comparison):
    """Every encoding of the registry, lossy ones and those of experiments included."""
    source = phantom(comparison.programs[0], comparison.folder / "phantom.nii.gz")
    written = [encoding for encoding in encodings(comparison.programs[0])
               if comparison.convert("/".join(encoding), source, "--as", encoding[0], "--transfer-syntax", encoding[1])]
    if len(written) < 20 or len({name for name, _ in written}) < 3:
        comparison.fail(f"only {len(written)} encodings were written")


def check_samples(comparison):
    """The sample set with its edge cases and faulty objects; the encodings of it do not depend on the size of the source."""
    source = phantom(comparison.programs[0], comparison.folder / "phantom.nii.gz")
    comparison.both("samples", "samples", source, "OUT", "--edge-cases", "--lossy")
    # An object's copy without identity is another data set. DCMTK's would encode compressed pixels anew.
    for syntax in ("explicit-le", "implicit-le"):
        object_ = comparison.folder / f"object-{syntax}.dcm"
        run(comparison.programs[0], "convert", source, object_, "--transfer-syntax", syntax, "--as", "binary",
            "--uid-seed", "object")
        comparison.both(f"samples of an object, {syntax}", "samples", object_, "OUT", "--only", "binary/rle")


def check_options(comparison):
    """Palettes, 16 bits, Concatenations, overlap, and what the program says of the content."""
    program, folder = comparison.programs[0], comparison.folder
    source = phantom(program, folder / "phantom.nii.gz")
    overlap = phantom(program, folder / "overlap.dcm", "--overlap")
    named = ("--series-description", "Zo\xeb\\ \u65e5 " + 70 * "x", "--series-number", "17")
    for syntax in SYNTAXES:
        for option in ((), ("--option", "palette=1"), ("--option", "bits=16"), ("--option", "palette=1", "--option", "bits=16")):
            comparison.convert(f"options {syntax} {option}", source, "--as", "labelmap", "--transfer-syntax", syntax, *option, *named)
        for representation in ("binary", "fractional"):
            for order in ("plane", "segment"):
                comparison.convert(f"options {syntax} {representation} {order}", source, "--as", representation, "--transfer-syntax",
                                   syntax, "--frame-order", order, "--empty-frames", "keep", *named)
        comparison.convert(f"options {syntax} overlap", overlap, "--transfer-syntax", syntax)
    comparison.convert("options again", overlap, "--as", "binary", "--segments", "3-9", "--renumber", "--planes", "2-7")
    # Without its dictionary DCMTK refuses what the library writes: proof that the second program is DCMTK's.
    outcome = [run(each, "convert", source, folder / "none.dcm", "--force",
                   environment={"DCMDICTPATH": "/nonexistent"}).returncode for each in comparison.programs]
    if outcome[0] != 0 or outcome[1] == 0:
        comparison.fail(f"without a dictionary: exit codes {outcome}")


def check_references(comparison):
    """Patient, study and references of source images, in BINARY and LABELMAP."""
    data = Path(os.environ.get("DSEG_DATA", ""))
    cases = [(data / "totalsegmentator-ct20" / "labels.nii.gz", data / "totalsegmentator-ct20" / "ct"),
             (data / "highdicom" / "seg_image_ct_binary.dcm", data / "highdicom" / "ct_image.dcm"),
             (data / "highdicom" / "seg_image_sm_control.dcm", data / "highdicom" / "sm_image_control.dcm")]
    for labels, images in cases:
        if not labels.exists() or not images.exists():
            continue
        for representation in ("binary", "labelmap"):
            for syntax in SYNTAXES:
                comparison.convert(f"references {labels.name} {representation} {syntax}", labels, "--as", representation,
                                   "--transfer-syntax", syntax, "--reference", images)


def check_data(comparison):
    """Every segmentation of the data, again in each representation that can hold it, and in each VR form."""
    data = os.environ.get("DSEG_DATA", "")
    files = sorted([] if not data else glob.glob(data + "/**/*.dcm", recursive=True) + glob.glob(data + "/**/*.seg", recursive=True))
    for file in files:
        info = run(comparison.programs[0], "info", file, "--json")
        if info.returncode != 0:
            continue
        name = os.path.relpath(file, data)
        for syntax in SYNTAXES:
            comparison.convert(f"{name} {syntax}", file, "--transfer-syntax", syntax)
        for representation in ("binary", "labelmap", "fractional"):
            comparison.convert(f"{name} {representation}", file, "--as", representation, "--padded-bit-frames")


PARTS = {"encodings": check_encodings, "samples": check_samples, "options": check_options, "references": check_references,
         "data": check_data}


def main():
    parts = sys.argv[3:] or list(PARTS)
    with tempfile.TemporaryDirectory(dir=os.getcwd()) as folder:
        comparison = Comparison(sys.argv[1:3], folder)
        for part in parts:
            PARTS[part](comparison)
    print(f"{comparison.same} files of both builders are the same, {comparison.refused} runs were refused by both, "
          f"{comparison.failed} failed")
    if comparison.same == 0 and comparison.failed == 0:
        print("skipped: no segmentations below DSEG_DATA")
        return 77
    return 1 if comparison.failed else 0


if __name__ == "__main__":
    sys.exit(main())
