# SPDX-License-Identifier: Apache-2.0
"""What finds pages and links: docs/site/pages.py, header_filter.py."""

import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "docs/site"), str(ROOT / "tests/site")]
from check_links import check  # noqa: E402
from header_filter import convert  # noqa: E402
from pages import links, slugs  # noqa: E402


class Links(unittest.TestCase):
    def test_links(self):
        text = 'a [b](c.md "t: [u]") and [`d`](e/)\n\n    f [](g)\n\n```c\n[h](i)\n```\n![p](q.svg) [over\ntwo](r.md#s)'
        self.assertEqual([match[3] for match in links(text)], ["c.md", "e/", "q.svg", "r.md#s"])

    def test_slugs(self):
        text = "# A b\n## `--x` and [y](z.md)\n## A b\n```sh\n# no heading\n```\n"
        self.assertEqual(slugs(text), {"a-b", "--x-and-y", "a-b-1"})

    def test_faults(self):
        with tempfile.TemporaryDirectory(dir=".") as folder:
            root = pathlib.Path(folder)
            (root / "one.md").write_text("# One\n[a](two.md#here) [b](two.md#there) [c](three.md) [d](https://x.org/) [e](#one)")
            (root / "two.md").write_text("## Here\n[a](build/four.md)")
            self.assertEqual(
                sorted(check(root, [])),
                [
                    "one.md:2: three.md leads nowhere",
                    "one.md:2: two.md#there: two.md has no such heading",
                    "two.md:2: build/four.md leads nowhere",
                ],
            )


class Headers(unittest.TestCase):
    def test_comments(self):
        source = "/* SPDX-License-Identifier: Apache-2.0 */\n/* a.h - what.\n *\n *     x = <y>;\n *\n * Less < more. */\nint f(void);\n"
        self.assertEqual(
            convert(source).split("\n")[1:-1],
            ["/** @file a.h", "*", "* What.", "* ", "*     x = <y>;", "* ", "* Less \\< more.", "*/", "int f(void);"],
        )

    def test_members(self):
        text = convert("typedef struct s {\n  int a; /* of it */\n  /* of b */\n  int b;\n} s;\n")
        self.assertEqual(text, "struct s {\n  int a; /**< of it */\n  /** of b */\n  int b;\n};\n")

    def test_a_struct_is_declared_once(self):
        both = "typedef struct s s;\nstruct s {\n  s *next;\n};\n"
        self.assertEqual(convert(both), "struct s {\n  s *next;\n};\n")
        self.assertEqual(convert("typedef struct s s;\nint f(s *s);\n"), "typedef struct s s;\nint f(s *s);\n")


if __name__ == "__main__":
    unittest.main()
