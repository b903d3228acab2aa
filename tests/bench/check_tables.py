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
from batch import tables as batch_tables  # noqa: E402
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


def batch(case, program, verified, seconds, size, objects=1, **more):
    return {"what": "objects", "case": case, "program": program, "verified": verified, "objects": objects, "bytes_in": size, "bytes_out": 7, "peak_bytes": 10**7,
            "cpu_seconds": {"median": seconds}, "command": f"{program} {case}", **more}  # fmt: skip


class Batch(unittest.TestCase):
    fitted = lambda error: {"predicted": {"low": 1, "middle": 2, "high": 3}, "measured": 2, "error": error}
    results = {"batch": [
        batch("small", "dseg", True, 0.1, 20_000_000, 10), batch("small", "pydicom", True, 2, 20_000_000, 10), batch("small", "dcmqi", False, 1, 20_000_000, 10),
        batch("large", "dseg", False, 0.5, 300_000_000), batch("large", "dseg", True, 0.9, 300_000_000), batch("large", "pydicom", False, 2, 300_000_000),
        batch("large", "pydicom", True, 10, 300_000_000), {"what": "objects", "case": "large", "program": "highdicom", "verified": True, "failed": "no"},
        *({"what": "growth", "objects": count, "bytes_in": count, "seconds": 1, "cpu_seconds": count * each, "peak_bytes": 10**7, "command": "c"}
          for count, each in ((1000, 0.013), (100, 0.010))),
        {"what": "estimate", "predicted_from": 50, "measured_on": 1000, "of": {"seconds": fitted(0.21), "cpu_seconds": fitted(-0.2), "bytes_out": fitted(0)}},
        {"what": "engine", "engine": "local", "cpu_seconds_a_job": 0.03, "cpu_seconds_a_run": 2.5, "command": "e"}]}  # fmt: skip

    def test_throughput(self):
        rows = {(row[0], row[2]): row[3:9] for row in batch_tables.throughput(self.results)}
        self.assertEqual(rows["large", "dseg batch"], ["500 ms", "1.7", "", "900 ms", "3.0", ""])
        self.assertEqual(rows["large", "pydicom and NumPy, by hand"], ["2.0 s", "6.7", "4.0", "10 s", "33", "11"])
        self.assertEqual(rows["small", "pydicom and NumPy, by hand"], ["", "", "", "2.0 s", "100", "20"])
        self.assertNotIn("highdicom", str(rows))

    def test_targets(self):
        found = {words: (value, reached) for words, value, reached in batch_tables.measured_targets(self.results)}
        expected = {"large, 300 MB: at most 4 ms": ("3.0 ms", True), "large: 5 times": ("4.0", False), "large: 10 times": ("11", True), "small: 10 times": ("20", True),
                    "1,000 objects: linear": ("1.30 times", False), "1,000 objects predicted from 50, time": ("+21.0 %", False),
                    "1,000 objects predicted from 50, processor": ("-20.0 %", True), "1,000 objects predicted from 50, bytes": ("+0.0 %", True)}  # fmt: skip
        self.assertEqual({start: next(value for words, value in found.items() if words.startswith(start)) for start in expected}, expected)
        self.assertEqual(len(found), len(expected))

    def test_objects_a_job(self):
        # 0.01 s of an object of 2 MB, 0.9 s of one of 300 MB; 113 MB: 0.01 + 0.89 * 111 / 298 = 0.3415 s.
        self.assertAlmostEqual(batch_tables.work_of(self.results, 113e6), 0.3415, 4)
        self.assertEqual(batch_tables.engines(self.results), [["Snakemake, this machine", "2.5 s", "30 ms", "60", "2"]])

    def test_nothing_measured(self):
        for name in batch_tables.TABLES:
            self.assertEqual(batch_tables.table(name, {}, figure_tables.markdown), batch_tables.NOT_MEASURED)
        self.assertEqual(batch_tables.measurements({}, figure_tables.markdown), [])
        self.assertIn("| 1,000 |", "\n".join(batch_tables.measurements(self.results, figure_tables.markdown)))


if __name__ == "__main__":
    unittest.main()
