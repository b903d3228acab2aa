"""dcmqi: segimage2itkimage, which writes the label map as uncompressed NRRD; the time and the memory are those of its
process."""

import importlib.metadata
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import nrrd

from common import clock, finish

program = Path(sys.executable).parent / "segimage2itkimage"
with tempfile.TemporaryDirectory(dir=Path(sys.argv[1]).parent) as folder:
    start = clock()
    process = subprocess.Popen(
        [program, "--inputDICOM", sys.argv[1], "--outputDirectory", folder, "--outputType", "nrrd", "--mergeSegments"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    said = process.stdout.read().decode(errors="replace")
    _, status, usage = os.wait4(process.pid, 0)
    seconds = clock() - start
    files = sorted(Path(folder).glob("*.nrrd"))
    if status != 0 or len(files) != 1:
        sys.exit(f"segimage2itkimage: status {status}, {len(files)} files: {said.strip().splitlines()[-1:]}")
    array = nrrd.read(str(files[0]), index_order="C")[0] if "--check" in sys.argv else None
finish(seconds, array, version=importlib.metadata.version("dcmqi"), process_peak_bytes=usage.ru_maxrss * 1024)
