"""Runs the benchmark: every piece of work in a process of its own, interleaved with its peers' in each round.

One warm-up round, then --repeat rounds; medians are shown with their spread. Nothing else should run meanwhile.
Writes results.json and prints tables in Markdown. Called by run.sh."""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent


def run_process(command):
    """Seconds and peak memory of a whole process, with the JSON line it printed, if any."""
    start = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    output, complaint = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    if process.returncode != 0:
        return {"failed": complaint.decode(errors="replace").strip().splitlines()[-1:] or ["no message"]}
    result = {"wall": wall, "process_peak_bytes": usage.ru_maxrss * 1024}
    try:
        printed = json.loads(output)
        result["printed"] = printed if isinstance(printed, dict) else None
    except ValueError:
        pass
    return result


class Job:
    """One command whose runs are kept; `inside` takes the time that the process itself measured."""

    def __init__(self, group, name, command, inside=True, before=None):
        self.group, self.name, self.command, self.inside, self.before = group, name, command, inside, before
        self.seconds, self.peaks, self.failed, self.printed = [], [], None, {}

    def run(self, counted):
        if self.failed:
            return
        if self.before:
            self.before()
        result = run_process(self.command)
        if "failed" in result:
            self.failed = result["failed"][0]
            return
        self.printed = result.get("printed") or {}
        if counted:
            self.seconds.append(self.printed["seconds"] if self.inside else result["wall"])
            self.peaks.append(self.printed.get("peak_bytes", result["process_peak_bytes"]) if self.inside
                              else result["process_peak_bytes"])

    def record(self):
        result = {"group": self.group, "name": self.name, "command": [str(c) for c in self.command]}
        if self.failed:
            return {**result, "failed": self.failed}
        return {**result, "seconds": self.seconds, "median_seconds": statistics.median(self.seconds),
                "median_peak_bytes": statistics.median(self.peaks),
                "checksum": self.printed.get("checksum"),
                "checksum_reversed": self.printed.get("checksum_reversed"),
                "version": self.printed.get("version")}


def unlink(path):
    return lambda: Path(path).unlink(missing_ok=True)


def jobs_of(case, tools, work):
    """All work on one label volume."""
    dseg, bench, python = tools["dseg"], tools["bench"], tools["python"]
    peers = HERE / "peers"
    binary, labelmap = work / "highdicom-binary.dcm", work / "highdicom-labelmap.dcm"
    made = work / "made"
    made.mkdir(exist_ok=True)
    python_job = lambda script, *rest: [python, peers / script, *rest]
    jobs = [
        Job("BINARY to a label map", "dseg, all threads", [bench, "labels", binary]),
        Job("BINARY to a label map", "dseg, 1 thread", [bench, "labels", binary, "1"]),
        Job("BINARY to a label map", "highdicom", python_job("highdicom_read.py", binary)),
        Job("nii.gz to a label map", "SimpleITK", python_job("simpleitk_read.py", case)),
        Job("nii.gz to a label map", "nibabel", python_job("nibabel_read.py", case)),
        Job("nii.gz to a label map", "dseg", [bench, "labels", case]),
        Job("LABELMAP to a label map", "dseg, all threads", [bench, "labels", labelmap]),
        Job("LABELMAP to a label map", "dseg, 1 thread", [bench, "labels", labelmap, "1"]),
        Job("LABELMAP to a label map", "plain read of its pixel data", [bench, "read", labelmap]),
        Job("LABELMAP to a label map", "highdicom", python_job("highdicom_read.py", labelmap)),
        Job("Part of the BINARY object", "dseg info, whole process", [dseg, "info", binary], inside=False),
        Job("Part of the BINARY object", "open", [bench, "open", binary]),
        Job("Part of the BINARY object", "one plane, after opening", [bench, "plane", binary]),
        Job("Part of the BINARY object", "one segment, after opening", [bench, "segment", binary]),
    ]
    for kind in ("binary", "labelmap"):
        out = made / f"dseg-{kind}.dcm"
        group = f"nii.gz to {kind.upper()}"
        jobs.append(Job(group, "dseg convert, whole process with reading nii.gz",
                        [dseg, "convert", case, out, "--as", kind], inside=False, before=unlink(out)))
        jobs.append(Job(group, "highdicom, construct and save only",
                        python_job("highdicom_write.py", case, made / f"highdicom-{kind}.dcm", kind.upper())))
    return jobs


def growth_jobs(tools, work):
    """Objects of more and more frames: the time must grow no faster than they do."""
    jobs = []
    for frames in (1000, 10000, 100000):
        path = work / f"frames-{frames}.dcm"
        if not path.exists():
            subprocess.run([str(tools["make_frames"]), str(path), str(frames)], check=True)
        jobs.append(Job("Growth with frames", f"open {frames} frames", [tools["bench"], "open", path]))
        jobs.append(Job("Growth with frames", f"read {frames} frames", [tools["bench"], "labels", path]))
        out = work / f"copy-{frames}.dcm"
        jobs.append(Job("Growth with frames", f"convert {frames} frames",
                        [tools["dseg"], "convert", path, out], inside=False, before=unlink(out)))
    return jobs


def prepare(case, tools, work):
    for kind in ("binary", "labelmap"):
        path = work / f"highdicom-{kind}.dcm"
        if not path.exists():
            print(f"highdicom writes {path.name} ...", file=sys.stderr)
            subprocess.run([tools["python"], HERE / "peers" / "highdicom_write.py", case, path, kind.upper()],
                           check=True, stdout=subprocess.DEVNULL)


def machine():
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    return {"processor": model, "processors": len(os.sched_getaffinity(0)), "system": platform.platform(),
            "python": platform.python_version()}


def print_tables(records):
    groups = dict.fromkeys(record["group"] for record in records)
    for group in groups:
        rows = [record for record in records if record["group"] == group]
        first = next((row["median_seconds"] for row in rows if "median_seconds" in row), None)
        print(f"\n### {group}\n\n| | median ms | min - max ms | times the first | peak MB |\n|---|---:|---:|---:|---:|")
        for row in rows:
            if "failed" in row:
                print(f"| {row['name']} | failed: {row['failed']} | | | |")
                continue
            seconds = row["seconds"]
            print(f"| {row['name']} | {row['median_seconds'] * 1e3:.2f} | {min(seconds) * 1e3:.2f} - "
                  f"{max(seconds) * 1e3:.2f} | {row['median_seconds'] / first:.2f} | "
                  f"{row['median_peak_bytes'] / 1e6:.0f} |")


def check_same_voxels(records):
    """Label maps read from one file by different programs must be the same, whichever way k runs."""
    for group in dict.fromkeys(record["group"] for record in records):
        sums = {record["name"]: {record.get("checksum"), record.get("checksum_reversed")} - {None}
                for record in records if record["group"] == group and record.get("checksum") not in (None, "00000000")}
        names = list(sums)
        for name in names[1:]:
            verdict = "same voxels" if sums[name] & sums[names[0]] else "OTHER VOXELS"
            print(f"{group}: {name} and {names[0]}: {verdict}", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--case", required=True, help="a label volume, .nii.gz")
    parser.add_argument("--build", required=True, help="the build folder with dseg and the benchmark programs")
    parser.add_argument("--work", required=True, help="folder for objects and results")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--only", default="", help="groups whose name contains this")
    options = parser.parse_args()
    build, work = Path(options.build), Path(options.work)
    work.mkdir(parents=True, exist_ok=True)
    tools = {"dseg": build / "tools" / "dseg", "bench": build / "bench" / "dseg_bench",
             "make_frames": build / "bench" / "make_frames", "python": sys.executable}
    case = Path(options.case)
    prepare(case, tools, work)
    jobs = [job for job in jobs_of(case, tools, work) + growth_jobs(tools, work) if options.only in job.group]
    for round_number in range(options.repeat + 1):
        for job in jobs:
            print(f"\rround {round_number} of {options.repeat}: {job.group}, {job.name}\033[K", end="", file=sys.stderr)
            job.run(counted=round_number > 0)
    print(file=sys.stderr)
    records = [job.record() for job in jobs]
    check_same_voxels(records)
    print_tables(records)
    sizes = {path.name: path.stat().st_size for path in [case, *sorted(work.glob("*.dcm")), *sorted((work / "made").glob("*.dcm"))]}
    (work / "results.json").write_text(json.dumps(
        {"machine": machine(), "case": case.name, "date": time.strftime("%Y-%m-%d"), "repeat": options.repeat,
         "bytes": sizes, "results": records}, indent=1) + "\n")


if __name__ == "__main__":
    main()
