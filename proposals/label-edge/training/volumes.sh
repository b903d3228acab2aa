# shellcheck shell=sh disable=SC2034,SC2154  # what it sets and needs is the caller's
# SPDX-License-Identifier: Apache-2.0
# Sourced: the volumes that the built-in tables are trained on. Needs $data and $templates: where those are whose names
# have a folder, and the others.

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
