# SPDX-License-Identifier: Apache-2.0
"""Calls of Snakemake, cwltool and miniwdl for the tests of tools/archive; tools/archive/setup.sh installs them."""

import os
import signal
import subprocess
import time
from pathlib import Path

import objects

INSTALLED = Path(os.environ.get("DSEG_ARCHIVE", objects.TOP / "build" / "archive"))
VENV, CHECKS = INSTALLED / "venv" / "bin", INSTALLED / "checks" / "bin"
TIMEOUT = 300


def environment(folder, **more):
    """Neither configuration nor caches of whoever runs the test."""
    own = folder / "home"
    own.mkdir(exist_ok=True)
    found = objects.environment(HOME=str(own), XDG_CACHE_HOME=str(own), XDG_CONFIG_HOME=str(own), PYTHONDONTWRITEBYTECODE="1", **more)
    found["PATH"] = f"{VENV}{os.pathsep}{found['PATH']}"
    return found


def snakemake_command(*options, config):
    words = [f"{key}={value}" for key, value in {"dseg": objects.DSEG, **config}.items()]
    return [VENV / "snakemake", "--snakefile", objects.ARCHIVE / "Snakefile", "--cores", "2", *options, "--config", *words]


def call(command, folder, code=0, **more):
    """Runs a command in the folder; what it printed."""
    done = subprocess.run([str(part) for part in command], cwd=folder, env=environment(folder, **more), capture_output=True, text=True, timeout=TIMEOUT)
    if done.returncode != code:
        raise AssertionError(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-6000:]}")
    return done.stdout + done.stderr


def snakemake(folder, *options, config, code=0, **more):
    return call(snakemake_command(*options, config=config), folder, code, **more)


def killed(command, folder, when, **more):
    """Starts a command and kills it and all that it started as soon as when() is true."""
    with open(folder / "killed.log", "w") as log:
        process = subprocess.Popen([str(part) for part in command], cwd=folder, env=environment(folder, **more), stdout=log, stderr=log, start_new_session=True)
        try:
            end = time.monotonic() + TIMEOUT
            while not when():
                if process.poll() is not None or time.monotonic() > end:
                    raise AssertionError(f"ended before it was to be killed:\n{(folder / 'killed.log').read_text()[-6000:]}")
                time.sleep(0.05)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
