# SPDX-License-Identifier: Apache-2.0
"""dcmqi: segimage2itkimage, which writes the label map as uncompressed NRRD, and where segments overlap several, which are
not checked; the time and the memory are those of its process.

usage: read_dcmqi.py FILE RUN_PROCESS [--check]"""

import importlib.metadata
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import nrrd

from common import checksums

program = Path(sys.executable).parent / "segimage2itkimage"
with tempfile.TemporaryDirectory(dir=Path(sys.argv[1]).parent) as folder:
    options = ["--inputDICOM", sys.argv[1], "--outputDirectory", folder, "--outputType", "nrrd", "--mergeSegments"]
    process = subprocess.run([sys.argv[2], program, *options], capture_output=True, text=True)
    files = sorted(Path(folder).glob("*.nrrd"))
    if process.returncode != 0 or not files or (len(files) > 1 and "--check" in sys.argv):
        sys.exit(f"segimage2itkimage: {len(files)} files: {process.stderr.strip().splitlines()[-1:]}")
    result = json.loads(process.stdout)
    result["version"] = importlib.metadata.version("dcmqi")
    if "--check" in sys.argv:
        result.update(checksums(nrrd.read(str(files[0]), index_order="C")[0]))
json.dump(result, sys.stdout)
