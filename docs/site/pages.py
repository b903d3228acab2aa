# SPDX-License-Identifier: Apache-2.0
"""The pages of the site and the links between them: what stage.py copies, and what tests/site/check_links.py checks."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEFT_OUT = {"build", "node_modules", ".git", ".venv", "__pycache__"}
# [words](target "title"); words may hold brackets once.
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(([^)\s]+)((?:\s+\"[^\"]*\")?)\)")
FENCE = re.compile(r"^(```|~~~).*?^\1[^\n]*$|^(?: {4}|\t)[^\n]*$|`[^`\n]+`", re.M | re.S)
HEADING = re.compile(r"^#{1,6} +(.*?) *#*$", re.M)


def find_pages(root=ROOT):
    """Every page of Markdown, as a path from the top."""
    found = []
    for path in sorted(root.rglob("*.md")):
        relative = path.relative_to(root)
        if not LEFT_OUT & set(relative.parts):
            found.append(relative.as_posix())
    return found


def without_code(text):
    """The text with its examples blanked, each character by a space, so that places stay where they are."""

    def blank(match):
        # The words of a link may be code: `source.h` stays.
        if match[0].startswith("`") and not match[0].startswith("```") and "](" not in match[0]:
            return match[0]
        return re.sub(r"[^\n]", " ", match[0])

    return FENCE.sub(blank, text)


def links(text):
    """The matches of LINK outside examples: is a picture, words, target, title."""
    return list(LINK.finditer(without_code(text)))


def is_outside(target):
    return re.match(r"[a-z][a-z0-9+.-]*:", target) is not None


def resolve(page, target, root=ROOT):
    """The file or folder that a link of a page leads to, as a path from the top, and the anchor behind '#'. A folder with
    a README is that page. None: it leads out of the project, or nowhere."""
    name, _, anchor = target.partition("#")
    path = (root / page).parent / name if name else root / page
    path = pathlib.Path(re.sub(r"/\./", "/", str(path)))
    try:
        relative = path.resolve().relative_to(root.resolve())
    except ValueError:
        return None, anchor
    if not path.exists():
        return None, anchor
    if path.is_dir() and (path / "README.md").is_file():
        relative /= "README.md"
    return relative.as_posix(), anchor


def slugs(text):
    """The anchors of a page's headings, as GitHub and MyST make them."""
    found, seen = set(), {}
    # Lines of "    # comment" are code, and so are those in fences.
    plain = re.sub(r"^(```|~~~).*?^\1[^\n]*$", "", text, flags=re.M | re.S)
    for words in HEADING.findall(plain):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", words).replace("`", "").strip().lower()
        slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        number = seen.get(slug, 0)
        seen[slug] = number + 1
        found.add(f"{slug}-{number}" if number else slug)
    return found
