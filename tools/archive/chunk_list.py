# SPDX-License-Identifier: Apache-2.0
"""Some lines of a list of objects as JSON lines for `dseg batch --list`.

usage: chunk_list.py FIRST COUNT [PLACE] <LIST
FIRST counts lines from 0. PLACE: where an engine has put copies of objects that the list names by an address: the copy of
s3://bucket/key is PLACE/bucket/key. The report then has the address, and the output the name bucket/key."""

import json
import sys
from itertools import islice


def entry_of(line, place=None):
    """What `dseg batch` is told of a line: a path, or a JSON object that has one."""
    entry = json.loads(line) if line.startswith("{") else {"input": line}
    scheme, separator, rest = entry["input"].partition("://")
    if place and separator:
        return {"name": entry["input"], "output": rest, **entry, "input": f"{place}/{rest}"}
    return entry


def main():
    first, count = int(sys.argv[1]), int(sys.argv[2])
    place = sys.argv[3] if len(sys.argv) > 3 else None
    sys.stdin.reconfigure(errors="surrogateescape", newline="\n")
    for line in islice(sys.stdin, first, first + count):
        if line := line.rstrip("\n"):
            print(json.dumps(entry_of(line, place)))


if __name__ == "__main__":
    main()
