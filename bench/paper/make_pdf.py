# SPDX-License-Identifier: Apache-2.0
"""Makes a PDF of docs/paper.md. Links are left out, as they lead to files beside it; what they say stays.

usage: make_pdf.py PAPER.pdf      exit code 1 where it has not exactly two pages; it is written nevertheless, to be looked at"""

import logging
import re
import sys
from pathlib import Path

from markdown_it import MarkdownIt
from weasyprint import CSS, HTML

HERE = Path(__file__).resolve().parent
PAPER = HERE.parents[1] / "docs" / "paper.md"
PAGES = 2
# Not those of pictures, which begin with an exclamation mark.
LINK = re.compile(r'(?<!!)\[([^\][]*)\]\([^()\s]*(?: "[^"]*")?\)')
COMMENT = re.compile(r"<!--.*?-->\n", re.DOTALL)
QUANTITY = re.compile(r"(?<=\d) (?=%|[kMGT]?B\b|bytes\b|[mµ]?s\b|times\b|hours\b)")  # which stays on one line


def html_of(text):
    parser = MarkdownIt("commonmark").enable("table")
    title = re.search(r"^# (.*)", text).group(1)
    body = parser.render(QUANTITY.sub("\N{NO-BREAK SPACE}", LINK.sub(r"\1", COMMENT.sub("", text))))
    return f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head><body>{body}</body></html>'


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    logging.getLogger("weasyprint").addHandler(logging.StreamHandler())  # a picture that is not there, for instance
    document = HTML(string=html_of(PAPER.read_text()), base_url=str(PAPER.parent) + "/").render(stylesheets=[CSS(HERE / "paper.css")])
    document.write_pdf(sys.argv[1])
    pages = len(document.pages)
    if pages != PAGES:
        print(f"{sys.argv[1]}: {pages} pages of A4, where docs/paper.md is to have {PAGES}", file=sys.stderr)
    return 0 if pages == PAGES else 1


if __name__ == "__main__":
    sys.exit(main())
