# SPDX-License-Identifier: Apache-2.0
"""DICOM segmentations against the rules of their IOD (PS3.3 A.51)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ._inputs import Inputs, places
from ._native import Listener, check, ffi, lib, long_call


@dataclass(frozen=True)
class Finding:
    """What a rule found."""

    rule: str  #: its name: docs/validation.md
    severity: str  #: "error": the standard forbids it; "warning": readers are known to fail
    section: str  #: of the standard
    text: str  #: what must hold
    path: str  #: where: "(0062,0002)[2]/(0062,0004)" is an element in the second item of a sequence
    message: str
    count: int  #: 1, or how many findings of the rule were left out


def validate(what: Any, *, findings_per_rule: int = 10, threads: int = 0) -> list[Finding]:
    """Checks an object; what could not be checked becomes a warning.

    :param what: a path, bytes, a file object, a URL, or a data set of pydicom
    :returns: no finding: it keeps the rules
    :raises DsegError: it is no DICOM segmentation, or cut off
    """
    found = places(what)
    if len(found) != 1:
        raise ValueError(f"validate takes one object, not {len(found)}")
    inputs, listener = Inputs(found), Listener()
    options = ffi.new("dseg_validate_options *", {
        "struct_size": ffi.sizeof("dseg_validate_options"), "found": lib.dseg_py_found, "user": listener.handle,
        "findings_per_rule": findings_per_rule, "threads": threads})
    listener.warnings(options.notes)

    def call() -> None:
        result, error = ffi.new("dseg_validation *"), ffi.new("dseg_error *")
        try:
            check(lib.dseg_validate_input(inputs.single(), options, result, error), error)
        except Exception as failure:
            raise failure from inputs.cause()
        finally:
            inputs.close()

    long_call(call)
    listener.finish()
    return [Finding(*finding) for finding in listener.findings]
