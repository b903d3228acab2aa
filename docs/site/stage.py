#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lays out what Sphinx reads: the project's pages with links that hold there, a page for each public header, the Python
reference, and the gallery.

usage: stage.py DIRECTORY PROGRAM      DIRECTORY is emptied; PROGRAM: dseg, which draws the pictures

Which page stands below which: those in the tables of docs/README.md below the heading of their table; others below the
README of their folder, or of one above it.
"""
import importlib
import pathlib
import re
import shutil
import sys

from gallery import write_gallery
from pages import ROOT, find_pages, is_outside, links, resolve

HEADERS = ("codec/include/dseg", "proposals/include/dseg")
FRONT = "README.md"
GUIDE = "docs/README.md"


def page_name(path):
    """Where a page of the project stands on the site. Sphinx passes over folders with a dot."""
    return "index.md" if path == FRONT else path.replace(".github/", "docs/")


def header_pages():
    """Path of each public header, and the page about it."""
    found = {}
    for folder in HEADERS:
        for path in sorted((ROOT / folder).glob("*.h")):
            found[path.relative_to(ROOT).as_posix()] = f"reference/c/{path.stem}.md"
    return found


def way(page, target):
    """From one place on the site to another."""
    up = len(pathlib.PurePosixPath(page).parts) - 1
    return "../" * up + target


class Site:
    def __init__(self, place):
        self.place = place
        self.pages = [page for page in find_pages() if "/TEMPLATE/" not in page]
        self.headers = header_pages()
        self.targets = {page: page_name(page) for page in self.pages} | self.headers
        self.targets |= {folder: "reference/c/index.md" for folder in HEADERS}

    def write(self, name, text):
        path = self.place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def link(self, page, match):
        """The link as it holds on the site: to a page, a picture that is copied, or, to sources, none."""
        picture, words, target, title = match.groups()
        if is_outside(target):
            return match[0]
        found, anchor = resolve(page, target)
        name = page_name(page)
        if picture:
            (self.place / found).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / found, self.place / found)
            return f"![{words}]({way(name, found)}{title})"
        if found == page and target.startswith("#"):
            return match[0]
        if found in self.targets:
            return f"[{words}]({way(name, self.targets[found])}{'#' + anchor if anchor else ''}{title})"
        return f"`{words}`" if re.fullmatch(r"[\w/-]*[./][\w./-]*", words) else words

    def text(self, page):
        source = (ROOT / page).read_text(encoding="utf-8")
        parts, end = [], 0
        for match in links(source):
            parts += [source[end : match.start()], self.link(page, match)]
            end = match.end()
        return "".join([*parts, source[end:]])


def toctree(names, caption="", hidden=True):
    lines = ["", "```{toctree}", *([":hidden:"] if hidden else []), *([f":caption: {caption}"] if caption else []), ""]
    return "\n".join([*lines, *("/" + name.removesuffix(".md") for name in names), "```", ""])


def guide_groups(site):
    """(heading, pages) of each table of docs/README.md; a page counts where it is named first."""
    groups, seen = [], {FRONT, GUIDE}
    for heading, table in re.findall(r"^\*\*(.*?)\*\*\n\n((?:\|.*\n)+)", (ROOT / GUIDE).read_text(encoding="utf-8"), re.M):
        pages = []
        for match in links(table):
            found = resolve(GUIDE, match[3])[0]
            if found in site.pages and found not in seen:
                seen.add(found)
                pages.append(found)
        groups.append((heading, pages))
    assert len(groups) > 3, "no tables in docs/README.md: the pattern is wrong"
    return groups


def parent_of(page, pages):
    """The README that a page stands below."""
    folder = pathlib.PurePosixPath(page).parent
    if page.endswith("/README.md"):
        folder = folder.parent
    while folder != pathlib.PurePosixPath("."):
        if f"{folder}/README.md" in pages:
            return f"{folder}/README.md"
        folder = folder.parent
    return FRONT


def write_pages(site):
    groups = guide_groups(site)
    below = {}
    placed = {FRONT, GUIDE} | {page for _, pages in groups for page in pages}
    for page in site.pages:
        if page not in placed:
            below.setdefault(parent_of(page, site.pages), []).append(page_name(page))
    for page in site.pages:
        text = site.text(page)
        if page == FRONT:
            text += toctree([GUIDE, "gallery.md"])
            text += toctree(["reference/c/index.md", "reference/python.md"], "Reference")
            for heading, pages in groups:
                text += toctree(map(page_name, pages), heading)
            text += toctree(below.get(FRONT, []), "More") if FRONT in below else ""
        elif page in below:
            text += toctree(below[page])
        site.write(page_name(page), text)


def write_headers(site):
    rows = []
    for path, page in site.headers.items():
        name = pathlib.PurePosixPath(path).name
        what = re.search(rf"/\* {re.escape(name)} - (.*?)(?:\.? \*/|\.\n|\n \*\n|: )", (ROOT / path).read_text(encoding="utf-8"), re.S)
        assert what, f"{path} does not say what it is"
        words = re.sub(r"[\s*]+", " ", what[1]).rstrip(":")
        rows.append(f"| [dseg/{name}](/{page}) | {words} |")
        site.write(page, f"# dseg/{name}\n\n```{{doxygenfile}} {name}\n```\n")
    site.write(
        "reference/c/index.md",
        "# The library in C\n\nThe public headers, each with the order of its calls at the top. Examples to start from are in\n"
        "[README](/index.md#use-the-library).\n\n| header | what |\n|---|---|\n" + "\n".join(rows) + "\n" + toctree(site.headers.values()),
    )


def write_python(site):
    """What the package says of itself, where it is installed with all that it has."""
    text = "# The library in Python\n\n"
    try:
        module = importlib.import_module("dseg")
        for name in module.__all__:
            getattr(module, name)
        importlib.import_module("dseg.pydicom")
        for name in ("dseg", "dseg.pydicom"):
            text += f"## {name}\n\n```{{eval-rst}}\n.. automodule:: {name}\n   :members:\n```\n\n"
    except ImportError as error:
        print(f"no Python reference: {error}")
        text += "The Python package, `pip install ./tools/python`, was not there when this site was made.\n"
    site.write("reference/python.md", text)


def main():
    place, program = pathlib.Path(sys.argv[1]), sys.argv[2]
    shutil.rmtree(place, ignore_errors=True)
    site = Site(place)
    write_pages(site)
    write_headers(site)
    write_python(site)
    write_gallery(place, program)


if __name__ == "__main__":
    main()
