version 1.0
# SPDX-License-Identifier: Apache-2.0
# Objects by `dseg batch`, one call of the program for all that are given: docs/archive.md. A row of a data table, or a chunk of a
# scatter, is a run of this workflow.

workflow archive {
  input {
    Array[File] objects
    String work = "transcode"
    String options = "--transfer-syntax deflated-frame --verify"
    String docker = "dseg"
  }
  # As text the objects have the names that were given; in the task they are copies with other names.
  call batch { input: objects = objects, names = objects, work = work, options = options, docker = docker }
  output {
    File report = batch.report
    Array[File] written = batch.written
  }
}

task batch {
  input {
    Array[File] objects
    Array[String] names
    String work
    String options
    String docker
    Int jobs = 2
    Int memory_gb = 4
    Int preemptible = 3
  }
  Int disk_gb = 10 + 2 * ceil(size(objects, "GB"))
  # Exit code 1: objects failed, which the report says.
  command <<<
    set -eu
    paste ~{write_lines(names)} ~{write_lines(objects)} |
      sed -e 's/[\\"]/\\&/g' -e 's/\(.*\)\t\(.*\)/{"name": "\1", "input": "\2"}/' >list.jsonl
    mkdir out
    dseg batch --list list.jsonl --to out --name '{SOPInstanceUID}.dcm' --do ~{work} ~{options} --jobs ~{jobs} --report report.jsonl || [ $? -eq 1 ]
  >>>
  output {
    File report = "report.jsonl"
    Array[File] written = glob("out/*")
  }
  runtime {
    docker: docker
    cpu: jobs
    memory: "~{memory_gb} GB"
    disks: "local-disk ~{disk_gb} HDD"
    preemptible: preemptible
  }
}
