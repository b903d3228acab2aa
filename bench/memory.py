# SPDX-License-Identifier: Apache-2.0
"""Whether a first touch of memory takes the same time each time, with and without warm_memory before it.

usage: memory.py WORK OBJECT [--turns N]
WORK: the program bench/work; OBJECT: a segmentation, of whose size a label map is touched. The two take turns, after a pause
in which a host may take back what is free."""

import argparse
import statistics
import time

from measuring import run_process, warm_memory

PAUSE = 6  # seconds; Linux reports free pages to its host after two


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work")
    parser.add_argument("object")
    parser.add_argument("--turns", type=int, default=10)
    options = parser.parse_args()
    command = [options.work, "touch", options.object, "--threads", "1"]
    memory = run_process(command)["printed"]["peak_bytes"]
    seconds = {"without": [], "with": []}
    for _ in range(options.turns):
        for how, found in seconds.items():
            time.sleep(PAUSE)
            warm_memory(memory if how == "with" else 0)
            found.append(run_process(command)["printed"]["seconds"])
    for how, found in seconds.items():
        print(f"{how} warming: median {statistics.median(found) * 1e3:.0f} ms, {min(found) * 1e3:.0f} to {max(found) * 1e3:.0f} ms")


if __name__ == "__main__":
    main()
