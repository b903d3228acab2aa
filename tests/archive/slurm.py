# SPDX-License-Identifier: Apache-2.0
"""A Slurm of one node on this machine, as root, without systemd, cgroups or a database, for as long as a test takes."""

import contextlib
import os
import secrets
import socket
import subprocess
import time
from pathlib import Path

CONFIGURATION = """ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
SlurmctldPort=16817
SlurmdPort=16818
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
ReturnToService=2
SchedulerType=sched/builtin
MinJobAge=300
NodeName={host} NodeAddr=127.0.0.1 CPUs={processors} RealMemory=4000 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""
# Where programs look that were started without SLURM_CONF: Snakemake's plug-in takes all variables of Slurm away.
SYSTEM = Path("/etc/slurm/slurm.conf")
START = 60  # seconds


def wait_for(what, true):
    end = time.monotonic() + START
    while not true():
        if time.monotonic() > end:
            raise RuntimeError(f"{what} did not come up within {START} s")
        time.sleep(0.1)


def state():
    return subprocess.run(["sinfo", "-h", "-o", "%T"], capture_output=True, text=True, check=False).stdout.strip()


@contextlib.contextmanager
def one_node(folder):
    """Starts the three daemons in the foreground, so that their processes are known, and ends them behind the test."""
    if os.geteuid() != 0:
        raise RuntimeError("Slurm is started by root")
    if SYSTEM.exists() or SYSTEM.is_symlink():
        raise RuntimeError(f"{SYSTEM} is there: this machine has a Slurm of its own")
    folder = Path(folder).resolve()
    for name in ("state", "spool", "munge"):
        (folder / name).mkdir(parents=True)
    (folder / "munge").chmod(0o700)
    key, socket_path, conf = folder / "munge" / "key", folder / "munge.socket", folder / "slurm.conf"
    key.write_bytes(secrets.token_bytes(128))
    key.chmod(0o600)
    folder.chmod(0o755)
    conf.write_text(CONFIGURATION.format(host=socket.gethostname(), folder=folder, processors=os.cpu_count()))
    SYSTEM.parent.mkdir(exist_ok=True)
    SYSTEM.symlink_to(conf)
    log = open(folder / "daemons.log", "w")
    started = []
    start = lambda *command: started.append(subprocess.Popen([str(part) for part in command], stdout=log, stderr=log, start_new_session=True))
    try:
        start("munged", "--foreground", "--force", f"--key-file={key}", f"--socket={socket_path}", f"--pid-file={folder}/munge/pid",
              f"--log-file={folder}/munge/log", f"--seed-file={folder}/munge/seed")  # fmt: skip
        wait_for("munged", socket_path.exists)
        start("slurmctld", "-D", "-c", "-f", conf)
        start("slurmd", "-D", "-f", conf)
        wait_for("Slurm", lambda: state() == "idle")
        yield folder
    finally:
        if started:
            subprocess.run(["scontrol", "shutdown"], capture_output=True, check=False, timeout=30)
        for process in reversed(started):
            process.terminate()
        for process in reversed(started):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        SYSTEM.unlink()
        log.close()
