#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a wheel anew with the same members, deflated as small as zopfli makes them.

usage: smaller.py WHEEL"""

import os
import sys
import zipfile

import zopfli.zlib

HEADER, CHECKSUM = 2, 4  # bytes of zlib's around a deflated stream


class Compressor:
    """What zipfile wants of one: bytes in pieces, and all of them deflated at the end."""

    def __init__(self):
        self.pieces = []

    def compress(self, data):
        self.pieces.append(bytes(data))
        return b""

    def flush(self):
        return zopfli.zlib.compress(b"".join(self.pieces), numiterations=5)[HEADER:-CHECKSUM]


def main(path):
    zipfile._get_compressor = lambda kind, level=None: Compressor() if kind == zipfile.ZIP_DEFLATED else None
    made = f"{path}.new"
    with zipfile.ZipFile(path) as wheel, zipfile.ZipFile(made, "w") as smaller:
        for member in wheel.infolist():
            smaller.writestr(member, wheel.read(member), zipfile.ZIP_DEFLATED)
    with zipfile.ZipFile(path) as wheel, zipfile.ZipFile(made) as smaller:
        assert [(one.filename, one.CRC) for one in wheel.infolist()] == [(one.filename, one.CRC) for one in smaller.infolist()]
        assert smaller.testzip() is None
    os.replace(made, path)


if __name__ == "__main__":
    main(sys.argv[1])
