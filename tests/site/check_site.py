# SPDX-License-Identifier: Apache-2.0
"""check_site.py frame PAGE FRAME: a page that shows another one 390 pixels wide, and says how wide that is.
check SITE PICTURES: what a browser made of pages of the site, and what the site refers to."""

import pathlib
import re
import sys

NARROW = """<!doctype html><title>narrow</title><body style="margin:0"><iframe id=page src="{page}"
 style="width:390px;height:1600px;border:0"></iframe>
<script>page.onload = () => document.body.dataset.width = page.contentDocument.documentElement.scrollWidth;</script>
"""
# What a page loads by itself; links that a person follows may lead anywhere.
LOADED = re.compile(r"<(?:script|img|iframe|source)\b[^>]*\bsrc=\"([^\"]*)\"|<link\b[^>]*\brel=\"stylesheet\"[^>]*\bhref=\"([^\"]*)\"")


def check(site, pictures):
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 100, f"only {len(pages)} pages"
    for page in pages:
        for source in (a or b for a, b in LOADED.findall(page.read_text(encoding="utf-8"))):
            assert not re.match(r"(https?:)?//", source), f"{page} fetches {source}"
    frames = sorted(pictures.glob("*.dom"))
    assert frames, "no page was opened"
    for frame in frames:
        width = re.search(r'data-width="(\d+)"', frame.read_text(encoding="utf-8"))
        assert width, f"{frame.stem} was not loaded"
        assert int(width[1]) <= 390, f"{frame.stem} is {width[1]} pixels wide on a screen of 390"
    log = (pictures / "browser.log").read_text(errors="replace")
    complaints = [line for line in log.splitlines() if "CONSOLE" in line]
    assert not complaints, complaints
    print(f"{len(pages)} pages, {len(frames)} of them looked at")


if sys.argv[1] == "frame":
    pathlib.Path(sys.argv[3]).write_text(NARROW.format(page=sys.argv[2]))
else:
    check(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
