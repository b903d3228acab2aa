# SPDX-License-Identifier: Apache-2.0
"""The survey's cases in the proposals for what is said around the frames: volumes, and label sets where segments overlap.

The object as it is comes from dcmqi, of slides from highdicom, as in the survey, and the records are of the same kind; so all
that is made of the survey is made of these, too."""

from measuring import run_jobs

from survey.suite import PATIENCE, QUICK_PATIENCE, dseg_forms, dseg_records, measure_case, voxels_of, writers

CODECS = ("deflated-frame", "label-edge")
# Representation and its option; label sets are an ordinary LABELMAP where no segments overlap.
VOLUMES = (("binary-volume", ""), ("labelmap-volume", ""))
OVERLAPS = (("binary-volume", ""), ("label-sets", ""), ("label-sets", "volume=1"))


def forms(overlap):
    """In the shape that the survey's forms have."""
    for representation, option in OVERLAPS if overlap else VOLUMES:
        for codec in CODECS:
            name = representation + (f":{option}" if option else "") + f"/{codec}"
            yield name, representation, codec, True, ["--option", option] if option else [], None


def described(context, case, corpora, budget):
    """All of these forms of one kind of object."""
    return measure_case("described", measure, context, case, corpora, budget)


def measure(context, case, base, folder, budget):
    repeat, patience = (1, QUICK_PATIENCE) if context.quick else (2, PATIENCE)
    source = written_by_first(context, case, folder, patience)
    base["source_bytes"] = source.stat().st_size
    expect = voxels_of(context, case, folder, source)
    ours = dseg_forms(context, forms(case.overlap), base, folder, source, expect)
    run_jobs([job for _, jobs in ours.values() for job in jobs.values()], repeat, budget, f"described: {case.name}", patience)
    return dseg_records(context, ours)


def written_by_first(context, case, folder, patience):
    """The object that the survey has as its source: of the first writer that can."""
    failures = []
    for writer, job in writers(context, case, folder).items():
        run_jobs([job], 0, 0, f"described: {case.name} by {writer}", patience)
        if not job.failed:
            return job.output
        failures.append(f"{writer}: {job.failed}")
    raise RuntimeError("; ".join(failures))
