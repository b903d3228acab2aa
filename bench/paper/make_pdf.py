# SPDX-License-Identifier: Apache-2.0
"""Makes a PDF of docs/paper.md, or of another document. Links are left out, as they lead to files beside it; what they say stays.

usage: make_pdf.py PAPER.pdf                    exit code 1 where it has not exactly two pages; it is written nevertheless, to be
                                                looked at
       make_pdf.py OUT.pdf DOCUMENT.md MOST     1 where it has more pages than MOST: a supplement fits on six"""

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
    if len(sys.argv) not in (2, 4):
        sys.exit(__doc__)
    paper, least, most = (PAPER, PAGES, PAGES) if len(sys.argv) == 2 else (Path(sys.argv[2]), 1, int(sys.argv[3]))
    logging.getLogger("weasyprint").addHandler(logging.StreamHandler())  # a picture that is not there, for instance
    document = HTML(string=html_of(paper.read_text()), base_url=str(paper.parent) + "/").render(stylesheets=[CSS(HERE / "paper.css")])
    document.write_pdf(sys.argv[1])
    pages = len(document.pages)
    fits = least <= pages <= most
    if not fits:
        print(f"{sys.argv[1]}: {pages} pages of A4, where {paper.name} is to have {'' if least == most else 'at most '}{most}", file=sys.stderr)
    return 0 if fits else 1


if __name__ == "__main__":
    sys.exit(main())
