# SPDX-License-Identifier: Apache-2.0
"""Runs the benchmark and writes results.json and report.html; called by run.sh, see README.md.

What has been measured is kept in parts/: with --resume it is not measured again."""

import argparse
import itertools
import json
import os
import sys
import time
from pathlib import Path

import pictures
from batch.suite import parts as batch_parts
from corpora import all_corpora
from figure_values import part_suite, problem_suite
from measuring import machine, output_of
from report import write_report
from suites import Context, browser, damage, encodings, frame_codecs, growth, headline, slow_codecs
from survey.archive import archive
from survey.cases import CASES, QUICK_CASES
from survey.described import described
from survey.suite import survey
from together import together
from turns import turns

TOP = Path(__file__).resolve().parent.parent
SUITES = ("headline", "encodings", "frames", "growth", "turns", "browser", "damage", "slow", "together", "batch")
LONG = ("survey", "described", "archive")  # only with --only: the survey takes an hour

# The case of the headline: the first of these that is at hand.
BIG = "s0327-512|phantom-108-512|s0327|inia19"
MIDDLE = "s0327|phantom-108|aal"
SMALL = "ct20|phantom-31|natbrainlab"
# Frame codecs are compared on all of these, and on BINARY frames of the first few.
FRAMES = [BIG, "s0327", "ct20", "knee", "hncma", "aparc", "liver", "aicha", "harvard-oxford", "jhu-wm", "jhu-wm-2mm", "aal",
          "brodmann", "inia19", "jhu189", "natbrainlab", "phantom-108", "phantom-31", "cubes5-scan", "cubes5-random",
          "cubes12-scan", "cubes12-random", "voronoi-scan", "voronoi-random"]  # fmt: skip
BINARY_FRAMES = 3
DAMAGE = ["s0327|phantom-108", "hncma", "aal", "natbrainlab", "inia19", "cubes5-random"]
BROWSER = [BIG, "s0327", "ct20", "knee", "aparc", "aal", "inia19", "jhu-wm-2mm"]


def choose(corpora, wanted):
    """The corpora of these names that are at hand, in this order; names may stand for one another: "a|b"."""
    there = {corpus.name: corpus for corpus in corpora if corpus.path}
    found = (next((there[name] for name in names.split("|") if name in there), None) for names in wanted)
    return list(dict.fromkeys(corpus for corpus in found if corpus))


def plan(options, context, corpora):
    """What is measured, in this order: suite, name, and the function that does it. What matters most comes first."""
    quick = options.quick
    own = [corpus for corpus in corpora if corpus.entry["what"] == "from --corpus"]
    big = choose(corpora, [MIDDLE] if quick else [BIG])
    later = choose(corpora, [SMALL] if quick else [SMALL, MIDDLE, "inia19"])
    for corpus in big:
        yield "headline", corpus.name, lambda corpus=corpus: headline(context, corpus, 25 if quick else 360)
    for corpus in [] if quick else big:
        yield "encodings", corpus.name, lambda corpus=corpus: encodings(context, corpus, 120)
    inputs = choose(corpora, [SMALL] if quick else FRAMES) + own + ([] if quick else ["noise", "empty"])
    rounds, seconds, limit = (2, 0.03, 0.4) if quick else (3, 0.06, 1.0)
    for number, item in enumerate(inputs):
        both = quick or number < BINARY_FRAMES or item in own
        yield "frames", item if isinstance(item, str) else item.name, lambda item=item, both=both: frame_codecs(
            context, item, both, rounds, seconds, limit)  # fmt: skip
    for item in inputs:
        yield "slow", item if isinstance(item, str) else item.name, lambda item=item: slow_codecs(context, item)
    for corpus in big:
        yield "turns", corpus.name, lambda corpus=corpus: turns(context, corpus, options, 20 if quick else 120)
    for corpus in choose(corpora, [SMALL] if quick else BROWSER):
        yield "browser", corpus.name, lambda corpus=corpus: browser(context, corpus)
    for corpus in choose(corpora, [SMALL] if quick else DAMAGE):
        yield "damage", corpus.name, lambda corpus=corpus: damage(context, corpus)
    yield "growth", "", lambda: growth(context, 10 if quick else 60)
    if not quick:
        yield "together", "", lambda: together(context, data_folder() / "totalsegmentator-s0327" / "masks", 120)
    for name, measure in batch_parts(context, choose(corpora, [BIG]), choose(corpora, [MIDDLE])):
        yield "batch", name, measure
    for corpus in [*later, *own]:
        if quick or corpus not in big:
            yield "encodings", corpus.name, lambda corpus=corpus: encodings(context, corpus, 10 if quick else 30)


def plan_survey(options, context, corpora):
    cases = [case for case in CASES if not options.quick or case.name in QUICK_CASES]
    for suite, measure in (("survey", survey), ("described", described)):
        for case in cases:
            yield suite, case.name, lambda case=case, measure=measure: measure(context, case, corpora, 10 if options.quick else 100)
    yield "archive", "", lambda: archive(options.out / "parts", options.quick)


def part_path(options, name):
    return options.out / "parts" / f"{'quick-' if options.quick else ''}{name}.json"


def part(options, name, measure):
    """Measures, or takes what was measured before."""
    path = part_path(options, name)
    if options.resume and path.exists():
        return json.loads(path.read_text())
    start, load = time.time(), os.getloadavg()[0]
    try:
        found = {"records": [], "problems": [], **measure()}
    except Exception as error:  # one part must not end the run; without a file it is measured again by --resume
        print(f"bench: {name}: {error}", file=sys.stderr)
        return {"part": name, "failed": str(error), "records": [], "problems": [f"{name}: {error}"]}
    result = {"part": name, "date": time.strftime("%Y-%m-%d %H:%M", time.gmtime(start)), "seconds": round(time.time() - start),
              "load": round(load, 2), "commit": commit(), **found}  # fmt: skip
    print(f"bench: {name}: {result['seconds']} s", file=sys.stderr)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=1) + "\n")
    return result


def commit():
    return output_of("git", "-C", str(TOP), "rev-parse", "--short", "HEAD")


def named(part, problem):
    """A problem begins with its part, so that a later run of that part can take its place."""
    return problem if problem_suite(problem) == part_suite(part) else f"{part['part']}: {problem}"


def measure_all(options, context, corpora, results, save):
    """Adds to results part by part, and saves after each, so that a run that is stopped leaves what it has."""
    for suite in SUITES + LONG:
        results[suite] = []
    results["problems"], results["parts"] = [], []
    for suite, name, measure in itertools.chain(plan(options, context, corpora), plan_survey(options, context, corpora)):
        if suite not in options.only:
            continue
        found = part(options, f"{suite}-{name}" if name else suite, measure)
        results[suite] += found["records"]
        results["problems"] += [named(found, problem) for problem in found["problems"]]
        results["parts"].append({key: value for key, value in found.items() if key not in ("records", "problems")})
        results["seconds"] = sum(one.get("seconds", 0) for one in results["parts"])
        save(results)


def pictures_of(options, results):
    """Of the volumes that results are of, where dseg is there to make them; else those from before."""
    folder, dseg = options.out / "pictures", options.build / "tools" / "dseg"
    names = pictures.missing(results, folder)
    if names and dseg.exists():
        wanted = names | {case.corpus for case in CASES if case.name in names}
        pictures.make(dseg, names, corpora_of(options, dseg, wanted), folder)
    return pictures.uris(folder)


def data_folder():
    return Path(os.environ.get("DSEG_DATA") or TOP.parent / "shared" / "data")


def corpora_of(options, dseg, wanted=None):
    return all_corpora(dseg, data_folder(), options.out, options.corpus, wanted)


def main():
    parser = argparse.ArgumentParser(prog="bench/run.sh", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="about two minutes: fewer volumes, fewer rounds")
    parser.add_argument("--corpus", action="append", default=[], help="a folder of further volumes; may be repeated")
    parser.add_argument("--only", action="append", choices=SUITES + LONG, help="only this part; may be repeated")
    parser.add_argument("--resume", action="store_true", help="keep what was measured before")
    parser.add_argument("--report", action="store_true", help="only write the report of results.json anew")
    parser.add_argument("--build", type=Path, default=TOP / "build" / "bench-release", help="where dseg is built")
    parser.add_argument("--peers", type=Path, default=TOP / "build" / "bench-peers", help="where the peers are")
    parser.add_argument("--plain", type=Path, default=TOP / "build" / "bench-plain", help="where dseg is built with libc alone")
    parser.add_argument("--against", type=Path, help="where an older dseg is built, to be measured in turns with this one")
    parser.add_argument("--out", type=Path, default=TOP / "build" / "bench", help="where results go")
    options = parser.parse_args()
    options.only = options.only or SUITES
    options.out.mkdir(parents=True, exist_ok=True)
    results_path, report_path = options.out / "results.json", options.out / "report.html"
    save = lambda results: results_path.write_text(json.dumps(results, indent=1) + "\n")
    if not options.report:
        for suite in () if options.resume else options.only:
            for path in part_path(options, suite).parent.glob(f"{part_path(options, suite).stem}*.json"):
                path.unlink()
        if not options.resume:
            pictures.forget_failures(options.out / "pictures")
        context = Context(options.build, options.out, options.peers, options.quick)
        wanted = {case.corpus for case in CASES} if set(options.only) <= set(LONG) else None
        corpora = corpora_of(options, context.dseg, wanted)
        results = {
            "command": " ".join(["sh bench/run.sh", *sys.argv[1:]]),
            "date": time.strftime("%Y-%m-%d %H:%M", time.gmtime()),
            "seconds": 0,
            "quick": options.quick,
            "commit": commit(),
            "machine": machine(),
            "libraries": output_of(str(context.dseg), "--version"),
            "corpora": [corpus.record() for corpus in corpora],
        }
        measure_all(options, context, corpora, results, save)
    results = json.loads(results_path.read_text())
    write_report(results, report_path, pictures_of(options, results))
    print(f"results: {results_path}\nreport:  {report_path}")


if __name__ == "__main__":
    main()
