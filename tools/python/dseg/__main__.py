# SPDX-License-Identifier: Apache-2.0
"""The program ``dseg`` of this package: ``python -m dseg info seg.dcm``, or ``dseg info seg.dcm``."""

from __future__ import annotations

import os
import subprocess
import sys

PROGRAM = os.path.join(os.path.dirname(__file__), "bin", "dseg")


def main() -> int:
    """Becomes the program, with the arguments that follow the command's name."""
    arguments = [PROGRAM, *sys.argv[1:]]
    if os.name == "posix":
        sys.stdout.flush()
        os.execv(PROGRAM, arguments)
    return subprocess.call(arguments)


if __name__ == "__main__":
    sys.exit(main())
