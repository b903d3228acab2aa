#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes sample instances of this proposal in OUTDIR: conforming, uncommon and faulty ones, with a README.md and a manifest.
# Each is checked by dseg and by the second decoder (second/label_edge.py): the same pixels, or the fault that is meant.
# usage: DSEG=PROGRAM sh samples.sh OUTDIR    needs python3
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
exec python3 "$here/make_samples.py" "${DSEG:-dseg}" "${1:?usage: samples.sh OUTDIR}"
