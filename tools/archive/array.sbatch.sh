#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A list of objects by `dseg batch`, COUNT lines of it for each task of an array: docs/archive.md.
# usage: sbatch --array=0-99 --cpus-per-task=2 array.sbatch.sh COUNT LIST DIR [OPTION OF dseg batch...]
set -eu
count=$1 list=$2 to=$3 task=$SLURM_ARRAY_TASK_ID
shift 3
mkdir -p "$to/reports"
# Objects that failed stand in the report (exit code 1); the task fails when it could not do its work.
tail -n "+$((task * count + 1))" "$list" | head -n "$count" |
  dseg batch - --to "$to" --jobs "${SLURM_CPUS_PER_TASK:-1}" --report "$to/reports/$count-$task.jsonl" "$@" || [ $? -eq 1 ]
