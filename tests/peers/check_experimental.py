# SPDX-License-Identifier: Apache-2.0
"""An instance of an experimental encoding: any toolkit reads all but its pixels, finds the marks, and dciodvfy has no
error to report of them.

usage: check_experimental.py
"""

import json

import pydicom
from pydicom.uid import RLELossless

import readers
from peerlib import dseg, skip, step
from volumes import VOLUMES

CODECS = {codec["name"]: codec for codec in json.loads(dseg("codecs", "--json"))["frame_codecs"] if codec["experimental"]}


def check(name, codec, inputs):
    dseg("convert", *inputs, "a.dcm", "--transfer-syntax", name, "--series-description", "Some series", "--force")
    dataset = pydicom.dcmread("a.dcm")
    mark = f"[experimental: {name} {codec['proposal_version']}]"
    assert dataset.file_meta.TransferSyntaxUID == codec["uid"]
    assert not codec["uid"].startswith("1.2.840.10008")
    assert dataset.file_meta.ImplementationVersionName == f"DSEG {name}"[:16]
    assert dataset.SeriesDescription == f"{mark} Some series"
    assert dataset.ContentDescription == mark
    block = dataset.private_block(0x0071, "DSEG PROPOSALS")
    assert block[0x01].value == f"{name} {codec['proposal_version']}"
    assert int(dataset.NumberOfFrames) == len(dataset.PerFrameFunctionalGroupsSequence)

    # dciodvfy takes an unknown transfer syntax for one without encapsulation. So it gets the same data set with the UID
    # of one that it knows; it does not look into the frames.
    dataset.file_meta.TransferSyntaxUID = RLELossless
    dataset.save_as("known.dcm", enforce_file_format=True)
    readers.with_dciodvfy("known.dcm")


def main():
    if not CODECS:
        skip("this build has no experimental frame codec")
    volume = VOLUMES["gaps"]()
    for name, codec in CODECS.items():
        with step(name):
            check(name, codec, volume.inputs)
    step.finish()


main()
