"""Runs the benchmark and writes results.json and report.html; called by run.sh, see README.md.

What has been measured is kept in parts/: with --resume it is not measured again."""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from corpora import all_corpora
from measuring import machine, output_of
from report import write_report
from suites import Context, encodings, frame_codecs, growth, headline

TOP = Path(__file__).resolve().parent.parent
SUITES = ("headline", "growth", "encodings", "frames")


def choose(corpora, wanted):
    """The corpora of these names that are at hand, in this order; names may stand for one another: "a|b"."""
    there = {corpus.name: corpus for corpus in corpora if corpus.path}
    found = (next((there[name] for name in names.split("|") if name in there), None) for names in wanted)
    return list(dict.fromkeys(corpus for corpus in found if corpus))


def part(options, name, measure):
    """Measures, or takes what was measured before."""
    path = options.out / "parts" / f"{'quick-' if options.quick else ''}{name}.json"
    if options.resume and path.exists():
        return json.loads(path.read_text())
    start = time.time()
    result = measure()
    print(f"bench: {name}: {time.time() - start:.0f} s", file=sys.stderr)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=1) + "\n")
    return result


def measure_all(options, context, corpora):
    own = [corpus for corpus in corpora if corpus.entry["what"] == "from --corpus"]
    big = ["s0327|phantom-108|aal"] if options.quick else ["s0327-512|phantom-108-512|s0327|inia19"]
    results = {"headline": [], "growth": [], "encodings": [], "frames": [], "problems": []}
    if "headline" in options.only:
        for corpus in choose(corpora, big):
            results["headline"] += part(options, f"headline-{corpus.name}",
                                        lambda: headline(context, corpus, 25 if options.quick else 240))  # fmt: skip
    if "growth" in options.only:
        results["growth"] = part(options, "growth", lambda: growth(context, 10 if options.quick else 100))
    if "encodings" in options.only:
        small = "ct20|phantom-31|natbrainlab"
        names = [small] if options.quick else [small, "inia19", "s0327|phantom-108", *big]
        for corpus in choose(corpora, names) + own:
            results["encodings"] += part(options, f"encodings-{corpus.name}",
                                         lambda: encodings(context, corpus, 10 if options.quick else 60))  # fmt: skip
    if "frames" in options.only:
        names = (["s0327|phantom-108|aal"] if options.quick else
                 [*big, "s0327", "ct20", "phantom-108", "inia19", "hncma", "knee", "aparc"])  # fmt: skip
        inputs = choose(corpora, names) + own + ([] if options.quick else ["noise", "empty"])
        rounds, seconds, limit = (2, 0.03, 0.4) if options.quick else (3, 0.1, 0.5)
        for item in inputs:
            name = item if isinstance(item, str) else item.name
            found = part(options, f"frames-{name}", lambda: frame_codecs(context, [item], rounds, seconds, limit))
            results["frames"] += found["records"]
            results["problems"] += found["problems"]
    return results


def main():
    parser = argparse.ArgumentParser(prog="bench/run.sh", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="about two minutes: fewer volumes, fewer rounds")
    parser.add_argument("--corpus", action="append", default=[], help="a folder of further volumes; may be repeated")
    parser.add_argument("--only", action="append", choices=SUITES, help="only this part; may be repeated")
    parser.add_argument("--resume", action="store_true", help="keep what was measured before")
    parser.add_argument("--report", action="store_true", help="only write the report of results.json anew")
    parser.add_argument("--build", type=Path, default=TOP / "build" / "bench-release", help="where dseg is built")
    parser.add_argument("--peers", type=Path, default=TOP / "build" / "bench-peers", help="where the peers are")
    parser.add_argument("--out", type=Path, default=TOP / "build" / "bench", help="where results go")
    options = parser.parse_args()
    options.only = options.only or SUITES
    options.out.mkdir(parents=True, exist_ok=True)
    results_path, report_path = options.out / "results.json", options.out / "report.html"
    if not options.report:
        start = time.time()
        context = Context(options.build, options.out, options.peers, options.quick)
        data = Path(os.environ.get("DSEG_DATA") or TOP.parent / "shared" / "data")
        corpora = all_corpora(context.dseg, data, options.out, options.corpus)
        state = machine()
        results = measure_all(options, context, corpora)
        results = {
            "command": " ".join(["sh bench/run.sh", *sys.argv[1:]]),
            "date": time.strftime("%Y-%m-%d %H:%M", time.gmtime(start)),
            "seconds": round(time.time() - start),
            "quick": options.quick,
            "commit": output_of("git", "-C", str(TOP), "rev-parse", "--short", "HEAD"),
            "machine": state,
            "libraries": output_of(str(context.dseg), "--version"),
            "corpora": [corpus.record() for corpus in corpora],
            **results,
        }
        results_path.write_text(json.dumps(results, indent=1) + "\n")
    write_report(json.loads(results_path.read_text()), report_path)
    print(f"results: {results_path}\nreport:  {report_path}")


if __name__ == "__main__":
    main()
