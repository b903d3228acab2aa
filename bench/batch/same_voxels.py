# SPDX-License-Identifier: Apache-2.0
"""Whether two objects have the same voxels, by `dseg compare`: what else differs is a matter of the programs that wrote them.

usage: same_voxels.py DSEG A B       prints {"differs": ""}, or what differs"""

import json
import subprocess
import sys

IGNORED = "extent,names,codes,colors,details,provenance"
done = subprocess.run([sys.argv[1], "compare", *sys.argv[2:], "--ignore", IGNORED], capture_output=True, text=True)
print(json.dumps({"differs": "" if done.returncode == 0 else (done.stdout or done.stderr).strip().splitlines()[-1]}))
