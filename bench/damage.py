# SPDX-License-Identifier: Apache-2.0
"""Where single flipped bits pass unseen: tables of the benchmark's results (damage), for figures.py."""

import math

# Names of codecs in the results and in the tables, and their order.
CODECS = {"encapsulated": "none, encapsulated", "rle": "RLE", "jpeg-lossless": "JPEG lossless", "jpeg-ls": "JPEG-LS",
          "jpeg2000": "JPEG 2000", "htj2k": "HTJ2K", "jpeg-xl": "JPEG XL", "deflated-frame": "Deflated Image Frame",
          "zstd": "zstd (proposal)", "label-edge": "Label Edge (proposal)",
          "label-edge-predicted": "Label Edge, predicted (proposal)"}  # fmt: skip
Z = 1.96  # of the normal distribution, for 95 %


def interval(hits, trials):
    """Wilson's score interval of 95 % for a probability; it is right for no hit at all, too."""
    share, spread = hits / trials, Z * Z / trials
    middle = (share + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * math.sqrt(share * (1 - share) / trials + spread / (4 * trials))
    return 0 if hits == 0 else middle - half, 1 if hits == trials else middle + half


def percent(share):
    """With more digits where a share is near to nothing or to all, so that neither is said of what is not."""
    digits = 0 if share in (0, 1) or 0.0995 <= share < 0.9905 else 1 if 0.00095 <= share < 0.9995 else 2
    return f"{100 * share:.{digits}f}"


def by_codec(results):
    """The records of each codec, in the order of the tables; codecs that are not named there come last."""
    found = {}
    for record in results.get("damage", []):
        if "error" not in record:
            found.setdefault(record["codec"], []).append(record)
    order = [*CODECS, *(codec for codec in found if codec not in CODECS)]
    return {codec: found[codec] for codec in order if codec in found}


def together(records):
    """The sums over volumes."""
    return {what: sum(record[what] for record in records) for what in ("flips", "errors", "same", "silent", "ended")}


def rows(results):
    """One row for each codec: in silence on each volume, on all together with the interval, without effect, an error."""
    codecs = by_codec(results)
    if not codecs:
        raise ValueError("nothing of it was measured")
    volumes = list(dict.fromkeys(record["corpus"] for records in codecs.values() for record in records))
    made = []
    for codec, records in codecs.items():
        shares = {record["corpus"]: record["silent"] / record["flips"] for record in records}
        total = together(records)
        low, high = interval(total["silent"], total["flips"])
        ended = f", {total['ended']:,} ended the process" if total["ended"] else ""
        made.append([CODECS.get(codec, codec), *(percent(shares[volume]) if volume in shares else "" for volume in volumes),
                     f"{total['silent']:,} of {total['flips']:,}: {percent(low)} to {percent(high)}", percent(total["same"] / total["flips"]),
                     percent(total["errors"] / total["flips"]) + ended])  # fmt: skip
    return ["frames", *volumes, "together, 95 % interval", "no effect", "error"], made


def commands(results):
    """What made the records, each once."""
    return list(dict.fromkeys(record["command"] for record in results.get("damage", [])))


def values(results):
    """Single figures: the least and the most that pass unseen on a volume, and on all together."""
    for codec, records in by_codec(results).items():
        shares = [record["silent"] / record["flips"] for record in records]
        total = together(records)
        yield f"damage: {codec}: least unseen", f"{percent(min(shares))} %"
        yield f"damage: {codec}: most unseen", f"{percent(max(shares))} %"
        yield f"damage: {codec}: unseen", f"{percent(total['silent'] / total['flips'])} %"
