# SPDX-License-Identifier: Apache-2.0
"""What encodings make of many objects, by what they make of some: pure functions on records of the survey.

Objects are put into classes by their size as they are. Each class is predicted from the measured objects (cases) of that
class alone: what a form takes is to the source's bytes as in the cases, the smallest and the largest ratio are the range,
their mean is the middle."""

HOUR = 3600
LINK_BITS = 1e9  # a second
BOUNDS = ("low", "middle", "high")
WORK = ("write", "compare", "validate")  # what converting an object with verification takes
AS_IT_IS = "as it is"


def class_of(classes, size):
    """The class that an object of this size belongs to."""
    return next(one for one in classes if one["from_bytes"] <= size and (one["below_bytes"] is None or size < one["below_bytes"]))


def cases_of(classes, records):
    """class: form: records of its cases. Only forms that dseg wrote, as only their source is the object as it is."""
    found = {one["class"]: {} for one in classes}
    for record in records:
        if record["writer"] == "dseg" and "bytes" in record:
            found[class_of(classes, record["source_bytes"])["class"]].setdefault(record["form"], []).append(record)
    return found


def spread_of(ratios, scale):
    """low, middle, high of scale times these ratios."""
    return dict(zip(BOUNDS, (scale * min(ratios), scale * sum(ratios) / len(ratios), scale * max(ratios))))


def added(spreads):
    return {bound: sum(one[bound] for one in spreads) for bound in BOUNDS}


def whole(spread):
    return {bound: round(value) for bound, value in spread.items()}


def cpu_hours(records, size):
    """CPU hours that the work on size bytes of sources takes, or None where it was not measured."""
    found = {}
    for what in WORK:
        ratios = [record[what]["cpu_seconds"]["median"] / record["source_bytes"] for record in records if "cpu_seconds" in record.get(what, {})]
        if len(ratios) < len(records):
            return None
        found["convert" if what == "write" else what] = spread_of(ratios, size / HOUR)
    return {**found, "total": added(found.values())}


def parts_of(records, size):
    """The middle's bytes by part; None of a deflated data set, which has no parts."""
    if any("inflated" in record["bytes"] for record in records):
        return None
    shares = [{part: count / record["source_bytes"] for part, count in record["bytes"].items() if part != "file"} for record in records]
    return {part: size * sum(share[part] for share in shares) / len(shares) for part in shares[0]}


def transfer_hours(source_bytes, spread):
    hours = lambda count: count * 8 / LINK_BITS / HOUR
    return {"out": hours(source_bytes), "in": {bound: hours(value) for bound, value in spread.items()}}


def form_in_class(form, records, one):
    """What all objects of a class take in this form."""
    size = one["bytes"]
    return {"form": form, "experimental": records[0]["experimental"], "class": one["class"],
            "bytes": spread_of([record["bytes"]["file"] / record["source_bytes"] for record in records], size),
            "parts": parts_of(records, size), "cpu_hours": cpu_hours(records, size)}  # fmt: skip


def all_classes(form, made, experimental):
    """The sum over classes. low and high are those of all classes at once: a range that is rather too wide."""
    hours = [one["cpu_hours"] for one in made]
    parts = [one["parts"] for one in made]
    return {"form": form, "experimental": experimental, "class": "all", "bytes": added([one["bytes"] for one in made]),
            "parts": None if None in parts else {part: sum(one[part] for one in parts) for part in parts[0]},
            "cpu_hours": None if None in hours else {what: added([one[what] for one in hours]) for what in hours[0]}}  # fmt: skip


def rounded(record, source_bytes):
    made = {"record": "form", **record, "bytes": whole(record["bytes"]), "transfer_hours": transfer_hours(source_bytes, record["bytes"])}
    if record["parts"]:
        made["parts"] = whole(record["parts"])
    return made


def reckon(classes, records):
    """Records of all forms in each class that has cases of it, and, of forms that every class has, in all."""
    found = cases_of(classes, records)
    total = sum(one["bytes"] for one in classes)
    made = []
    names = dict.fromkeys(form for forms in found.values() for form in forms)
    for form in names:
        of_form = [form_in_class(form, found[one["class"]][form], one) for one in classes if form in found[one["class"]]]
        if len(of_form) == len(classes):
            made.append(rounded(all_classes(form, of_form, of_form[0]["experimental"]), total))
        size = {one["class"]: one["bytes"] for one in classes}
        made += [rounded(one, size[one["class"]]) for one in of_form]
    for name, size in [("all", total), *((one["class"], one["bytes"]) for one in classes)]:
        same = dict.fromkeys(BOUNDS, size)
        made.append({"record": "form", "form": AS_IT_IS, "experimental": False, "class": name, "bytes": same, "parts": None,
                     "cpu_hours": None, "transfer_hours": transfer_hours(size, same)})  # fmt: skip
    return made


def mixed(reckoned, shares):
    """Where a share of the objects has segments that overlap: these stay BINARY, the others become a LABELMAP, both with the
    same frame codec."""
    totals = {record["form"]: record for record in reckoned if record["record"] == "form" and record["class"] == "all"}
    made = []
    for form, record in totals.items():
        binary = totals.get(form.replace("labelmap", "binary", 1))
        if not form.startswith("labelmap") or binary is None:
            continue
        for share in shares:
            spread = {bound: (1 - share) * record["bytes"][bound] + share * binary["bytes"][bound] for bound in BOUNDS}
            made.append({"record": "mixed", "form": form, "binary_form": binary["form"], "experimental": record["experimental"],
                         "overlap_share": share, "bytes": whole(spread)})  # fmt: skip
    return made
