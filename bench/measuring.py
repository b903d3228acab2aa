# SPDX-License-Identifier: Apache-2.0
"""How the benchmark measures: each piece of work in a process of its own, in turns with the others, after a warm-up.

A Job is one command. The first run of each is the warm-up: it is not counted, and is the one that is checked to have
read the same voxels as the reference. Then all jobs take turns, round after round; medians are given with their
spread. A job that would take more than its share of time is run less often, and says how often."""

import json
import os
import platform
import shlex
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
TIMEOUT = 150
QUICK = 0.4  # seconds; start of the program included


def run_process(command, timeout=TIMEOUT):
    """The JSON object that a command prints, as "printed", or why it "failed"."""
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               start_new_session=True)  # fmt: skip
    try:
        output, complaint = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # what it started, too
        process.communicate()
        return {"failed": f"stopped after {timeout:.0f} s"}
    if process.returncode < 0:
        return {"failed": f"crashed with signal {-process.returncode}"}
    if process.returncode != 0:
        return {"failed": why_failed(complaint.decode(errors="replace")) or f"exit code {process.returncode}"}
    try:
        printed = json.loads(output)
    except ValueError:
        printed = {}
    return {"printed": printed if isinstance(printed, dict) else {}}


def why_failed(complaint):
    """The last error that a program printed: its own, where run_process.c only adds that it ended with one. Paths begin at the top."""
    lines = [line.strip() for line in complaint.splitlines() if line.strip()]
    errors = [line for line in lines if "rror" in line] or lines
    own = [line for line in errors if not line.startswith("run_process: ")] or errors
    return own[-1].replace(f"{TOP}{os.sep}", "").replace(f"{TOP.parent}{os.sep}", f"..{os.sep}")[:300] if own else ""


def short_path(path):
    """From the top of the project where the file is below its parent, so that results do not depend on where that is."""
    return os.path.relpath(path, TOP) if str(path).startswith(f"{TOP.parent}{os.sep}") else str(path)


def shown(command):
    return " ".join(shlex.quote(short_path(part)) for part in command)


def drop_from_cache(paths):
    """Asks the system to forget the files' pages. What lies below (the disk's own cache, the host's) stays."""
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def warm_memory(size):
    """Touches and frees as much memory as the next job will take. A virtual machine whose host takes back free memory gets it
    anew page by page, which costs a job up to twice its time; what was freed a moment ago is still there."""
    bytes_of_ones = b"\1" * size
    del bytes_of_ones


def spread(values):
    return {"median": statistics.median(values), "min": min(values), "max": max(values), "n": len(values)}


class Job:
    """group and name say where the result is shown; kind is "ours", "peer" or "limit". The command times itself and prints
    JSON: bench/run_process does that for those that do not. expect: checksums that count as the same voxels. measure: which of the
    printed figures counts, "cpu_seconds" for instance."""

    def __init__(self, group, name, command, *, kind="ours", output=None, input=None, cold=False,
                 expect=None, timeout=TIMEOUT, measure="seconds", **labels):  # fmt: skip
        self.group, self.name, self.command, self.kind = group, name, command, kind
        self.output, self.input, self.cold, self.expect, self.timeout = output, input, cold, expect, timeout
        self.measure, self.labels = measure, labels
        self.seconds, self.cpu, self.peaks, self.total = [], [], [], 0.0
        self.failed, self.voxels, self.version, self.once, self.memory = None, None, None, False, 0

    def run(self, counted, patience):
        if self.failed or (self.seconds and self.total > patience):
            return
        if self.output:
            Path(self.output).unlink(missing_ok=True)
        if self.cold:
            drop_from_cache([self.input])
        checked = self.expect is not None and not counted
        warm_memory(self.memory)
        start = time.perf_counter()
        result = run_process(self.command + (["--check"] if checked else []), self.timeout)
        if "failed" in result:
            self.failed = result["failed"]
            return
        printed = result["printed"]
        self.version, self.memory = printed.get("version", self.version), printed.get("peak_bytes", 0)
        if checked:
            sums = {printed.get("checksum"), printed.get("checksum_reversed")}
            self.voxels = "same" if self.expect & sums else "other"
        took = time.perf_counter() - start
        self.once = not counted and took > patience  # too slow for a second run: the warm-up must do
        if counted or self.once:
            self.total += took
            self.seconds.append(printed[self.measure])
            self.cpu.append(printed.get("cpu_seconds"))
            self.peaks.append(printed.get("peak_bytes", 0))

    def record(self):
        result = {"group": self.group, "name": self.name, "kind": self.kind, "version": self.version, **self.labels}
        result["command"] = shown(self.command)
        if self.input and Path(self.input).exists():  # it does not where the job that writes it failed
            result["input_bytes"] = Path(self.input).stat().st_size
        if self.output and Path(self.output).exists():
            result["output_bytes"] = Path(self.output).stat().st_size
        if self.failed or not self.seconds:
            return {**result, "failed": self.failed or "not run"}
        peak = int(statistics.median(self.peaks))
        if None not in self.cpu:
            result["cpu_seconds"] = spread(self.cpu)
        return {**result, "seconds": spread(self.seconds), "peak_bytes": peak, "voxels": self.voxels}


def run_jobs(jobs, repeat, budget, title, patience=20):
    """All jobs, in turns: the warm-up, then repeat rounds. A job that has taken patience seconds is not run again; when
    budget seconds are over, only quick ones are."""
    start = time.perf_counter()
    for round_number in range(repeat + 1):
        for job in jobs:
            late = round_number > 1 and time.perf_counter() - start > budget
            if late and job.total > QUICK * round_number:
                continue
            progress(f"{title}: round {round_number} of {repeat}: {job.group}, {job.name}")
            job.run(round_number > 0, patience)
    return [job.record() for job in jobs]


def progress(text):
    if sys.stderr.isatty():
        print(f"\r{text[:150]}\033[K", end="", file=sys.stderr, flush=True)


def output_of(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def machine():
    info = {line.split(":")[0].strip(): line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines() if ":" in line}  # fmt: skip
    memory = int(Path("/proc/meminfo").read_text().split()[1]) * 1024
    governor = Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
    return {
        "processor": info.get("model name", platform.machine()),
        "processors": len(os.sched_getaffinity(0)),
        "cache": info.get("cache size", ""),
        "memory_bytes": memory,
        "virtual": "hypervisor" in info.get("flags", ""),
        "governor": governor.read_text().strip() if governor.exists() else "not known",
        "system": platform.platform(),
        "compiler": output_of("cc", "--version").splitlines()[0],
        "load": os.getloadavg()[0],
    }
