# SPDX-License-Identifier: Apache-2.0
"""The commands that clang-tidy reads: those of a build, each source once. Modules of codecs compile some files again, and
the second entry of a file would be checked in the same process.

usage: tidy_commands.py BUILD OUT [ARGUMENT...]        writes OUT/compile_commands.json, with arguments for every command
"""

import json
import pathlib
import shlex
import sys


def main():
    build, out = (pathlib.Path(folder) for folder in sys.argv[1:3])
    entries = json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))
    commands = {entry["file"]: entry for entry in entries}
    for entry in commands.values():
        entry["command"] = f"{entry['command']} {shlex.join(sys.argv[3:])}"
    out.mkdir(parents=True, exist_ok=True)
    (out / "compile_commands.json").write_text(json.dumps(list(commands.values())), encoding="utf-8")


main()
