# SPDX-License-Identifier: Apache-2.0
"""Whether a prediction from few objects holds for many: the reckoning of archive.py on phantoms, where it can be measured.

usage: check.py DSEG write|try [--cases N] [--objects N]
write: predicts from fifty phantoms, measures a thousand, and keeps both in check.json (some minutes). try: the same with
fewer, prints what came out, and fails where a form is off by more than the limit.

Every phantom has a number, from which all of it follows: segments, planes, body. The fifty and the thousand have none in
common. Of the thousand the prediction knows what it knows of an archive's objects: their sizes as they are."""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from survey.reckon import reckon  # noqa: E402

PATH = HERE / "check.json"
CASES, OBJECTS = 50, 1000
LIMIT = 0.2  # of what is measured
CLASSES = 5
FIRST_OBJECT = 100_000  # the numbers of the objects begin here, those of the cases with 0
AS_IT_IS = ("binary", "explicit-le")
FORMS = [
    AS_IT_IS,
    ("binary", "deflated-frame"),
    ("binary", "label-edge"),
    ("labelmap", "explicit-le"),
    ("labelmap", "deflated-frame"),
    ("labelmap", "jpeg-ls"),
    ("labelmap", "rle"),
    ("labelmap", "label-edge"),
    ("labelmap", "label-edge-predicted"),
]


def options_of(number):
    """The phantom of this number: a trunk on a grid of 96 x 96, from 5 to 108 segments, planes 8 to 26 mm apart, some
    enlarged from half the grid."""
    source = random.Random(number)
    labels, planes = 5 + int(104 * source.random()), 24 + int(56 * source.random())
    thickness = round(643 / planes, 3)
    options = ["--labels", str(labels), "--size", f"96x96x{planes}", "--spacing", f"3.7x3.7x{thickness}", "--seed", str(number)]
    return options + (["--coarse", f"48x48x{planes}"] if source.random() < 0.5 else [])


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{command[1]}: {(done.stderr.strip().splitlines() or ['no message'])[-1]}")


def forms_of(dseg):
    """Those of FORMS that this build writes."""
    registry = json.loads(subprocess.run([dseg, "codecs", "--json"], check=True, capture_output=True).stdout)
    names = {entry["name"] for entry in registry["frame_codecs"] if entry["can_write"]}
    return [form for form in FORMS if form[1] in names]


def sizes_of(dseg, forms, number):
    """The phantom's size in all forms: {form: bytes}; the first one is the object as it is, which the others are made of. It
    refers to images, as archives' objects do."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        volume, source = folder / "volume.seg.nrrd", folder / "source.dcm"
        run(dseg, "phantom", volume, *options_of(number), "--images", folder / "ct", "--threads", 1)
        found = {}
        for representation, codec in forms:
            path = folder / "form.dcm" if found else source
            given = [source, path] if found else [volume, path, "--reference", folder / "ct"]
            run(dseg, "convert", *given, "--as", representation, "--transfer-syntax", codec, "--uid-seed", str(number),
                "--threads", 1, "--force")  # fmt: skip
            found[f"{representation}/{codec}"] = path.stat().st_size
        return found


def measure(dseg, forms, numbers):
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda number: sizes_of(dseg, forms, number), numbers))


def source_size(sizes):
    return sizes["/".join(AS_IT_IS)]


def records_of(number, sizes):
    """What the survey would say of a case."""
    for form, size in sizes.items():
        yield {"case": number, "writer": "dseg", "form": form, "experimental": False, "source_bytes": source_size(sizes), "bytes": {"file": size}}


def classes_of(objects):
    """Classes of about as many objects each, by their size as they are."""
    sizes = sorted(map(source_size, objects))
    ends = [sizes[len(sizes) * part // CLASSES] for part in range(1, CLASSES)]
    classes = []
    for low, high in zip([0, *ends], [*ends, None]):
        of_class = [size for size in sizes if low <= size and (high is None or size < high)]
        classes.append({"class": f"from {low}", "from_bytes": low, "below_bytes": high, "objects": len(of_class), "bytes": sum(of_class)})
    return classes


def compare(cases, objects):
    """Each form: what the cases predict for all objects, and what these have."""
    records = [record for number, sizes in enumerate(cases) for record in records_of(number, sizes)]
    forms = []
    for record in reckon(classes_of(objects), records):
        if record["class"] == "all" and record["form"] in objects[0]:
            measured = sum(sizes[record["form"]] for sizes in objects)
            forms.append({"form": record["form"], "predicted_bytes": record["bytes"], "measured_bytes": measured,
                          "error": round(record["bytes"]["middle"] / measured - 1, 4)})  # fmt: skip
    return forms


def check(dseg, case_count, object_count):
    known = forms_of(dseg)
    cases = measure(dseg, known, range(case_count))
    objects = measure(dseg, known, range(FIRST_OBJECT, FIRST_OBJECT + object_count))
    forms = compare(cases, objects)
    if not forms:
        raise RuntimeError("a class of sizes has none of the cases: take more")
    return {"predicted_from": case_count, "measured_on": object_count, "limit": LIMIT, "forms": forms,
            "worst_error": max(abs(one["error"]) for one in forms)}  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dseg", type=Path)
    parser.add_argument("action", choices=("write", "try"))
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--objects", type=int, default=OBJECTS)
    options = parser.parse_args()
    found = check(options.dseg.resolve(), options.cases, options.objects)
    for one in found["forms"]:
        print(f"{one['form']}: predicted {one['predicted_bytes']['middle']:,}, measured {one['measured_bytes']:,}: {100 * one['error']:+.1f} %")
    wanted = {"/".join(form) for form in (forms_of(options.dseg) if options.action == "try" else FORMS)}
    missing = wanted - {one["form"] for one in found["forms"]}
    if missing:
        sys.exit(f"not predicted: {', '.join(sorted(missing))}")
    if options.action == "write":
        PATH.write_text(json.dumps(found, indent=1) + "\n")
    if found["worst_error"] > LIMIT:
        sys.exit(f"a form is off by more than {100 * LIMIT:.0f} %")


if __name__ == "__main__":
    main()
