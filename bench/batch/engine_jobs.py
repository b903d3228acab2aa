# SPDX-License-Identifier: Apache-2.0
"""All processor seconds of a list's jobs by tools/archive/Snakefile, the engine's included, on this machine or on a Slurm of one node.

usage: engine_jobs.py local|slurm DSEG LIST DIR LINES-A-JOB       prints JSON

What an engine starts leaves its parent, and daemons do not wait for what they start: a control group counts all. As root."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests" / "archive"))
from slurm import one_node  # noqa: E402

ON_SLURM = ["--executor", "slurm", "--jobs", "4", "--default-resources", "slurm_partition=main", "--slurm-no-account", "--slurm-status-command", "squeue",
            "--slurm-init-seconds-before-status-checks", "2", "--seconds-between-status-checks", "2", "--latency-wait", "5"]  # fmt: skip


class Group:
    """A control group (cgroups, version 2) that this process and all that it starts are in, for their processor time."""

    def __init__(self):
        mounts = (line.split() for line in Path("/proc/mounts").read_text().splitlines())
        top = next((Path(mount[1]) for mount in mounts if mount[2] == "cgroup2"), None)
        if top is None:
            sys.exit("error: no cgroup2 file system is mounted")
        self.outer, self.path = top, top / f"bench-{os.getpid()}"

    def __enter__(self):
        self.path.mkdir()
        (self.path / "cgroup.procs").write_text(str(os.getpid()))
        return self

    def cpu_seconds(self):
        lines = dict(line.split() for line in (self.path / "cpu.stat").read_text().splitlines())
        return int(lines["usage_usec"]) / 1e6

    def __exit__(self, *_):
        for process in (self.path / "cgroup.procs").read_text().split():
            (self.outer / "cgroup.procs").write_text(process)
        self.path.rmdir()


def run(engine, dseg, listed, to, lines, folder):
    venv = TOP / "build" / "archive" / "venv" / "bin"
    command = [venv / "snakemake", "--snakefile", TOP / "tools" / "archive" / "Snakefile", "--cores", "1", *(ON_SLURM if engine == "slurm" else []),
               "--config", f"dseg={dseg}", f"list={listed}", f"to={to}", f"chunk={lines}", "jobs=1"]  # fmt: skip
    environment = {**os.environ, "HOME": str(folder), "XDG_CACHE_HOME": str(folder), "PATH": f"{venv}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run([str(part) for part in command], cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"error: snakemake ended with {done.returncode}: {done.stderr.strip().splitlines()[-1]}")


def main(engine, dseg, listed, to, lines):
    with tempfile.TemporaryDirectory() as folder, Group() as group:
        folder = Path(folder)
        arguments = (engine, *(Path(path).resolve() for path in (dseg, listed, to)), lines, folder)
        with one_node(folder / "slurm") if engine == "slurm" else contextlib.nullcontext():
            start, before = time.perf_counter(), group.cpu_seconds()
            run(*arguments)
            print(json.dumps({"seconds": time.perf_counter() - start, "cpu_seconds": group.cpu_seconds() - before}))


if __name__ == "__main__":
    main(*sys.argv[1:])
