# SPDX-License-Identifier: Apache-2.0
"""What the peer tests share: running programs, saying "skipped", and comparing arrays that lie in space.

Affines are 4 x 4 and map voxel indices (i, j, k) to DICOM's patient coordinates in mm; arrays are indexed [k, j, i].
"""

import json
import os
import pathlib
import subprocess
import sys
import time
import traceback

import numpy as np

PEERS = pathlib.Path(os.environ["DSEG_PEERS"])
DATA = pathlib.Path(os.environ.get("DSEG_DATA", "."))
DSEG = os.environ["DSEG"]
HERE = pathlib.Path(__file__).resolve().parent
INDEX_TOLERANCE = 2e-3  # of a voxel: positions are decimal strings of 16 characters


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(77)


def need_data(*parts):
    path = DATA.joinpath(*parts)
    if not path.exists():
        skip(f"{'/'.join(parts)} is not in {DATA}")
    return path


def run(*command, code=0):
    """Runs a program, which must end with this code, and returns what it printed."""
    done = subprocess.run([str(part) for part in command], capture_output=True, stdin=subprocess.DEVNULL)
    out, err = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
    assert done.returncode == code, f"{command} ended with {done.returncode}\n{out[-3000:]}\n{err[-3000:]}"
    return out


def dseg(*arguments, code=0):
    return run(DSEG, *arguments, code=code)


def dseg_info(path):
    return json.loads(dseg("info", path, "--json"))


def venv_program(name):
    return PEERS / "venv" / "bin" / name


def group(dataset, index, name):
    """The item of a frame's functional group, its own or the shared one; pydicom's data set."""
    for holder in (dataset.PerFrameFunctionalGroupsSequence[index], dataset.SharedFunctionalGroupsSequence[0]):
        if name in holder:
            return holder[name].value[0]
    return None


class Steps:
    """Names checks as they pass or fail; those after a failed one still run. `with step("name"): ...`"""

    def __init__(self):
        self.name = None
        self.failures = 0
        self.start = 0.0

    def __call__(self, name):
        self.name = name
        return self

    def __enter__(self):
        self.start = time.monotonic()
        return self

    def __exit__(self, kind, value, trace):
        if kind is not None and not issubclass(kind, Exception):
            return False
        seconds = time.monotonic() - self.start
        print(f"{'ok' if kind is None else 'FAILED'}: {self.name} {seconds:.1f} s", flush=True)
        if kind is not None:
            self.failures += 1
            traceback.print_exception(kind, value, trace)
        return True

    def finish(self):
        sys.exit(1 if self.failures else 0)


step = Steps()


def steps_between(affine, other):
    """Indices of other's voxels in the grid of affine: (matrix of -1, 0, 1; offset), both integers."""
    matrix = np.linalg.inv(affine) @ other
    rounded = np.rint(matrix)
    rotation = rounded[:3, :3].astype(int)
    difference = np.abs(matrix - rounded)
    assert difference[:3, :3].max() < INDEX_TOLERANCE, f"axes differ:\n{matrix}"
    assert difference[:3, 3].max() < 0.05, f"origin is off by a part of a voxel:\n{matrix}"
    assert (np.abs(rotation).sum(axis=0) == 1).all() and (np.abs(rotation).sum(axis=1) == 1).all(), matrix
    return rotation, rounded[:3, 3].astype(int)


def with_step_of(affine, shape, other):
    """affine with the step along axes of one voxel, which means nothing, as long as other's nearest axis."""
    affine = affine.copy()
    for axis in range(3):
        if shape[2 - axis] == 1:
            direction = affine[:3, axis] / np.linalg.norm(affine[:3, axis])
            lengths = np.linalg.norm(other[:3, :3], axis=0)
            nearest = np.argmax(np.abs(direction @ (other[:3, :3] / lengths)))
            affine[:3, axis] = direction * lengths[nearest]
    return affine


def assert_same_volume(array, affine, got, got_affine, what):
    """got has array's values where it reaches, and array is zero where got does not reach."""
    assert got.ndim == 3, got.shape
    got_affine = with_step_of(got_affine, got.shape, affine)
    rotation, offset = steps_between(affine, got_affine)
    size_ijk = np.array(got.shape[::-1])
    turned = np.transpose(got, (2, 1, 0))  # [i, j, k]
    order = [int(np.flatnonzero(rotation[axis])[0]) for axis in range(3)]
    turned = np.transpose(turned, order)
    low, high = np.zeros(3, int), np.zeros(3, int)
    flips = []
    for axis in range(3):
        sign = rotation[axis, order[axis]]
        length = int(size_ijk[order[axis]])
        first, last = offset[axis], offset[axis] + sign * (length - 1)
        low[axis], high[axis] = min(first, last), max(first, last) + 1
        flips.append(slice(None, None, sign))
    turned = turned[tuple(flips)]
    whole = np.transpose(array, (2, 1, 0))
    inside_low = np.maximum(low, 0)
    inside_high = np.minimum(high, whole.shape)
    inner = turned[tuple(slice(a - b, c - b) for a, b, c in zip(inside_low, low, inside_high))]
    assert np.count_nonzero(turned) == np.count_nonzero(inner), f"{what}: voxels outside the volume"
    wanted = whole[tuple(slice(a, b) for a, b in zip(inside_low, inside_high))]
    wrong = np.count_nonzero(wanted != inner)
    assert wrong == 0, f"{what}: {wrong} voxels differ"
    missing = np.count_nonzero(whole) - np.count_nonzero(wanted)
    assert missing == 0, f"{what}: {missing} voxels lie outside of what was read"


def frame_affine(position, orientation, spacing):
    """Of one frame: columns are the steps to the next column, to the next row, and along the normal."""
    along_row, along_column = np.array(orientation[:3], float), np.array(orientation[3:], float)
    matrix = np.eye(4)
    matrix[:3, 0] = along_row * float(spacing[1])
    matrix[:3, 1] = along_column * float(spacing[0])
    matrix[:3, 2] = np.cross(along_row, along_column)
    matrix[:3, 3] = np.array(position, float)
    return matrix


def plane_view(array, affine, position, orientation, spacing, shape):
    """The part of array that a frame covers, in the frame's rows and columns, and which plane that is."""
    frame = frame_affine(position, orientation, spacing)
    matrix = np.linalg.inv(affine) @ frame
    column_step, row_step, first = np.rint(matrix[:3, 0]), np.rint(matrix[:3, 1]), np.rint(matrix[:3, 3])
    assert np.abs(matrix[:3, 0] - column_step).max() < INDEX_TOLERANCE, matrix
    assert np.abs(matrix[:3, 1] - row_step).max() < INDEX_TOLERANCE, matrix
    corner = matrix @ (shape[1] - 1, shape[0] - 1, 0, 1)
    wanted = first + column_step * (shape[1] - 1) + row_step * (shape[0] - 1)
    assert np.abs(corner[:3] - wanted).max() < 0.05, f"frame is off by a part of a voxel: {corner} {wanted}"
    across, down = int(np.flatnonzero(column_step)[0]), int(np.flatnonzero(row_step)[0])
    normal = 3 - across - down
    index = [slice(None)] * 3
    index[normal] = int(first[normal])
    plane = np.transpose(array, (2, 1, 0))[tuple(index)]
    if down > across:
        plane = plane.T
    return plane[part(first[down], row_step[down], shape[0]), part(first[across], column_step[across], shape[1])], int(
        first[normal]
    )


def part(first, step, count):
    """The slice of count indices from first on, one step (1 or -1) at a time."""
    first, step = int(first), int(step)
    last = first + step * (count - 1)
    assert min(first, last) >= 0, "a frame reaches outside of the volume"
    stop = last + step
    return slice(first, stop if stop >= 0 else None, step)
