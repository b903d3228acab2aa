# SPDX-License-Identifier: Apache-2.0
"""check_report.py write REPORT NARROW: a report of invented results, and a page that shows it 390 pixels wide.
check REPORT DOM NARROW_DOM LOG PICTURE: what a browser made of them."""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))
sys.path.insert(0, str(Path(__file__).resolve().parent))
from invented import archive_records, survey_records  # noqa: E402

SECTIONS = ("archive", "headline", "survey", "pareto", "growth", "bytes", "corpora", "failures", "case", "encodings", "codecs", "machine")
NARROW = """<!doctype html><title>narrow</title><iframe id=page src="{report}" style="width:390px;height:4000px;border:0"></iframe>
<script>page.onload = () => document.body.dataset.width = page.contentDocument.documentElement.scrollWidth;</script>
"""


def seconds(median):
    return {"median": median, "min": median * 0.9, "max": median * 1.2, "n": 3}


def invented():
    job = lambda group, name, form, median, kind="peer", **more: {
        "group": group, "name": name, "form": form, "kind": kind, "version": "1", "command": "x", "corpus": "<case>", "input_bytes": 10**6,
        "seconds": seconds(median), "peak_bytes": 10**7, "voxels": "same", **more}  # fmt: skip
    read = "Read into a label map"
    headline = [
        job(read, "dseg", "BINARY", 0.1, "ours"), job(read, "highdicom", "BINARY", 5), job(read, "SimpleITK", "nii.gz", 0.2),
        job(read, "dseg", "LABELMAP/deflated-frame", 0.05, "ours"), job(read, "dseg", "LABELMAP/label-edge", 0.02, "ours"),
        job(read, "read(): the limit", "BINARY", 0.04, "limit"), job(read, "liar", "BINARY", 1, voxels="other"),
        {**job(read, "broken", "BINARY", 1), "failed": "<it> & stopped"}, job("Write", "dseg", "BINARY", 0.2, "ours", output_bytes=5),
    ]  # fmt: skip
    del headline[-2]["seconds"]
    growth = [job("Growth", name, None, n * cost, axis=axis, value=n) for axis in ("frames", "segments")
              for name, cost in (("dseg open", 1e-6), ("dseg read", 2e-6), ("highdicom read", 1e-3)) for n in (10, 100, 1000)]  # fmt: skip
    frames = [{"volume": c, "corpus": c, "representation": r, "bits": 8, "rows": 9, "columns": 9, "frames": 4, "raw_bytes": 324,
               "codec": codec, "experimental": codec == "label-edge", "library": "", "measured_frames": 4, "measured_bytes": 324,
               "bytes": size, "failures": 0, "encode_memory": 1, "decode_memory": 1, "encode_seconds": seconds(1e-5 * size),
               "decode_seconds": seconds(1e-6 * size), "random_frame_seconds": seconds(1e-6)}
              for c in ("<case>", "other") for r in ("labelmap", "binary")
              for codec, size in (("memcpy", 324), ("gzip-6 volume, zlib", 90), ("rle", 120), ("label-edge", 40))]  # fmt: skip
    frames.append({**frames[0], "codec": "crashes", "error": "crashed with signal 11"})
    sizes = {"file": 1000, "pixel_data": 700, "per_frame_functional_groups": 200, "other": 100}
    one = {"seconds": seconds(0.01), "peak_bytes": 10**6}
    encodings = [{"corpus": "<case>", "representation": r, "codec": "rle", "experimental": False, "frames": 4, "bytes": sizes, "segments": 3,
                  "write": one, "write_1": one, "open": one, "labels": one, "labels_1": one, "plane": one, "segment": one}
                 for r in ("binary", "labelmap")]  # fmt: skip
    survey = survey_records()
    return {
        "survey": survey, "archive": archive_records(survey),
        "command": "sh bench/run.sh", "date": "2000-01-01 00:00", "seconds": 1, "quick": True, "commit": "0", "libraries": "dseg 0",
        "machine": {"processor": "p", "processors": 2, "cache": "", "memory_bytes": 10**9, "virtual": True, "governor": "g", "system": "s",
                    "compiler": "cc", "load": 0.0},
        "corpora": [{"name": "<case>", "what": "w", "file": "f", "source": "s", "licence": "l", "sha256": "0" * 64, "path": None, "missing": "gone"}],
        "headline": headline, "growth": growth, "encodings": encodings, "frames": frames, "problems": ["a <problem>"],
    }  # fmt: skip


def check(report, dom, narrow, log, picture):
    source, page = Path(report).read_text(), Path(dom).read_text()
    assert not re.search(r'(src|href|url\()\s*=?\s*["\']?(https?:|//)', re.sub(r"xmlns(:\w+)?=\"[^\"]*\"", "", source)), "something is fetched"
    for section in SECTIONS:
        assert f'id="{section}"' in page, f"section {section} is missing"
    assert page.count("<figure") >= 9, "figures are missing"
    for kind in ("wide", "narrow"):
        assert len(re.findall(rf'<div class="?{kind}"?>\s*<svg', page)) == 3, f"{kind} plots are missing"
    assert page.count('role="img"') == page.count("<desc ") == page.count("<svg"), "a plot has no description"
    assert 'data-width="390"' in Path(narrow).read_text(), "the page is wider than 390 pixels"
    assert "Not in these results: slow" in page, "what is missing is not said"
    assert not re.search(r"\b(None|nan)\b", re.sub(r"<[^>]*>", " ", page)), "an absent value is shown"
    for text in ("&lt;it&gt; &amp; stopped", "OTHER", "crashed with signal 11", "a &lt;problem&gt;", "label-edge"):
        assert text in page, f"{text} is missing"
    complaints = [line for line in Path(log).read_text(errors="replace").splitlines() if "CONSOLE" in line]
    assert not complaints, complaints
    from PIL import Image

    image = Image.open(picture).convert("L")
    assert image.size == (1100, 6000), image.size
    histogram = image.histogram()
    assert sum(histogram[:128]) > 20000, "the picture is empty"


if sys.argv[1] == "write":
    from report import write_report

    write_report(invented(), Path(sys.argv[2]), {"small": "data:image/gif;base64,R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs="})
    Path(sys.argv[3]).write_text(NARROW.format(report=sys.argv[2]))
else:
    check(*sys.argv[2:])
