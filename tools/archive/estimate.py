# SPDX-License-Identifier: Apache-2.0
"""Time, cost and bytes of an archive from the reports of a pilot.

usage: estimate.py REPORT... --objects N --bytes B [options]
       estimate.py PILOT... --check REPORT      how well the pilot tells what REPORT measured

    seconds of a job = a + b x its objects + c x its MB

b and c are fitted to the pilot's objects; a, what a job costs before it begins (a machine, an image, the engine), is no part of a
report: --job-start. The range is that of the pilot drawn again, 5 to 95 %; what the pilot has no object of it cannot know."""

import argparse
import json
import random
import sys

from reports import read_reports

MB, HOUR = 1e6, 3600
DRAWS, SEED = 200, 1
ROUNDS = 12  # of weighting
FAR = 2.5  # standard deviations from which an object counts less
RANGE = (0.05, 0.95)
FITTED = ("seconds", "cpu_seconds", "bytes_out")
FEW = 20


def solve(points, weights):
    """b and c of value = b + c x MB with the least weighted squares, neither below 0."""
    total = sum(weights)
    mean_x = sum(w * x for w, (x, _) in zip(weights, points)) / total
    mean_y = sum(w * y for w, (_, y) in zip(weights, points)) / total
    square = sum(w * (x - mean_x) ** 2 for w, (x, _) in zip(weights, points))
    product = sum(w * (x - mean_x) * (y - mean_y) for w, (x, y) in zip(weights, points))
    slope = product / square if square > 1e-9 * total * mean_x**2 else mean_y / mean_x if mean_x else 0.0
    if slope < 0:
        return mean_y, 0.0
    if mean_y - slope * mean_x < 0:  # through the origin
        return 0.0, sum(w * x * y for w, (x, y) in zip(weights, points)) / sum(w * x * x for w, (x, _) in zip(weights, points))
    return mean_y - slope * mean_x, slope


def median(values):
    values = sorted(values)
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


def fit(points):
    """Robust least squares: errors count in proportion to what is predicted, since large objects differ by more seconds; an object that
    lies far off counts less."""
    b, c = solve(points, [1.0] * len(points))
    for _ in range(ROUNDS):
        scale = [max(b + c * x, 1e-9) for x, _ in points]
        errors = [(y - b - c * x) / s for s, (x, y) in zip(scale, points)]
        bound = FAR * 1.4826 * median([abs(error) for error in errors])
        weights = [(1.0 if abs(error) <= bound else bound / abs(error)) / s**2 for error, s in zip(errors, scale)]
        b, c = solve(points, weights) if sum(weights) > 0 else (b, c)
    return b, c


def quantile(values, share):
    values = sorted(values)
    return values[min(int(share * len(values)), len(values) - 1)]


def predict(records, what, objects, size):
    """What so many objects with so many bytes take: low, middle, high, and the fit's b and c."""
    points = [(record["bytes_in"] / MB, record[what]) for record in records]
    total = lambda fitted: fitted[0] * objects + fitted[1] * size / MB
    middle = fit(points)
    source = random.Random(SEED)
    drawn = [total(fit(source.choices(points, k=len(points)))) for _ in range(DRAWS)]
    low, high = (quantile(drawn, share) for share in RANGE)
    return {"low": min(low, total(middle)), "middle": total(middle), "high": max(high, total(middle)), "b": middle[0], "c": middle[1]}


def usable(found):
    """Those that were done. What writes nothing, as validate, has no bytes_out."""
    done = (record for record in found.values() if record["status"] == "ok" and record.get("bytes_in"))
    return [{**record, "bytes_out": record.get("bytes_out") or 0} for record in done if None not in (record.get("seconds"), record.get("cpu_seconds"))]


def each(function):
    return {bound: function(bound) for bound in ("low", "middle", "high")}


def wall_hours(work, moved, start):
    """Least: work and transfer go on beside each other; most: one behind the other."""
    return {"low": start + max(work["low"], moved["low"]), "middle": start + max(work["middle"], moved["middle"]),
            "high": start + work["high"] + moved["high"]}  # fmt: skip


def estimate(records, options):
    """The archive's hours, bytes and cost."""
    fits = {what: predict(records, what, options.objects, options.bytes) for what in FITTED}
    slots = options.machines * options.jobs
    starts = -(-options.objects // options.objects_per_job)
    again = 1 + options.preempted / 2  # an interrupted job has done half of its work on average, which is done again
    work = each(lambda bound: fits["seconds"][bound] * again / slots / HOUR)
    start = starts * options.job_start * (1 + options.preempted) / options.machines / HOUR
    link = min(options.machines * options.link, options.archive_link or float("inf")) * 1e9 / 8
    moved = each(lambda bound: (options.bytes + fits["bytes_out"][bound]) / link / HOUR)
    hours = wall_hours(work, moved, start)
    machine_hours = each(lambda bound: hours[bound] * options.machines)
    cost = each(lambda bound: machine_hours[bound] * options.machine_cost
                + (options.bytes + fits["bytes_out"][bound]) / 1e9 * options.transfer_cost)  # fmt: skip
    saved = each(lambda bound: (options.bytes - fits["bytes_out"][bound]) / 1e12 * options.storage_cost)
    saved["low"], saved["high"] = saved["high"], saved["low"]
    return {"pilot_objects": len(records), "fits": fits, "jobs": starts, "start_hours": start, "work_hours": work, "transfer_hours": moved,
            "hours": hours, "bound": "transfer" if moved["middle"] > work["middle"] else "work", "machine_hours": machine_hours,
            "cpu_hours": each(lambda bound: fits["cpu_seconds"][bound] * again / HOUR),
            "bytes_out": each(lambda bound: round(fits["bytes_out"][bound])), "cost": cost, "saved_a_month": saved}  # fmt: skip


def compare(pilot, run):
    """What the pilot predicts for the objects of another run, beside what that measured."""
    size = sum(record["bytes_in"] for record in run)
    rows = {}
    for what in FITTED:
        predicted, measured = predict(pilot, what, len(run), size), sum(record[what] for record in run)
        rows[what] = {"predicted": {bound: predicted[bound] for bound in ("low", "middle", "high")}, "measured": measured,
                      "error": predicted["middle"] / measured - 1 if measured else None}  # fmt: skip
    return {"predicted_from": len(pilot), "measured_on": len(run), "bytes_in": size, "of": rows}


def warnings(records, found, options):
    """What makes the figures worth less."""
    if len(records) < FEW:
        yield f"the pilot has {len(records)} objects that were done; take at least {FEW}"
    failed = sum(record["status"] == "failed" for record in found.values())
    if failed:
        yield f"{failed} of the pilot's {len(found)} objects failed; these are reckoned as if they were done"
    sizes = sorted(record["bytes_in"] / MB for record in records)
    mean = options.bytes / options.objects / MB if options.objects else 0
    if options.objects and not sizes[0] <= mean <= sizes[-1]:
        yield f"the archive's objects have {mean:.1f} MB on average, the pilot's {sizes[0]:.1f} to {sizes[-1]:.1f} MB"


def show(found, options):
    spread = lambda what, scale=1.0, digits=2: " to ".join(f"{what[bound] * scale:,.{digits}f}" for bound in ("low", "high"))
    line = lambda name, what, unit, scale=1.0, digits=2: print(f"{name:<22}{what['middle'] * scale:>14,.{digits}f} {unit}   ({spread(what, scale, digits)})")
    seconds, size = found["fits"]["seconds"], found["fits"]["bytes_out"]
    print(f"fitted to {found['pilot_objects']} objects: {1000 * seconds['b']:.1f} ms an object and {1000 * seconds['c']:.2f} ms an MB; "
          f"{size['b'] / 1000:.0f} kB an object and {size['c'] / 1000:.1f} kB an MB")  # fmt: skip
    line("processors", found["cpu_hours"], "h")
    line("work", found["work_hours"], "h")
    line("transfer", found["transfer_hours"], "h")
    print(f"{'starts of jobs':<22}{found['start_hours']:>14,.2f} h   ({found['jobs']} jobs, {options.job_start:g} s each)")
    line("time", found["hours"], f"h, bound by {found['bound']}")
    line("bytes", found["bytes_out"], f"GB, of {options.bytes / 1e9:,.0f}", 1e-9)
    if options.machine_cost or options.transfer_cost:
        line("cost", found["cost"], "")
    if options.storage_cost:
        line("saved a month", found["saved_a_month"], "")


def show_check(found):
    for what, row in found["of"].items():
        if row["error"] is None:
            continue
        print(f"{what}: predicted {row['predicted']['middle']:,.2f} ({row['predicted']['low']:,.2f} to {row['predicted']['high']:,.2f}), "
              f"measured {row['measured']:,.2f}: {100 * row['error']:+.1f} %")  # fmt: skip


def parsed(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", nargs="+", metavar="REPORT")
    parser.add_argument("--objects", type=int, help="objects of the archive")
    parser.add_argument("--bytes", type=float, help="and their bytes")
    parser.add_argument("--check", metavar="REPORT", help="a run to compare with instead")
    parser.add_argument("--machines", type=int, default=1, help="at once (1)")
    parser.add_argument("--jobs", type=int, default=2, help="objects at once on a machine, as in the pilot (2)")
    parser.add_argument("--job-start", type=float, default=0, help="a: seconds that a job takes before its first object (0)")
    parser.add_argument("--objects-per-job", type=int, default=200, help="(200)")
    parser.add_argument("--preempted", type=float, default=0, help="share of jobs that are interrupted and done again (0)")
    parser.add_argument("--link", type=float, default=1, help="Gbit/s of a machine (1)")
    parser.add_argument("--archive-link", type=float, help="Gbit/s of the archive, which all machines share (no bound)")
    parser.add_argument("--machine-cost", type=float, default=0, help="of a machine for an hour")
    parser.add_argument("--transfer-cost", type=float, default=0, help="of moving a GB")
    parser.add_argument("--storage-cost", type=float, default=0, help="of keeping a TB for a month")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    if options.check is None and not (options.objects and options.bytes):
        parser.error("--objects and --bytes are needed, or --check")
    return options


def main():
    options = parsed(sys.argv[1:])
    found = read_reports(options.reports)
    records = usable(found)
    if len(records) < 2:
        sys.exit("error: the reports have fewer than two objects that were done")
    if options.check is not None:
        run = usable(read_reports([options.check]))
        if not run:
            sys.exit(f"error: {options.check} has no object that was done")
        result, show_result = compare(records, run), show_check
    else:
        for warning in warnings(records, found, options):
            print(f"warning: {warning}", file=sys.stderr)
        result, show_result = estimate(records, options), lambda result: show(result, options)
    if options.json:
        print(json.dumps(result, indent=1))
    else:
        show_result(result)


if __name__ == "__main__":
    main()
