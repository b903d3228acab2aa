#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads the includes of the project and fails where one points the wrong way.

usage: check_layers.py SOURCE_DIRECTORY
"""
import collections
import pathlib
import re
import sys

# The folders of codec/, lowest first; files beside them are the top. A folder may include those before it.
ORDER = ["base", "model", "terms", "sources", "dicom", "seg_read", "seg_write", "transcode", "reference", "representations", "frames",
         "formats", "names", "validate", "convert", "compare", "top"]
# Headers of compression and file libraries: one file includes each, so that one file knows the library.
LIBRARIES = re.compile(r"<((?:zlib|libdeflate|charls|openjpeg|openjph|jxl|jpeglib|jerror|jansson|png|zstd|dcmtk|iconv)\b[^>]*)>")
# Headers of C17. All others are the system's, and two folders alone include them: what the library and the program ask
# of the system is in one place each, with a file for each system.
C_HEADERS = {"assert", "complex", "ctype", "errno", "fenv", "float", "inttypes", "iso646", "limits", "locale", "math",
             "setjmp", "signal", "stdalign", "stdarg", "stdatomic", "stdbool", "stddef", "stdint", "stdio", "stdlib",
             "stdnoreturn", "string", "tgmath", "time", "uchar", "wchar", "wctype"}
CPU_HEADERS = {"emmintrin.h", "immintrin.h", "arm_acle.h", "arm_neon.h"}  # vector instructions, checksums
# Faces of the library parse and show, and leave the work to one call: what they do not call themselves, by folder.
FACES = {
    "tools/convert": re.compile(r"\bdseg_(?:source_(?:read|derive)|writer|volume_write)\w*(?= ?\()"),
    "tools/dcmqi": re.compile(r"\bdseg_(?:source_(?:read|derive)|writer|volume_write)\w*(?= ?\()"),
}
SYSTEM_FOLDERS = ("codec/base/os/", "tools/os/")
SYSTEM = re.compile(r"^\s*#\s*include\s+<([a-z0-9_/.]+\.h)>", re.M)
INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<(dseg/[^>]+)>)', re.M)


def sources(root, *folders):
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".c", ".h", ".cc", ".def") and "tests" not in path.relative_to(root).parts:
                yield path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")


def room(name):
    """The folder of codec/ that a path below codec/ is in."""
    first, slash, _ = name.partition("/")
    return first if slash else "top"


def check_codec(root, found):
    for name, text in sources(root, "codec"):
        own = room(name.removeprefix("codec/"))
        for match in INCLUDE.finditer(text):
            header = match[1] or match[2]
            if header.startswith("dseg/"):
                if not (root / "codec/include" / header).is_file():
                    found.append(f"{name}: {header} is no public header")
                continue
            if own == "include":
                found.append(f"{name}: a public header includes {header}, which is not installed")
                continue
            target = room(header)
            if own not in ORDER or target not in ORDER:
                found.append(f"{name}: {own} or {target} is no folder of codec/ that ORDER names")
            elif ORDER.index(target) > ORDER.index(own):
                found.append(f"{name}: {own} includes {header}, which is above it")


def check_public_only(root, folder, own_roots, found):
    """What stands outside codec/ knows its public headers and its own."""
    for name, text in sources(root, folder):
        for match in INCLUDE.finditer(text):
            header = match[1] or match[2]
            beside = (root / name).parent / header
            own = any((root / base / header).is_file() for base in own_roots) or beside.is_file()
            if header.startswith("dseg/") and (root / "codec/include" / header).is_file():
                continue
            if not own:
                found.append(f"{name}: {header} is neither a public header nor one of {folder}/")


def check_commands(root, found):
    """A subcommand calls the library and functions of other folders of tools/, and not what parses another's command
    line: that is called by tools/cli alone. One file of tools/samples looks at words of a command line, its own."""
    homes = {}
    for name, text in sources(root, "tools"):
        for match in re.finditer(r"^const cli_command (cmd_\w+) =", text, re.M):
            homes[match[1]] = name
    for name, text in sources(root, "tools"):
        if name.startswith("tools/cli/"):
            continue
        for command in sorted(set(re.findall(r"\bcmd_\w+\b(?!\.c)", text)) & set(homes)):
            if pathlib.PurePosixPath(homes[command]).parent != pathlib.PurePosixPath(name).parent:
                found.append(f"{name}: {command} is another folder's, and tools/cli/ alone runs it")
        if name.startswith("tools/samples/") and "cmd_samples" not in name and re.search(r"\bargv\b", text):
            found.append(f"{name}: samples are made by calls, and not by words of a command line (argv)")
    if not homes:
        found.append("no subcommand was found: the pattern is wrong")


def check_libraries(root, found):
    users = collections.defaultdict(set)
    for name, text in sources(root, "codec", "proposals", "tools"):
        for match in LIBRARIES.finditer(text):
            users[re.split(r"[./]", match[1])[0]].add(name)
    for library, names in sorted(users.items()):
        if len(names) > 1:
            found.append(f"{library} is included by {len(names)} files: {', '.join(sorted(names))}")
    if not users:
        found.append("no library's header was found: the pattern is wrong")


def check_system(root, found):
    """System headers in SYSTEM_FOLDERS only. C++ files are those of libraries, and are left out."""
    seen = 0
    for name, text in sources(root, "codec", "proposals", "tools"):
        for match in SYSTEM.finditer(text):
            header = match[1]
            if header.removesuffix(".h") in C_HEADERS or header in CPU_HEADERS or header.startswith("dseg/"):
                continue
            if LIBRARIES.search(match[0]) or name.endswith(".cc") or "training" in name:
                continue
            if name.startswith(SYSTEM_FOLDERS):
                seen += 1
            else:
                found.append(f"{name}: {header} is the system's, which {' and '.join(SYSTEM_FOLDERS)} call")
    if seen == 0:
        found.append("no header of the system was found: the pattern is wrong")


def check_faces(root, found):
    for folder, forbidden in FACES.items():
        for name, text in sources(root, folder):
            for call in sorted(set(forbidden.findall(text))):
                found.append(f"{name}: {call} is not for {folder}, which leaves that to one call of the library")


def check_circles(root, found):
    """No two files include each other, over however many steps: a header counts as its own .c file's face."""
    edges = collections.defaultdict(set)
    for folder, bases in (("codec", ["codec"]), ("proposals", ["proposals", "proposals/label-edge"])):
        for name, text in sources(root, folder):
            unit = name.rsplit(".", 1)[0]
            for match in INCLUDE.finditer(text):
                header = match[1] or match[2]
                for base in [*bases, str(pathlib.PurePosixPath(name).parent)]:
                    target = f"{base}/{header}"
                    if (root / target).is_file() and target.rsplit(".", 1)[0] != unit:
                        edges[unit].add(target.rsplit(".", 1)[0])
                        break
    state = {}

    def visit(unit, trail):
        if state.get(unit) == "done":
            return
        if unit in trail:
            found.append("circle: " + " -> ".join(trail[trail.index(unit):] + [unit]))
            return
        for target in sorted(edges[unit]):
            visit(target, trail + [unit])
        state[unit] = "done"

    for unit in sorted(edges):
        visit(unit, [])


def check_licences(root, found):
    """Each source says in its first lines under which licence it is."""
    for name, text in sources(root, "codec", "proposals", "tools"):
        if "SPDX-License-Identifier: Apache-2.0" not in text[:200]:
            found.append(f"{name}: no line SPDX-License-Identifier: Apache-2.0 at its top")


def main():
    root = pathlib.Path(sys.argv[1])
    found = []
    check_licences(root, found)
    check_codec(root, found)
    check_public_only(root, "tools", ["tools", "proposals", "proposals/include"], found)
    check_public_only(root, "proposals", ["proposals", "proposals/include", "proposals/label-edge",
                                           "proposals/label-edge/tests"], found)
    check_commands(root, found)
    check_libraries(root, found)
    check_system(root, found)
    check_faces(root, found)
    check_circles(root, found)
    for line in found:
        print(line)
    print(f"{len(found)} includes point the wrong way" if found else "all includes point the right way")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
