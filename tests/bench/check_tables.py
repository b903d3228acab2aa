# SPDX-License-Identifier: Apache-2.0
"""The tables that bench/figures.py writes, of results made here: which records they take, and what they say of them."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))
import figure_tables  # noqa: E402
import label_edge  # noqa: E402
from figure_values import Results, is_sampled, speed  # noqa: E402


def frames(codec, corpus, size, **more):
    seconds = {"median": 0.5, "min": 0.4, "max": 1.0, "n": 3}
    return {"codec": codec, "corpus": corpus, "representation": "labelmap", "bits": 8, "rows": 10, "columns": 10, "frames": 4,
            "raw_bytes": 4_000_000, "bytes": size, "failures": 0, "library": "", "experimental": False, "encode_seconds": seconds,
            "decode_seconds": seconds, "random_frame_seconds": seconds, **more}  # fmt: skip


class Frames(unittest.TestCase):
    def test_speed_is_of_what_was_measured(self):
        self.assertAlmostEqual(speed(frames("rle", "a", 10)), 8)
        older = frames("jpeg-xl", "a", 10, measured_frames=1, measured_bytes=1_000_000)
        self.assertAlmostEqual(speed(older), 2)
        self.assertTrue(is_sampled(older))
        self.assertFalse(is_sampled(frames("gzip-6 volume, zlib", "a", 10, measured_frames=1, measured_bytes=4_000_000)))

    def test_sizes_are_exact(self):
        records = [frames(codec, "s0327", size) for size, codec in enumerate(label_edge.CODECS, 1000)]
        text = label_edge.result_tables({"frames": records})
        self.assertIn("| s0327 | 1,000 | 1,001 |", text)
        self.assertNotIn("~", text)
        self.assertNotIn("about", figure_tables.findings_codecs(Results({"frames": records})))


if __name__ == "__main__":
    unittest.main()
