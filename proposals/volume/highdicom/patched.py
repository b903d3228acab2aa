# SPDX-License-Identifier: Apache-2.0
"""Loads an installed Python package with a unified diff applied in memory: no file of the package is changed or copied.

    patched.use("highdicom-0.28.2.patch", "highdicom")    before the first import of highdicom
    import highdicom                                      is the patched one
"""

import importlib.abc
import importlib.machinery
import importlib.util
import re
import sys

HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+\d+(?:,\d+)? @@")


def read_hunks(path):
    """{file of the package: [(line, lines before, lines after)]}; lines are counted from 0. A new file has one hunk."""
    files, hunks = {}, None
    for line in open(path, encoding="utf-8").read().splitlines():
        if line.startswith("--- "):
            continue
        if line.startswith("+++ "):
            hunks = files.setdefault(line[4:].split("/", 1)[1], [])
        elif match := HUNK.match(line):
            hunks.append((max(int(match[1]) - 1, 0), [], []))
        else:
            kind, text = line[:1], line[1:]
            if kind != "+":
                hunks[-1][1].append(text)
            if kind != "-":
                hunks[-1][2].append(text)
    return files


def apply(hunks, source, name):
    """The source with its hunks applied, the last one first, each where its lines are and nearest to where it was."""
    lines = source.splitlines()
    for at, before, after in reversed(hunks):
        places = [i for i in range(len(lines) - len(before) + 1) if lines[i : i + len(before)] == before]
        if not places:
            raise RuntimeError(f"{name}: the lines to be changed near line {at + 1} are not there: another version?")
        place = min(places, key=lambda i: abs(i - at))
        lines[place : place + len(before)] = after
    return "\n".join(lines) + "\n"


class Loader(importlib.abc.InspectLoader):
    """Compiles the source that it was given."""

    def __init__(self, source, path):
        self.source, self.path = source, path

    def get_source(self, fullname):
        return self.source

    def get_code(self, fullname):
        return compile(self.source, self.path, "exec", dont_inherit=True)


class Finder(importlib.abc.MetaPathFinder):
    """Finds the modules that the diff changes or adds; all others are found as ever."""

    def __init__(self, diff):
        self.files = read_hunks(diff)

    def find_spec(self, fullname, path=None, target=None):
        name = fullname.replace(".", "/") + ".py"
        if name not in self.files:
            return None
        found = importlib.machinery.PathFinder.find_spec(fullname, path)
        source = found.loader.get_source(fullname) if found else ""
        origin = found.origin if found else f"<{name} of the diff>"
        loader = Loader(apply(self.files[name], source, name), origin)
        return importlib.util.spec_from_loader(fullname, loader, origin=origin)


def use(diff, package):
    assert package not in sys.modules, f"{package} is loaded already"
    sys.meta_path.insert(0, Finder(diff))
