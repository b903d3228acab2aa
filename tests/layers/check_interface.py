#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads the public headers and fails where the interface breaks a rule of its own:

- a function that takes a dseg_error clears it first, and tests/unit/test_errors.c calls it with an error that holds an
  older failure;
- a struct of options, or of a request, begins with struct_size, and tests/unit/test_options.c tries it;
- the library and the proposals do not read the environment, which is the program's to do.

usage: check_interface.py SOURCE_DIRECTORY
"""
import pathlib
import re
import sys

# These work on the message that an error holds.
EXCEPTIONS = {"dseg_fail", "dseg_error_prefix", "dseg_error_clear"}
# Structs that callers fill in and whose names do not say so.
FILLED_IN = {"dseg_volume", "dseg_metadata_files", "dseg_reader", "dseg_output"}
COMMENT = re.compile(r"/\*.*?\*/", re.S)
FUNCTION = re.compile(r"^(?:DSEG_API )?(?:const )?\w+ \*?(dseg_\w+)\(([^;{}()]*\bdseg_error \*[^;{}()]*)\)[^;{}]*;", re.M)
STRUCT = re.compile(r"^typedef struct (dseg_\w+) \{\s*([^;]*);", re.M)
ERROR_TEST = "tests/unit/test_errors.c"
OPTION_TEST = "tests/unit/test_options.c"


def read_headers(root):
    for path in sorted([*(root / "codec/include/dseg").glob("*.h"), *(root / "proposals/include/dseg").glob("*.h")]):
        yield path.relative_to(root).as_posix(), COMMENT.sub("", path.read_text(encoding="utf-8"))


def definitions(root):
    """(function, file, first line of the body) of each definition in the library and the proposals."""
    pattern = re.compile(r"^\w[\w *]*?\b(dseg_\w+)\([^;{}]*\) \{\n\s*([^\n]*)", re.M)
    for folder in ("codec", "proposals"):
        for path in sorted((root / folder).rglob("*.c")):
            for match in pattern.finditer(path.read_text(encoding="utf-8")):
                yield match[1], path.relative_to(root).as_posix(), match[2]


def check_errors(root, functions, found):
    test = (root / ERROR_TEST).read_text(encoding="utf-8")
    called = set(re.findall(r"^  CALL(?:_FAILS)?\((?:\w+, )?(dseg_\w+)\(", test, re.M))
    found += [f"{header}: {ERROR_TEST} does not call {name}" for name, header in functions.items() if name not in called]
    defined = set()
    for name, file, first in definitions(root):
        if name in functions:
            defined.add(name)
            if first != "dseg_error_clear(error);":
                found.append(f"{file}: {name} does not begin with dseg_error_clear(error)")
    found += [f"{functions[name]}: no definition of {name} was found" for name in sorted(functions.keys() - defined)]


def check_structs(root, structs, found):
    tried = set(re.findall(r"sizeof\((dseg_\w+)\)", (root / OPTION_TEST).read_text(encoding="utf-8")))
    for name, (header, first) in structs.items():
        if first != "size_t struct_size":
            found.append(f"{header}: {name} does not begin with size_t struct_size")
        if name not in tried:
            found.append(f"{header}: {OPTION_TEST} does not try {name}")


def check_environment(root, found):
    for folder in ("codec", "proposals"):
        for path in sorted((root / folder).rglob("*.c*")):
            if re.search(r"\b(secure_)?getenv\b|\benviron\b", path.read_text(encoding="utf-8", errors="replace")):
                found.append(f"{path.relative_to(root).as_posix()}: reads the environment")


def main():
    root = pathlib.Path(sys.argv[1])
    functions, structs, found = {}, {}, []
    for header, text in read_headers(root):
        functions.update((match[1], header) for match in FUNCTION.finditer(text) if match[1] not in EXCEPTIONS)
        structs.update((match[1], (header, match[2])) for match in STRUCT.finditer(text)
                       if match[1] in FILLED_IN or match[1].endswith(("_options", "_request")))
    check_errors(root, functions, found)
    check_structs(root, structs, found)
    check_environment(root, found)
    if len(functions) < 40 or len(structs) < 10:
        found.append(f"{len(functions)} functions and {len(structs)} structs were found in the headers: a pattern is wrong")
    for line in found:
        print(line)
    print(f"{len(found)} breaches of the interface's rules" if found else
          f"{len(functions)} functions clear their error, {len(structs)} structs begin with struct_size")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
