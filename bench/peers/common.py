# SPDX-License-Identifier: Apache-2.0
"""What the peers' programs share: the clock, peak memory, the checksum, and the JSON line they print.

Each is called as `PROGRAM FILE [--check]` and does one piece of work in a process of its own."""

import json
import sys
import time
import zlib

cpu_times = []


def clock():
    """Seconds. What the process computes between the first call and the last is its cpu_seconds."""
    cpu_times.append(time.process_time())
    return time.perf_counter()


def peak_bytes():
    for line in open("/proc/self/status"):
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024
    return 0


def checksums(array):
    """CRC-32 of a label map [plane, row, column] whose values are replaced by their ranks (16-bit little endian): it does
    not depend on the numbers of segments. Planes without labels are left out, as some objects leave them out. Programs
    differ in which end of the stack comes first, so there are two."""
    import numpy

    present = numpy.zeros(65536, bool)
    present[0] = True
    array = numpy.asarray(array)
    if array.dtype.kind == "f" or array.dtype.itemsize > 2:
        array = array.astype(numpy.uint16)
    elif array.dtype.kind == "i":
        array = array.view(f"u{array.dtype.itemsize}")
    for plane in array:
        present[plane.ravel()] = True
    rank = (numpy.cumsum(present) - 1).astype("<u2")
    forward = backward = 0
    planes = [plane for plane in array if plane.any()]
    for plane, opposite in zip(planes, reversed(planes)):
        forward = zlib.crc32(rank[plane].tobytes(), forward)
        backward = zlib.crc32(rank[opposite].tobytes(), backward)
    return {"checksum": f"{forward:08x}", "checksum_reversed": f"{backward:08x}"}


def finish(seconds, array=None, **more):
    """Prints the result. The array is a label map in C order: plane, row, column."""
    result = {"seconds": seconds, "cpu_seconds": cpu_times[-1] - cpu_times[0], "peak_bytes": peak_bytes(), **more}
    if array is not None and "--check" in sys.argv:
        result.update(checksums(array))
    json.dump(result, sys.stdout)
    print()
