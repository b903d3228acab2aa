# SPDX-License-Identifier: Apache-2.0
"""The package itself: types, the program in it, what importing costs."""

import os
import subprocess
import sys

import dseg
from conftest import ROOT


def python(*arguments, **environment):
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, env={**os.environ, **environment})


def test_types():
    done = python("-m", "mypy", "--no-incremental", "--config-file", str(ROOT / "tools/python/pyproject.toml"), "-p", "dseg")
    assert done.returncode == 0, done.stdout + done.stderr


def test_program(made):
    info = python("-m", "dseg", "info", str(made / "few.dcm"))
    assert info.returncode == 0 and "LABELMAP" in info.stdout.upper()
    script = subprocess.run([os.path.join(os.path.dirname(sys.executable), "dseg"), "--version"], capture_output=True,
                            text=True, check=True)
    assert script.stdout.startswith("dseg ") and dseg.version() in script.stdout
    assert python("-m", "dseg", "nothing").returncode == 2


def test_version():
    from importlib.metadata import version

    assert version("dseg") == dseg.version()
    assert dseg.libraries().endswith("libc")


def test_every_name_is_there():
    for name in dseg.__all__:
        assert getattr(dseg, name).__doc__, name
    assert set(dseg.__all__) <= set(dir(dseg))


def test_the_program_starts_without_numpy():
    done = python("-c", "import sys, dseg, dseg.__main__; print('numpy' in sys.modules)")
    assert done.stdout == "False\n", done.stderr


def test_codecs_are_found_anywhere(made, tmp_path):
    """Modules are found beside the library, whatever the current directory and the dictionary of DCMTK."""
    code = ("import sys, dseg, io\n"
            "for codec in dseg.codecs():\n"
            "    if codec.writes and not codec.lossy and codec.encapsulated:\n"
            "        file = io.BytesIO()\n"
            "        dseg.transcode(sys.argv[1], file, codec.name)\n"
            "        assert dseg.open(file.getvalue()).digest() == dseg.open(sys.argv[1]).digest(), codec.name\n")
    done = subprocess.run([sys.executable, "-c", code, made / "few.dcm"], cwd=tmp_path, capture_output=True, text=True,
                          env={"DCMDICTPATH": "/nonexist"})
    assert done.returncode == 0, done.stderr
