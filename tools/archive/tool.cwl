#!/usr/bin/env cwl-runner
# SPDX-License-Identifier: Apache-2.0
# Objects by `dseg batch`, one call of the program for all that are given: docs/archive.md. They are put into the directory of the
# job under their own names, which the report has.
cwlVersion: v1.2
class: CommandLineTool
baseCommand: [dseg, batch]
hints:
  DockerRequirement:
    dockerPull: dseg
  ResourceRequirement:
    coresMin: 2
    ramMin: 4096
requirements:
  InitialWorkDirRequirement:
    listing:
      - $(inputs.objects)
inputs:
  objects:
    type:
      type: array
      items: File
      inputBinding:
        valueFrom: $(self.basename)
    inputBinding:
      position: 1
  work:
    type: string
    default: transcode
    inputBinding:
      position: 2
      prefix: --do
  options:
    type: string[]
    default: [--transfer-syntax, deflated-frame, --verify]
    inputBinding:
      position: 3
arguments:
  - {position: 4, prefix: --to, valueFrom: out}
  - {position: 4, prefix: --report, valueFrom: report.jsonl}
  - {position: 4, prefix: --jobs, valueFrom: $(runtime.cores)}
# Exit code 1: objects failed, which the report says.
successCodes: [0, 1]
outputs:
  report:
    type: File
    outputBinding:
      glob: report.jsonl
  written:
    type: Directory
    outputBinding:
      glob: out
