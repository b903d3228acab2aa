# SPDX-License-Identifier: Apache-2.0
"""Values of an object's attributes, of the standard and of private blocks, which are not trusted; for both second readers."""

import io

import numpy
import pydicom
from pydicom.filereader import read_partial, read_sequence

PER_FRAME_GROUPS = 0x52009230


class Faulty(ValueError):
    """The object does not conform. code: the error of section 8, or the section."""

    def __init__(self, code, sentence):
        super().__init__(f"{code}: {sentence}")
        self.code = code


class Unsupported(Exception):
    """Nothing is wrong, but it is not for this reader: no block, or a codec."""


def need(condition, code, sentence):
    if not condition:
        raise Faulty(code, sentence)


def get(item, keyword):
    """The value of an element of the standard, or None where it is missing or empty."""
    try:
        value = item.get(keyword)
    except Exception as error:  # pydicom decodes values here, and raises what it likes
        raise Faulty("3", f"{keyword} cannot be read: {error}") from None
    return None if value is None or value == "" or (isinstance(value, list) and not value) else value


def whole_number(item, keyword, least, code):
    value = get(item, keyword)
    need(isinstance(value, (int, float)) and value % 1 == 0 and value >= least, code, f"{keyword} is {value}, and shall be at least {least}.")
    return int(value)


def padding_value(data_set):
    """Pixel Padding Value, or None."""
    if get(data_set, "PixelPaddingValue") is None:
        return None
    value = whole_number(data_set, "PixelPaddingValue", 0, "2")
    need(value < 65536, "2", f"Pixel Padding Value (0028,0120) is {value}.")
    return value


def decimals(item, keyword, count):
    """So many finite numbers, or None."""
    try:
        values = numpy.array(get(item, keyword), numpy.float64).ravel()
    except (TypeError, ValueError):
        return None
    return values if len(values) == count and numpy.isfinite(values).all() else None


def first_item(item, keyword):
    return (get(item, keyword) or [pydicom.Dataset()])[0]


def read(path, stop_when=None):
    """The data set of a file."""
    with open(path, "rb") as file:
        try:
            return read_partial(file, stop_when=stop_when)
        except Exception as error:
            raise Faulty("PS3.10", f"{path} cannot be read: {error}") from None


def read_head(path):
    """The data set in front of the per-frame functional groups, and whether these follow."""
    stopped = []

    def behind(tag, vr, length):
        if tag >= PER_FRAME_GROUPS:
            stopped.append(tag)
        return tag >= PER_FRAME_GROUPS

    return read(path, behind), PER_FRAME_GROUPS in stopped


def find_block(data_set, creator):
    """A creator's block of group 0021, or None (3.1)."""
    try:
        return data_set.private_block(0x0021, creator)
    except KeyError:
        return None
    except Exception as error:
        raise Faulty("3", f"group 0021 cannot be read: {error}") from None


def element(block, number):
    """The value of an element of the block, or None where it is missing; bytes where the VR is UN."""
    if block is None or number not in block:
        return None
    try:
        value = block[number].value
    except Exception as error:
        raise Faulty("3", f"(0021,xx{number:02X}) cannot be read: {error}") from None
    return b"" if value is None else value


def items_of(value, code, name):
    """The Items of a sequence; where the VR was UN, of its bytes: they are in Implicit VR (PS3.5 6.2.2)."""
    if isinstance(value, bytes):
        try:
            value = read_sequence(io.BytesIO(value), True, True, len(value), "iso8859")
        except Exception as error:
            raise Faulty(code, f"{name} cannot be read ({error}).") from None
    need(isinstance(value, pydicom.Sequence), code, f"{name} is no sequence.")
    return value
