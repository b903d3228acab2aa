# SPDX-License-Identifier: Apache-2.0
"""Examples run: those of docs/python.md and README.md, the notebook, and what torch and MONAI call.

torch and MONAI themselves are not installed for this test: they are larger than all else together. What they call of a data
set and of a reader is called here, in other processes as DataLoader does."""

import ast
import json
import multiprocessing
import re
import shutil
import sys

import nibabel
import numpy as np
import pytest

import dseg
from conftest import ROOT, run

sys.path.insert(0, str(ROOT / "tools/python/examples"))
from dataset import DsegReader, SegDataset  # noqa: E402

BLOCK = re.compile(r"^```python\n(.*?)^```", re.M | re.S)


@pytest.fixture
def here(made, tmp_path, monkeypatch):
    """A folder with what the texts speak of."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(made / "few.dcm", "seg.dcm")
    shutil.copytree(made / "ct", "ct")
    with dseg.open("seg.dcm") as seg:
        names = ["liver", "spleen", "kidney_left", "kidney_right", "aorta"]
        labels = seg.labels()
        dseg.write("labels.nii.gz", labels, names=names, like=seg)
        dseg.convert("labels.nii.gz", "seg.dcm", names="totalsegmentator", algorithm="phantom", overwrite=True)
        (tmp_path / "masks").mkdir()
        for number, name in enumerate(names, 1):
            dseg.write(f"masks/{name}.nii.gz", seg.mask(number), names=[name], like=seg)
    return tmp_path


@pytest.mark.filterwarnings("ignore::dseg.DsegNote")
@pytest.mark.parametrize("page", ["README.md", "docs/python.md", "tools/python/README.md"])
def test_page(here, page):
    names = {"labels": dseg.open("seg.dcm").labels(), "affine": dseg.open("seg.dcm").affine}
    blocks = BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))
    assert blocks
    for block in blocks:
        exec(compile(block, page, "exec"), names)


def test_notebook(here, capsys):
    notebook = json.loads((ROOT / "tools/python/examples/volumes.ipynb").read_text(encoding="utf-8"))
    names = {}
    shown = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            tree = ast.parse("".join(cell["source"]))
            last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, "volumes.ipynb", "exec"), names)
            if last is not None:
                shown.append(eval(compile(ast.Expression(last.value), "volumes.ipynb", "eval"), names))
    assert any(hasattr(value, "_repr_png_") and value._repr_png_().startswith(b"\x89PNG") for value in shown)
    assert "liver" in capsys.readouterr().out and shown[-1] > 0


def item(dataset, index):
    return dataset[index]


def test_dataset_in_workers(here):
    (here / "cases").mkdir()
    for case in range(10):
        shutil.copy("seg.dcm", here / "cases" / f"{case}.dcm")
    dataset = SegDataset(here / "cases", ["liver", "spleen"], planes=5)
    assert len(dataset) == 10
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        items = pool.starmap(item, [(dataset, index) for index in range(10)])
    whole = dseg.open("seg.dcm")
    for index, patch in enumerate(items):
        assert patch.shape == (2, 5, *whole.shape[1:]) and patch.dtype == np.float32
        assert np.array_equal(patch, dataset[index])
    assert any(patch.any() for patch in items)


def test_monai_reader(here):
    reader = DsegReader()
    assert reader.verify_suffix("seg.dcm")
    labels, meta = reader.get_data(reader.read("seg.dcm"))
    image = nibabel.load("labels.nii.gz")
    assert np.array_equal(labels, np.asarray(image.dataobj)) and np.allclose(meta["affine"], image.affine, atol=1e-4)
    assert meta["labels"][1] == "liver"
