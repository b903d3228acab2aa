# SPDX-License-Identifier: Apache-2.0
"""Compares what our reader and DCMTK say of every DICOM file at hand: compare_elements.py DUMP_ELEMENTS DUMP_DCMTK

The files: all below DSEG_DATA, and those of the pydicom package where Python has it. Exit code 77: none."""
import importlib.util
import os
import subprocess
import sys

# Malformed files that DCMTK reads and we refuse, and why.
REFUSED = {"DICOMDIR-nooffset": "its last item is longer than the sequence it is in"}


def dicom_files(directory):
    for folder, _, names in os.walk(directory):
        for name in sorted(names):
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                if file.read(132)[128:] == b"DICM":
                    yield path


def directories():
    yield os.environ.get("DSEG_DATA", "")
    spec = importlib.util.find_spec("pydicom")
    if spec is not None and spec.origin:
        yield os.path.join(os.path.dirname(spec.origin), "data", "test_files")


def dump(program, path):
    """The exit code, the lines as [path, what is said of it], and the messages."""
    done = subprocess.run([program, path], capture_output=True, text=True, errors="replace", check=False)
    lines = [line.split(" ", 1) for line in done.stdout.splitlines()]
    return done.returncode, sorted(lines), done.stderr.strip()


def same(ours, dcmtk):
    """Whether two lines agree. "--": the encoding does not tell the VR, which DCMTK takes from its dictionary."""
    if ours == dcmtk:
        return True
    return ours[0] == dcmtk[0] and ours[1].startswith("-- ") and ours[1].split()[1:] == dcmtk[1].split()[1:]


def compare(ours, dcmtk):
    """The lines that differ."""
    if len(ours) == len(dcmtk):
        return [(a, b) for a, b in zip(ours, dcmtk) if not same(a, b)]
    ours_paths, dcmtk_paths = {a[0] for a in ours}, {b[0] for b in dcmtk}
    return ([(a, None) for a in ours if a[0] not in dcmtk_paths] +
            [(None, b) for b in dcmtk if b[0] not in ours_paths])


def main():
    ours_program, dcmtk_program = sys.argv[1:3]
    compared = refused = failed = 0
    for path in (path for directory in directories() for path in dicom_files(directory)):
        ours_code, ours, ours_message = dump(ours_program, path)
        dcmtk_code, dcmtk, dcmtk_message = dump(dcmtk_program, path)
        reason = REFUSED.get(os.path.basename(path))
        if dcmtk_code != 0 or reason:
            refused += 1
            print(f"not compared: {path}: {reason or 'DCMTK: ' + dcmtk_message}; ours: {ours_message or 'reads it'}")
            failed += ours_code not in (0, 3) or (reason is not None and ours_code == 0)
            continue
        compared += 1
        different = compare(ours, dcmtk)
        if different or ours_code != 0 or len(ours) != len(dcmtk):
            failed += 1
            print(f"differs: {path} {ours_message}")
            for pair in different[:5]:
                print("  ours {}, DCMTK {}".format(*pair))
    print(f"{compared} files compared, {refused} not compared, {failed} failed")
    if compared == 0:
        print("skipped: no DICOM files below DSEG_DATA")
        return 77
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
