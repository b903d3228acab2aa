# SPDX-License-Identifier: Apache-2.0
"""tools/archive on engines that take minutes or need a server: 200 objects, killed and resumed; a Slurm of one node, by Snakemake and by
the array of jobs; S3 by moto; miniwdl and cwltool, without their containers. As root, with what tools/archive/setup.sh and the
packages of the group archive install.

usage: DSEG=PROGRAM long.py [unittest's arguments]"""

import json
import random
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import engines
import objects
from slurm import one_node

OPTIONS = " ".join(objects.WORK[2:])
ON_SLURM = ["--executor", "slurm", "--jobs", "4", "--default-resources", "slurm_partition=main", "--slurm-no-account", "--slurm-status-command", "squeue",
            "--slurm-init-seconds-before-status-checks", "2", "--seconds-between-status-checks", "2", "--latency-wait", "5"]  # fmt: skip
PORT = 15151


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def prepare(self, count, bad=True):
        """Names of good objects and bad ones in between, the list of them, and what is to come out."""
        good = objects.make_objects(self.folder / "in", count)
        names = good + (objects.make_bad(self.folder / "bad", good[0]) if bad else [])
        random.Random(1).shuffle(names)
        return names, objects.write_list(self.folder / "list.txt", names), *objects.undisturbed(self.folder, names)

    def check(self, to, names, wanted, statuses):
        manifest = objects.lines_of(to / "manifest.jsonl")
        self.assertEqual([record["input"] for record in manifest], [str(name) for name in names])
        self.assertEqual({record["input"]: record["status"] for record in manifest}, statuses)
        self.assertEqual(objects.digests(to), wanted)


class Local(Case):
    def test_200_killed_and_resumed(self):
        """Killed in the middle of work, three times, wherever that is; then the rest."""
        names, listed, wanted, statuses = self.prepare(200)
        config = {"list": listed, "to": self.folder / "out", "chunk": 20, "options": OPTIONS}
        reports = lambda: sum(path.read_text().count("\n") for path in self.folder.glob("out/working/20/*.jsonl"))
        for least in (20, 70, 130):
            command = engines.snakemake_command("--nolock", "--rerun-incomplete", config=config)
            engines.killed(command, self.folder, lambda least=least: reports() >= least)
        done_before = reports()
        self.assertLess(done_before, len(names))
        engines.snakemake(self.folder, "--nolock", "--rerun-incomplete", config=config)
        self.check(self.folder / "out", names, wanted, statuses)
        # Nothing that a report had was done again: it would have a second line.
        self.assertEqual(reports(), len(names))

    def test_failed_ones_again(self):
        """What failed is done again on demand: the file that was not there has come."""
        names, listed, _, statuses = self.prepare(4)
        config = {"list": listed, "to": self.folder / "out", "options": OPTIONS}
        engines.snakemake(self.folder, config=config)
        late = self.folder / "bad" / "nowhere.dcm"
        late.write_bytes((self.folder / "in" / "object-001.dcm").read_bytes())
        engines.snakemake(self.folder, config={**config, "options": f"{OPTIONS} --retry-failed"})
        manifest = {record["input"]: record["status"] for record in objects.lines_of(self.folder / "out" / "manifest.jsonl")}
        self.assertEqual(manifest, {**statuses, str(late): "ok"})


class Slurm(Case):
    def setUp(self):
        super().setUp()
        self.enterContext(one_node(self.folder / "slurm"))

    def test_snakemake(self):
        names, listed, wanted, statuses = self.prepare(20)
        told = engines.snakemake(self.folder, *ON_SLURM, config={"list": listed, "to": self.folder / "out", "chunk": 6, "options": OPTIONS})
        self.assertRegex(told, r"SLURM jobid \W?\d+")
        self.check(self.folder / "out", names, wanted, statuses)

    def test_array(self):
        names, listed, wanted, statuses = self.prepare(20)
        to = self.folder / "out"
        submit = ["sbatch", "--wait", "--array=0-3", "--cpus-per-task=1", f"--output={self.folder}/task-%a.log", objects.ARCHIVE / "array.sbatch.sh", 6, listed, to, *objects.WORK]
        engines.call(submit, self.folder)
        self.assertEqual(len(list((to / "reports").glob("*.jsonl"))), 4)
        engines.call(["python3", "-B", objects.ARCHIVE / "gather.py", listed, to / "reports", to], self.folder)
        self.check(to, names, wanted, statuses)

    def test_array_cannot_write(self):
        (self.folder / "file").write_text("")
        _, listed, _, _ = self.prepare(1, bad=False)
        submit = ["sbatch", "--wait", "--array=0-0", f"--output={self.folder}/log", objects.ARCHIVE / "array.sbatch.sh", 6, listed, self.folder / "file", *objects.WORK]
        self.assertRaisesRegex(AssertionError, "exit code [1-9]", engines.call, submit, self.folder)


class S3(Case):
    """moto keeps all in memory: no proof of speed, of credentials or of what a real one refuses."""

    def setUp(self):
        super().setUp()
        self.server = subprocess.Popen([engines.CHECKS / "moto_server", "-H", "127.0.0.1", "-p", str(PORT)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(self.server.wait)
        self.addCleanup(self.server.terminate)

    def python(self, program, *arguments):
        head = f"import boto3, sys, pathlib\ns3 = boto3.client('s3', endpoint_url='http://127.0.0.1:{PORT}', region_name='us-east-1')\n"
        keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        return engines.call([engines.CHECKS / "python", "-c", head + program, *arguments], self.folder, **keys)

    def test_in_and_out(self):
        names, _, wanted, statuses = self.prepare(10)
        present = [name for name in names if name.exists()]
        end = time.monotonic() + 30
        while True:
            try:
                self.python("s3.create_bucket(Bucket='archive')\n"
                            "for path in sys.argv[1:]: s3.upload_file(path, 'archive', 'in/' + pathlib.Path(path).name)", *present)  # fmt: skip
                break
            except AssertionError:
                if time.monotonic() > end:
                    raise
        addresses = {f"s3://archive/in/{name.name}": statuses[str(name)] for name in present}
        listed = objects.write_list(self.folder / "s3.txt", addresses)
        config = {"list": listed, "to": "s3://archive/out", "chunk": 5, "options": OPTIONS}
        settings = ["--storage-s3-endpoint-url", f"http://127.0.0.1:{PORT}", "--storage-s3-access-key", "test", "--storage-s3-secret-key", "test"]
        engines.snakemake(self.folder, *settings, config=config)
        self.python("for found in s3.list_objects_v2(Bucket='archive', Prefix='out/')['Contents']:\n"
                    "    path = pathlib.Path(found['Key']); path.parent.mkdir(parents=True, exist_ok=True); s3.download_file('archive', found['Key'], str(path))")  # fmt: skip
        self.assertEqual(objects.digests(self.folder / "out"), wanted)
        manifest = objects.lines_of(self.folder / "out" / "manifest.jsonl")
        self.assertEqual({record["input"]: record["status"] for record in manifest}, addresses)


# What miniwdl calls in place of a container: the task's command in its directory, with files where they are.
BACK_END = '''
import os
from WDL.runtime.backend.cli_subprocess import SubprocessBase


class Local(SubprocessBase):
    cli_name = "env"

    def __init__(self, cfg, run_id, host_dir):
        super().__init__(cfg, run_id, host_dir)
        self.container_dir = host_dir

    @classmethod
    def global_init(cls, cfg, logger):
        pass

    def _pull(self, logger, cleanup):
        return ""

    def add_paths(self, host_paths):
        for path in host_paths:
            self.input_path_map[path] = path
            self.input_path_map_rev[path] = path

    def prepare_mounts(self):
        return []

    def _run_invocation(self, logger, cleanup, image):
        for path in (self.host_stdout_txt(), self.host_stderr_txt()):
            self.touch_mount_point(path)
        return ["/usr/bin/env", "-C", self.host_work_dir()]
'''


class Wdl(Case):
    def test_ten_objects(self):
        """The container itself is not run."""
        names, _, wanted, statuses = self.prepare(10)
        present = [name for name in names if name.exists()]
        plugin = self.folder / "plugin"
        (plugin / "local_back_end-0.dist-info").mkdir(parents=True)
        (plugin / "local_back_end.py").write_text(BACK_END)
        (plugin / "local_back_end-0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: local-back-end\nVersion: 0\n")
        (plugin / "local_back_end-0.dist-info" / "entry_points.txt").write_text("[miniwdl.plugin.container_backend]\nlocal = local_back_end:Local\n")
        given = self.folder / "inputs.json"
        given.write_text(json.dumps({"archive.objects": [str(name) for name in present], "archive.options": OPTIONS}))
        engines.call([engines.CHECKS / "miniwdl", "run", "--no-color", "--dir", f"{self.folder}/run/.", "-i", given, objects.ARCHIVE / "task.wdl"], self.folder,
                     PYTHONPATH=str(plugin), MINIWDL__SCHEDULER__CONTAINER_BACKEND="local")  # fmt: skip
        outputs = json.loads((self.folder / "run" / "outputs.json").read_text())
        report = {record["input"]: record for record in objects.lines_of(outputs["archive.report"])}
        self.assertEqual({name: record["status"] for name, record in report.items()}, {str(name): statuses[str(name)] for name in present})
        self.assertEqual(sorted(objects.sha256(path) for path in outputs["archive.written"]), sorted(wanted.values()))
        for record in report.values():
            if record["status"] == "ok":
                self.assertEqual(Path(record["output"]).stem, record["sop_instance_uid"])


class Cwl(Case):
    def test_ten_objects(self):
        names, _, wanted, statuses = self.prepare(10)
        present = [name for name in names if name.exists()]
        given = self.folder / "job.json"
        given.write_text(json.dumps({"objects": [{"class": "File", "path": str(name)} for name in present]}))
        out = self.folder / "run"
        engines.call([engines.CHECKS / "cwltool", "--no-container", "--preserve-environment", "PATH", "--outdir", out, objects.ARCHIVE / "tool.cwl", given], self.folder)
        report = {record["input"]: record["status"] for record in objects.lines_of(out / "report.jsonl")}
        self.assertEqual(report, {name.name: statuses[str(name)] for name in present})
        self.assertEqual(objects.digests(out / "out"), wanted)


if __name__ == "__main__":
    unittest.main()
