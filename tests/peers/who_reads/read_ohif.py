# SPDX-License-Identifier: Apache-2.0
"""Gives a segmentation and its images to an Orthanc, and lets read_ohif.mjs look at them in OHIF.

usage: python -m who_reads.read_ohif OHIF-DIRECTORY NODE FILE [IMAGE...]
"""

import pathlib
import subprocess
import sys

import pydicom

from who_reads.orthanc import Orthanc


def main():
    directory, node, path, *images = sys.argv[1:]
    dataset = pydicom.dcmread(path, stop_before_pixels=True)
    with Orthanc() as orthanc:
        for image in [*images, path]:
            orthanc.store(image)
        script = pathlib.Path(__file__).with_name("read_ohif.mjs")
        uids = [dataset.StudyInstanceUID, dataset.SeriesInstanceUID]
        command = [node, script, directory, str(orthanc.port), *uids, "yes" if images else "no"]
        done = subprocess.run(command, stdin=subprocess.DEVNULL)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
