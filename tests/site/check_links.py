# SPDX-License-Identifier: Apache-2.0
"""Every link in the project's pages leads to a file, and its anchor to a heading."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs/site"))
from pages import find_pages, is_outside, links, resolve, slugs  # noqa: E402


def check(root, seen):
    texts = {page: (root / page).read_text(encoding="utf-8") for page in find_pages(root)}
    anchors = {page: slugs(text) for page, text in texts.items()}
    for page, text in texts.items():
        for match in links(text):
            target = match[3]
            if is_outside(target):
                continue
            seen.append(target)
            found, anchor = resolve(page, target, root)
            line = text.count("\n", 0, match.start()) + 1
            if found is None:
                yield f"{page}:{line}: {target} leads nowhere"
            elif anchor and found in anchors and anchor not in anchors[found]:
                yield f"{page}:{line}: {target}: {found} has no such heading"


def main():
    seen = []
    faults = list(check(ROOT, seen))
    for fault in faults:
        print(fault)
    assert len(seen) > 100, f"only {len(seen)} links were found: the pattern is wrong"
    print(f"{len(seen)} links")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
