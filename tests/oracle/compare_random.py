# SPDX-License-Identifier: Apache-2.0
"""Random data sets read and written by the library's data set and by DCMTK's: compare_random.py OURS DCMTK COUNT

What both write is the same to the byte, and what DCMTK refuses is refused. The library may refuse more: bytes that DCMTK
reads although they are malformed, such as an item that is longer than its sequence."""
import subprocess
import sys


def lines(program, count):
    output = subprocess.run([program, count], capture_output=True, check=True, text=True, errors="replace").stdout
    return [line.split(" ", 3) for line in output.splitlines()]


def main():
    ours, dcmtk = (lines(program, sys.argv[3]) for program in sys.argv[1:3])
    same = refused = stricter = failed = 0
    for a, b in zip(ours, dcmtk, strict=True):
        if a[2] == "refused":
            refused += b[2] == "refused"
            stricter += b[2] != "refused"
        elif a == b:
            same += 1
        else:
            failed += 1
            print(f"differs: {a} / DCMTK {b}")
    print(f"{same} the same, {refused} refused by both, {stricter} by the library alone, {failed} failed")
    return 0 if failed == 0 and same > int(sys.argv[3]) // 2 and refused > 0 and stricter < same // 10 else 1


if __name__ == "__main__":
    sys.exit(main())
