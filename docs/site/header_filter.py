#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a public header as Doxygen reads it: its comments are plain C, and say what they say in plain words.

usage: header_filter.py HEADER

- The comment at the top is that of the file; one in front of a declaration is of this, one behind a member of that.
- Words are no commands, tags or links: what Doxygen would take for one is escaped, code examples apart.
- `typedef struct NAME {...} NAME` becomes one declaration, since the C domain of Sphinx has one name for both.
"""
import pathlib
import re
import sys

COMMENT = re.compile(r"/\*(.*?)\*/", re.S)
TYPEDEF = re.compile(r"^typedef (struct|enum) (\w+) (\{.*?^\}) \2;", re.M | re.S)
AHEAD = re.compile(r"^typedef struct (\w+) \1;\n", re.M)
CODE = " " * 4  # and more: an example


def escape(line):
    """Words of a line as Doxygen shows them."""
    line = re.sub(r"([\\@<>#&%*_~`$|])", r"\\\1", line)
    return line.replace("\\*", "*").replace("\\_", "_").replace("--", "\\--").replace("\\`", "`").replace("\\|", "|").replace("\\~", "~")


def body(text):
    """The lines of a comment without its stars, escaped."""
    lines = [re.sub(r"^\s*\* ?", "", line) if number else line.strip() for number, line in enumerate(text.split("\n"))]
    found = []
    for line in lines:
        line = line.rstrip()
        found.append(line if line.startswith(CODE) else escape(line))
        # An example begins behind an empty line, or Doxygen takes it for words.
        if len(found) > 1 and found[-1].startswith(CODE) and found[-2] and not found[-2].startswith(CODE):
            found.insert(-1, "")
    return found


def comment(match, source):
    lines = body(match[1])
    start = source.rfind("\n", 0, match.start()) + 1
    if "SPDX-License-Identifier" in match[1]:
        return ""
    title = re.match(r"(\w+\.h) - (.*)", lines[0])
    if title and not source[start : match.start()].strip():
        return "\n".join([f"/** @file {title[1]}", "*", f"* {title[2][:1].upper()}{title[2][1:]}", *(f"* {line}" for line in lines[1:]), "*/"])
    before = source[start : match.start()].strip()
    after = source[match.end() : source.find("\n", match.end())].strip()
    if before and not after:
        return "\n".join([f"/**< {lines[0]}", *(f"* {line}" for line in lines[1:])]) + " */"
    if before:
        return match[0]
    return "\n".join([f"/** {lines[0]}", *(f"* {line}" for line in lines[1:])]) + " */"


def convert(source):
    text = COMMENT.sub(lambda match: comment(match, source), source)
    text = TYPEDEF.sub(r"\1 \2 \3;", text)
    return AHEAD.sub(lambda match: "" if f"\nstruct {match[1]} {{" in text else match[0], text)


if __name__ == "__main__":
    sys.stdout.write(convert(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")))
