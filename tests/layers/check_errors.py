#!/usr/bin/env python3
"""Reads the public headers and fails where a function that takes a dseg_error does not clear it first, or where
tests/unit/test_errors.c does not call it with an error that holds an older failure.

usage: check_errors.py SOURCE_DIRECTORY
"""
import pathlib
import re
import sys

# These work on the message that an error holds.
EXCEPTIONS = {"dseg_fail", "dseg_error_prefix", "dseg_error_clear"}
COMMENT = re.compile(r"/\*.*?\*/", re.S)
DECLARATION = re.compile(r"^(?:DSEG_API )?(?:const )?\w+ \*?(dseg_\w+)\(([^;{}()]*\bdseg_error \*[^;{}()]*)\)[^;{}]*;", re.M)
TEST = "tests/unit/test_errors.c"


def declared(root):
    """The public functions that take a dseg_error, with their headers."""
    functions = {}
    for header in sorted([*(root / "codec/include/dseg").glob("*.h"), *(root / "proposals").glob("*.h")]):
        text = COMMENT.sub("", header.read_text(encoding="utf-8"))
        for match in DECLARATION.finditer(text):
            functions[match[1]] = header.relative_to(root).as_posix()
    return functions


def definitions(root):
    """(function, file, first line of the body) of each definition in the library and the proposals."""
    pattern = re.compile(r"^\w[\w *]*?\b(dseg_\w+)\([^;{}]*\) \{\n\s*([^\n]*)", re.M)
    for folder in ("codec", "proposals"):
        for path in sorted((root / folder).rglob("*.c")):
            for match in pattern.finditer(path.read_text(encoding="utf-8")):
                yield match[1], path.relative_to(root).as_posix(), match[2]


def main():
    root = pathlib.Path(sys.argv[1])
    functions = {name: header for name, header in declared(root).items() if name not in EXCEPTIONS}
    called = set(re.findall(r"^  CALL(?:_FAILS)?\((?:\w+, )?(dseg_\w+)\(", (root / TEST).read_text(encoding="utf-8"), re.M))
    found = [f"{header}: {TEST} does not call {name}" for name, header in functions.items() if name not in called]
    defined = set()
    for name, file, first in definitions(root):
        if name in functions:
            defined.add(name)
            if first != "dseg_error_clear(error);":
                found.append(f"{file}: {name} does not begin with dseg_error_clear(error)")
    found += [f"{functions[name]}: no definition of {name} was found" for name in sorted(functions.keys() - defined)]
    if len(functions) < 40:
        found.append(f"{len(functions)} functions were found in the headers: the pattern is wrong")
    for line in found:
        print(line)
    print(f"{len(found)} functions may tell an older failure" if found else
          f"{len(functions)} functions clear the error that they are given")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
