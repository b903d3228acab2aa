# SPDX-License-Identifier: Apache-2.0
"""How figures are written in the documents: times, sizes, ranges, shares, and encodings in words."""

UNITS = (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3), ("bytes", 1))
REPRESENTATIONS = {"binary": "BINARY", "labelmap": "LABELMAP", "fractional": "FRACTIONAL",
                   "binary-volume": "BINARY, volume", "labelmap-volume": "LABELMAP, volume", "label-sets": "label sets"}  # fmt: skip
OPTIONS = {"dual=1": " (dual)", "volume=1": ", volume", "volume=2": ", volume (dual)"}
CODECS = {"explicit-le": "native", "implicit-le": "native, implicit VR", "encapsulated": "native, encapsulated", "deflated": "deflated data set",
          "deflated-frame": "Deflated Image Frame", "rle": "RLE", "jpeg-ls": "JPEG-LS", "jpeg-lossless": "JPEG lossless",
          "jpeg2000": "JPEG 2000", "htj2k": "HTJ2K", "jpeg-xl": "JPEG XL", "zstd": "Zstandard", "label-edge": "Label Edge",
          "label-edge-predicted": "Label Edge, predicted"}  # fmt: skip


def two_digits(value):
    """At least two significant digits, and no more than three."""
    return f"{value:,.0f}" if value >= 9.95 else f"{value:.1f}" if value >= 0.995 else f"{value:.2f}"


def time_text(seconds):
    for unit, scale in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= 0.9995 * scale or unit == "µs":
            return f"{two_digits(seconds / scale)} {unit}"
    return ""


def unit_of(count):
    return next((unit for unit in UNITS if count >= 0.9995 * unit[1]), UNITS[-1])


def size_text(count):
    name, scale = unit_of(count)
    return f"{two_digits(count / scale)} {name}" if scale > 1 else f"{count:.0f} bytes"


def range_text(low, high, text=size_text):
    """Such as "59 to 94 GB": the unit is said once where it is the same."""
    first, last = text(low), text(high)
    if first == last:
        return last
    number, _, unit = first.partition(" ")
    return f"{number} to {last}" if last.endswith(f" {unit}") else f"{first} to {last}"


def percent(share):
    value = 100 * share
    return f"{value:.0f} %" if value >= 9.95 or value == 0 else f"{value:.2g} %"


def times_text(ratio):
    return f"{ratio:,.0f}" if ratio >= 9.95 else f"{ratio:.1f}"


def codec_words(codec, setting=""):
    return CODECS.get(codec, codec) + (f", {setting.replace('=', ' ')}" if setting else "")


def form_words(form):
    """LABELMAP, Deflated Image Frame, level 12: of labelmap/deflated-frame:level=12."""
    representation, _, codec = form.partition("/")
    name, *options = representation.split(":")
    return f"{REPRESENTATIONS[name]}{''.join(OPTIONS[option] for option in options)}, {codec_words(*codec.split(':', 1))}"


def machine_text(machine):
    virtual = "virtual, " if machine["virtual"] else ""
    return f"{virtual}{machine['processors']} x {machine['processor']}, {machine['memory_bytes'] / 1e9:.0f} GB, {machine['compiler']}"


def machine_of(part, results):
    """A part that is kept from another run names its own."""
    return part.get("machine", results["machine"])


def machines_text(results):
    """The machine of most parts, then the others, each with what it measured: a suite, or how many of its parts."""
    by_machine, suites = {}, {}
    for part in results.get("parts", []):
        text, suite = machine_text(machine_of(part, results)), part["part"].partition("-")[0]
        by_machine.setdefault(text, []).append(suite)
        suites[suite] = suites.get(suite, 0) + 1
    if not by_machine:
        return machine_text(results["machine"])
    first, *others = sorted(by_machine, key=lambda text: -len(by_machine[text]))
    said = first
    for other in others:
        counts = {suite: by_machine[other].count(suite) for suite in by_machine[other]}
        what = (suite if count == suites[suite] else f"{count} parts of {suite}" for suite, count in counts.items())
        said += f"; {', '.join(what)}: {other}"
    return said
