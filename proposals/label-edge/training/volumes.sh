# shellcheck shell=sh disable=SC2034  # what it sets is the caller's
# SPDX-License-Identifier: Apache-2.0
# Sourced with the arguments BUILT DATA MRICRON-TEMPLATES ...: what the build made that the caller runs, and where the
# volumes are whose names have a folder, and the others. Leaves the arguments behind these three. Sets these names, the
# volumes that the built-in tables are trained on, and work, a directory that goes when the caller ends.
built=$1
data=$2
templates=$3
shift 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Those of one subject or family of templates, joined by commas: they are left out together.
families="totalsegmentator-s0327/labels_512.nii.gz totalsegmentator-ct20/labels.nii.gz spl-knee-atlas/seg.nrrd
spl-brain-atlas/hncma-atlas.nrrd freesurfer/aparc+aseg.nii.gz natbrainlab.nii.gz aal.nii.gz,brodmann.nii.gz
JHU-WhiteMatter-labels-1mm.nii.gz,JHU-WhiteMatter-labels-2mm.nii.gz,jhu189.nii.gz inia19-NeuroMaps.nii.gz AICHAmc.nii.gz
HarvardOxford-cort-maxprob-thr0-1mm.nii.gz"
# Those of make_dense.py.
dense="train-cubes-scan train-cubes-random train-voronoi-scan train-voronoi-random"

# The paths of families, but for one.
paths() {
  for family in $1; do
    [ "$family" = "${2-}" ] || for volume in $(echo "$family" | tr , ' '); do
      case $volume in */*) echo "$data/$volume" ;; *) echo "$templates/$volume" ;; esac
    done
  done
}
