# SPDX-License-Identifier: Apache-2.0
"""The objects that measure.py measures: written by the program dseg from real and made volumes, with references to images."""

import csv
import json
import subprocess
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent.parent / "tests" / "peers"))
FORMS = {"standard": [], "strict": ["-volume"], "dual": ["-volume", "--option", "dual=1"]}


def metadata_of(names, mapping):
    """dcmqi's JSON with the codes and colours of TotalSegmentator's own table, where it has the organ."""
    codes = {row["Structure"]: row for row in csv.DictReader(mapping.open(encoding="utf-8"))}
    plain = {"SegmentedPropertyCategoryCodeSequence": ("SCT", "123037004", "Anatomical Structure"),
             "SegmentedPropertyTypeCodeSequence": ("SCT", "85756007", "Tissue")}  # fmt: skip
    segments = []
    for number, name in names.items():
        row = codes.get(name, {})
        one = {"labelID": int(number), "SegmentLabel": name, "SegmentAlgorithmType": "AUTOMATIC", "SegmentAlgorithmName": "TotalSegmentator"}
        for key in (*plain, "SegmentedPropertyTypeModifierCodeSequence"):
            code = tuple(row.get(f"{key}.{part}", "") for part in ("CodingSchemeDesignator", "CodeValue", "CodeMeaning"))
            code = code if all(code) else plain.get(key)
            if code:
                one[key] = dict(zip(("CodingSchemeDesignator", "CodeValue", "CodeMeaning"), code))
        one["recommendedDisplayRGBValue"] = [int(v) for v in row.get("DicomRGBColor", "128,174,128").split(",")]
        segments.append(one)
    return {"ContentCreatorName": "Maker", "SeriesNumber": "1", "InstanceNumber": "1", "segmentAttributes": [segments]}


class Maker:
    def __init__(self, dseg, data, out):
        self.dseg, self.data, self.out = dseg, data, out
        out.mkdir(parents=True, exist_ok=True)

    def call(self, *arguments):
        environment = {"SOURCE_DATE_EPOCH": "1700000000", "PATH": "/usr/bin:/bin"}
        done = subprocess.run([self.dseg, *map(str, arguments)], capture_output=True, text=True, env=environment)
        if done.returncode:
            raise RuntimeError(f"dseg {' '.join(map(str, arguments))}\n{done.stderr}")

    def convert(self, source, name, kind, form, *options):
        """The object OUT/NAME-KIND-FORM.dcm, made once."""
        path = self.out / f"{name}-{kind}-{form}.dcm"
        if path.exists():
            return path
        suffix, *more = FORMS[form] or [""]
        self.call("convert", source, path, "--as", kind + suffix, *more, *options, "--force", "--uid-seed", "measure")
        return path

    def reference(self, name, kind, style, form):
        """s0327 or s0327-512 with references and Label Edge frames, its segments "thin" or "coded"."""
        folder = self.data / "totalsegmentator-s0327"
        volume = folder / {"s0327": "labels.nii.gz", "s0327-512": "labels_512.nii.gz"}[name]
        options = ["--reference", self.images_of(volume, name), "--transfer-syntax", "label-edge"]
        if style == "coded":
            metadata = metadata_of(json.loads((folder / "labels.json").read_text()), self.data / "totalsegmentator-ct20" / "snomed_mapping.csv")
            (self.out / "coded.json").write_text(json.dumps(metadata))
            options += ["--metadata", self.out / "coded.json"]
        return self.convert(volume, f"{name}-{style}", kind, form, *options)

    def growth(self, form):
        return self.convert(self.labels("growth", (1000, 64, 64), growth_labels), "growth", "binary", form)

    def transcode(self, source, name, syntax):
        path = self.out / f"{name}.dcm"
        self.call("transcode", source, path, "--transfer-syntax", syntax, "--force")
        return path

    def images_of(self, volume, name):
        """A CT image for each plane: references are kept as every writer has them."""
        import nibabel
        import numpy as np
        from sources import make_ct

        folder = self.out / f"ct-{name}"
        if not folder.exists():
            image = nibabel.load(volume)
            i, j, k = image.shape
            make_ct((k, j, i), np.diag([-1, -1, 1, 1]) @ image.affine, folder, seed=name)
        return folder

    def labels(self, name, shape, value):
        """A NIfTI of labels value(plane) -> rows x columns."""
        import nibabel
        import numpy as np

        path = self.out / f"{name}.nii"
        planes, rows, columns = shape
        labels = np.stack([value(plane).reshape(rows, columns) for plane in range(planes)])
        nibabel.save(nibabel.Nifti1Image(np.ascontiguousarray(labels.transpose(2, 1, 0)), np.eye(4)), path)
        return path


def growth_labels(plane):
    """64 x 64 pixels with 100 of 101 segments: one is missing in each plane, another one in the next."""
    import numpy as np

    labels = np.minimum(np.arange(64 * 64) // 40 + 1, 101).astype(np.uint8)
    labels[labels == plane % 101 + 1] = 0
    return labels


def sparse_labels(plane):
    """Every other plane has one segment, which no other has."""
    import numpy as np

    labels = np.zeros(16 * 16, np.uint16)
    if plane % 2 == 0:
        labels[100:110] = plane // 2 + 1
    return labels
