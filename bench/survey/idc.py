# SPDX-License-Identifier: Apache-2.0
"""The figures of an archive that archive.py reckons with: sizes of NCI Imaging Data Commons' segmentations as they are.

usage: idc.py write|check      write: makes idc.json anew; check: says whether the package at hand gives the same

Needs the packages idc-index-data and duckdb from PyPI, in an environment of their own:
    python3 -m venv build/bench-idc && build/bench-idc/bin/pip install idc-index-data==25.0.5 duckdb
    build/bench-idc/bin/python bench/survey/idc.py write
The package carries a table with a row for each series and its size. Nothing of the table is kept but the sums here."""

import json
import sys
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
PATH = HERE / "idc.json"
MB = 1_000_000  # the table's series_size_MB
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1)
BOUNDS_MB = (0, 70, 100, 130, 200, None)
RESULTS = "analysis_result_id = 'totalsegmentator_ct_segmentations' and Modality = 'SEG'"
QUERIES = {
    "seg": "select count(*), sum(instanceCount), sum(series_size_MB) from idc where Modality = 'SEG'",
    "ct": "select count(*), sum(instanceCount), sum(series_size_MB) from idc where Modality = 'CT'",
    "totalsegmentator": f"select count(*), sum(instanceCount), sum(series_size_MB), avg(series_size_MB) from idc where {RESULTS}",
    "quantiles": f"select quantile_cont(series_size_MB, [{', '.join(map(str, QUANTILES))}]) from idc where {RESULTS}",
    "classes": f"select count(*), sum(series_size_MB) from idc where {RESULTS} and series_size_MB >= ? and series_size_MB < ?",
    "results": "select analysis_result_id, count(*), sum(instanceCount), sum(series_size_MB) from idc where Modality = 'SEG' "
    "group by 1 order by 4 desc limit 8",
    "transfer_syntaxes": "select TransferSyntaxUID, sop_class_name, count(*), sum(instanceCount), sum(series_size_MB) from idc "
    "where Modality = 'SEG' group by 1, 2 order by 3 desc",
}  # fmt: skip


def bytes_of(megabytes):
    return round((megabytes or 0) * MB)


def class_name(low, high):
    return f"{low} MB and more" if high is None else f"under {high} MB" if low == 0 else f"{low}-{high} MB"


def size_classes(ask):
    for low, high in zip(BOUNDS_MB, BOUNDS_MB[1:]):
        objects, size = ask("classes", [low, high if high is not None else 1e9])[0]
        yield {"class": class_name(low, high), "from_bytes": low * MB, "below_bytes": None if high is None else high * MB,
               "objects": objects, "bytes": bytes_of(size)}  # fmt: skip


def series(row):
    return {"series": row[0], "instances": int(row[1]), "bytes": bytes_of(row[2])}


def figures(ask, package_version):
    """ask: runs a query by its name and gives the rows."""
    objects, instances, size, mean = ask("totalsegmentator")[0]
    return {
        "archive": "NCI Imaging Data Commons",
        "package": "idc-index-data",
        "version": package_version,
        "queries": QUERIES,
        "seg": series(ask("seg")[0]),
        "ct": series(ask("ct")[0]),
        "totalsegmentator": {
            "objects": objects, "instances": int(instances), "bytes": bytes_of(size), "mean_bytes": bytes_of(mean),
            "quantile_bytes": {f"{100 * share:g}": bytes_of(value) for share, value in zip(QUANTILES, ask("quantiles")[0][0])},
        },
        "largest_results": [{"name": row[0], **series(row[1:])} for row in ask("results")],
        "transfer_syntaxes": [{"uid": row[0], "sop_class": row[1], **series(row[2:])} for row in ask("transfer_syntaxes")],
        "classes": list(size_classes(ask)),
    }  # fmt: skip


def database():
    import duckdb
    import idc_index_data

    connection = duckdb.connect()
    connection.execute(f"create view idc as select * from '{idc_index_data.IDC_INDEX_PARQUET_FILEPATH}'")
    return lambda name, values=None: connection.execute(QUERIES[name], values or []).fetchall()


def main():
    if sys.argv[1:] not in (["write"], ["check"]):
        sys.exit(__doc__)
    made = figures(database(), version("idc-index-data"))
    text = json.dumps(made, indent=1) + "\n"
    if sys.argv[1] == "write":
        PATH.write_text(text)
    elif text != PATH.read_text():
        sys.exit(f"{PATH} has other figures than {made['package']} {made['version']}")


if __name__ == "__main__":
    main()
