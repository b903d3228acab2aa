# SPDX-License-Identifier: Apache-2.0
"""The tables that bench/figures.py writes, of results made here: which records they take, and what they say of them."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))
import damage  # noqa: E402
import figure_tables  # noqa: E402
import label_edge  # noqa: E402
import together  # noqa: E402
from figure_values import Results, speed, with_slow  # noqa: E402


def flips(codec, corpus, errors, same, silent, ended=0):
    return {"codec": codec, "corpus": corpus, "flips": errors + same + silent + ended, "errors": errors, "same": same,
            "silent": silent, "ended": ended, "command": f"flipped_bits {corpus}"}  # fmt: skip


def frames(codec, corpus, size, **more):
    seconds = {"median": 0.5, "min": 0.4, "max": 1.0, "n": 3}
    return {"codec": codec, "corpus": corpus, "representation": "labelmap", "bits": 8, "rows": 10, "columns": 10, "frames": 4,
            "raw_bytes": 4_000_000, "bytes": size, "failures": 0, "library": "", "experimental": False, "encode_seconds": seconds,
            "decode_seconds": seconds, "random_frame_seconds": seconds, **more}  # fmt: skip


class Interval(unittest.TestCase):
    def test_known_values(self):
        # By hand: 10 of 100 is 0.0552 to 0.1744, 0 of 2000 up to 3.8416 / (2000 + 3.8416).
        low, high = damage.interval(10, 100)
        self.assertAlmostEqual(low, 0.0552, 4)
        self.assertAlmostEqual(high, 0.1744, 4)
        self.assertEqual(damage.interval(0, 2000)[0], 0)
        self.assertAlmostEqual(damage.interval(0, 2000)[1], 3.8416 / 2003.8416, 9)

    def test_mirrors(self):
        for hits, trials in ((0, 7), (3, 7), (250, 2000)):
            low, high = damage.interval(hits, trials)
            self.assertLessEqual(low, hits / trials)
            self.assertGreaterEqual(high, hits / trials)
            other_low, other_high = damage.interval(trials - hits, trials)
            self.assertAlmostEqual(low, 1 - other_high)
            self.assertAlmostEqual(high, 1 - other_low)

    def test_percent(self):
        self.assertEqual([damage.percent(x) for x in (0, 0.0002, 0.004, 0.0994, 0.0996, 0.5, 0.99, 0.998, 0.99992, 1)],
                         ["0", "0.02", "0.4", "9.9", "10", "50", "99", "99.8", "99.99", "100"])  # fmt: skip


class Damage(unittest.TestCase):
    results = {"damage": [flips("label-edge", "a", 1990, 10, 0), flips("rle", "a", 600, 400, 1000), flips("rle", "b", 500, 1498, 1, 1),
                          flips("own", "b", 0, 0, 2000), {"codec": "jpeg-ls", "corpus": "a", "error": "why", "command": "flipped_bits a"}]}  # fmt: skip

    def test_rows(self):
        head, rows = damage.rows(self.results)
        self.assertEqual(head, ["frames", "a", "b", "together, 95 % interval", "no effect", "error"])
        self.assertEqual(rows, [
            ["RLE", "50", "0.05", "1,001 of 4,000: 24 to 26", "47", "28, 1 ended the process"],
            ["Label Edge (proposal)", "0", "", "0 of 2,000: 0 to 0.2", "0.5", "99.5"],
            ["own", "", "100", "2,000 of 2,000: 99.8 to 100", "0", "0"]])  # fmt: skip

    def test_commands_and_values(self):
        self.assertEqual(damage.commands(self.results), ["flipped_bits a", "flipped_bits b"])
        values = dict(damage.values(self.results))
        self.assertEqual((values["damage: rle: least unseen"], values["damage: rle: most unseen"], values["damage: rle: unseen"]),
                         ("0.05 %", "50 %", "25 %"))  # fmt: skip

    def test_nothing_measured(self):
        self.assertRaises(ValueError, damage.rows, {})
        self.assertEqual(list(damage.values({})), [])


class Frames(unittest.TestCase):
    def test_speed(self):
        self.assertAlmostEqual(speed(frames("rle", "a", 10)), 8)

    def test_slow_ones_join(self):
        slow = frames("jpeg-xl:effort=9", "a", 11)
        results = with_slow({"frames": [frames("jpeg-xl:effort=9", "a", 10), frames("zstd", "a", 9)], "slow": [slow]})
        self.assertEqual([(r["codec"], r["bytes"]) for r in results["frames"]], [("zstd", 9), ("jpeg-xl:effort=9", 11)])
        self.assertEqual(with_slow({"frames": [slow]})["frames"], [slow])

    def test_sentences(self):
        whole = "crackle, order 5 + zstd-19"
        sizes = {"label-edge": 100, "label-edge-predicted": 90, "zstd": 300, "crackle": 200, whole: 120}
        records = [frames(codec, corpus, size) for corpus in ("s0327", "aal") for codec, size in sizes.items()]
        records.append(frames("label-edge", "knee", 100))  # not measured with all: it does not count
        slow = {"median": 5.0, "min": 5.0, "max": 5.0, "n": 1}
        for record in records:
            if record["corpus"] == "aal" and record["codec"] == whole:
                record.update(bytes=99, decode_seconds=slow)
            if record["corpus"] == "aal" and record["codec"] == "label-edge-predicted":
                record["decode_seconds"] = slow
        self.assertEqual(dict(label_edge.sentence_values({"frames": records})), {
            "label-edge: volumes": "2", "label-edge: volumes where zstd decodes faster than independent frames": "0",
            "label-edge: most that zstd is faster than independent frames": "1.0",
            "label-edge: volumes where zstd decodes faster than predicted frames": "1",
            "label-edge: most that zstd is faster than predicted frames": "10.0", f"label-edge: volumes where {whole} is smaller": "1",
            f"label-edge: which these are, {whole}": "aal", f"label-edge: how many times slower there, {whole}": "10 to 10",
            "label-edge: volumes where zstd-19, frame before is smaller": "0"})  # fmt: skip
        self.assertEqual(list(label_edge.sentence_values({"frames": []})), [])

    def test_sizes_are_exact(self):
        records = [frames(codec, "s0327", size) for size, codec in enumerate(label_edge.CODECS, 1000)]
        text = label_edge.result_tables({"frames": records})
        self.assertIn("| s0327 | 1,000 | 1,001 |", text)
        self.assertIn("| 1,000 |", figure_tables.findings_codecs(Results({"frames": records})))


class Together(unittest.TestCase):
    def record(self, writer, form, size, **more):
        parts = dict.fromkeys(together.PARTS, 0) | {"pixel_data": size - 30, "segments": 20, "rest": 6, "frame_index": 4, "file": size}
        name, _, codec = form.partition("/")
        representation, *options = name.split(":")
        return {"writer": writer, "form": form, "representation": representation, "options": options, "codec": codec, "bytes": parts, **more}

    def test_rows_and_values(self):
        seconds = {"seconds": {"median": 0.25}}
        results = {"together": [self.record("highdicom", "binary/explicit-le", 9000, open=seconds),
                                self.record("dseg", "binary/label-edge", 900), self.record("dseg", "label-sets/label-edge", 90),
                                self.record("dseg", "label-sets:volume=1/label-edge", 60, node={"failed": "no"}),
                                {"writer": "dseg", "form": "label-sets/rle", "representation": "label-sets", "options": [], "codec": "rle", "write": {"failed": "no"}}]}  # fmt: skip
        rows = together.table(results)
        self.assertEqual([row[0] for row in rows], ["BINARY, native by highdicom", "BINARY, Label Edge", "label sets, Label Edge", "label sets, volume, Label Edge"])
        self.assertEqual(rows[0][1:], ["9.0 kB", "9.0 kB", "0 bytes", "0 bytes", "20 bytes", "10 bytes", "250 ms", "", "", ""])
        found = dict(together.values(results))
        self.assertEqual(found["together: label-sets:volume=1/label-edge: times smaller"], "150")
        self.assertEqual(found["together: label sets / BINARY, label-edge"], "10.0 %")
        self.assertNotIn("together: label-sets/rle: file", found)
        self.assertEqual(together.table({}), [])


if __name__ == "__main__":
    unittest.main()
