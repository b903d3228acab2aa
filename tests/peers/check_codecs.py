# SPDX-License-Identifier: Apache-2.0
"""Compressed frames: those that dseg writes are decoded by others to the same pixels, and the reverse.

usage: check_codecs.py written|foreign CODEC VOLUME/KIND...
"""

import pathlib
import sys
import zlib

import imagecodecs
import numpy as np
import pydicom
import pydicom.encaps
import pydicom.pixels

import readers
from peerlib import HERE, PEERS, dseg, run, step, venv_program
from volumes import VOLUMES, metadata

NATIVE = "native.dcm"
OBJECT = "object.dcm"
RAW = "raw.dcm"
LOSSY = {"jpeg": 2}  # decoders may differ by this much, since the standard leaves the inverse transform its rounding
UIDS = {
    "rle": pydicom.uid.RLELossless,
    "jpeg-lossless": pydicom.uid.JPEGLosslessSV1,
    "jpeg-ls": pydicom.uid.JPEGLSLossless,
    "jpeg2000": pydicom.uid.JPEG2000Lossless,
    "htj2k": pydicom.uid.HTJ2KLossless,
    "jpeg-xl": "1.2.840.10008.1.2.4.110",
}


def pixels_of(path):
    """All frames of a native object, by numpy alone."""
    dataset = pydicom.dcmread(path)
    count, size = int(dataset.NumberOfFrames), dataset.Rows * dataset.Columns
    if dataset.BitsAllocated == 1:
        bits = np.unpackbits(np.frombuffer(dataset.PixelData, np.uint8), bitorder="little")
        return bits[: count * size].reshape(count, dataset.Rows, dataset.Columns)
    values = np.frombuffer(dataset.PixelData, "<u2" if dataset.BitsAllocated == 16 else np.uint8)
    return values[: count * size].reshape(count, dataset.Rows, dataset.Columns)


def fragments_of(path):
    dataset = pydicom.dcmread(path)
    frames = pydicom.encaps.generate_frames(dataset.PixelData, number_of_frames=int(dataset.NumberOfFrames))
    return list(frames)


class Comparison:
    def __init__(self, codec, wanted):
        self.codec, self.wanted = codec, wanted

    def check(self, frames):
        frames = np.asarray(frames).reshape(self.wanted.shape)
        difference = np.abs(frames.astype(np.int64) - self.wanted.astype(np.int64)).max()
        assert difference <= LOSSY.get(self.codec, 0), f"pixels differ by up to {difference}"


# ---- decoders of what dseg wrote: each gives all frames ----


def with_pydicom(plugin):
    return lambda: pydicom.pixels.pixel_array(OBJECT, decoding_plugin=plugin, raw=True)


def with_program(*command):
    def decode():
        run(*command)
        return pixels_of(RAW)

    return decode


def with_imagecodecs(decode):
    return lambda: [decode(fragment) for fragment in fragments_of(OBJECT)]


def with_viewer_codec(codec):
    def decode():
        fragments = fragments_of(OBJECT)
        names = [f"frame{index}" for index in range(len(fragments))]
        for name, fragment in zip(names, fragments):
            pathlib.Path(name).write_bytes(fragment)
        run(venv_program("node"), HERE / "decode_frames.mjs", PEERS / "node", codec, *names)
        pixel = "<u2" if pydicom.dcmread(OBJECT).BitsAllocated == 16 else np.uint8
        return [np.frombuffer(pathlib.Path(f"{name}.raw").read_bytes(), pixel) for name in names]

    return decode


def inflated(fragment):
    decompressor = zlib.decompressobj(-15)
    frame = decompressor.decompress(fragment)
    assert decompressor.eof and len(decompressor.unused_data) <= 1
    return frame


def with_numpy(unwrap):
    """Frames whose bytes are those of native ones, once unwrapped."""

    def decode():
        dataset = pydicom.dcmread(OBJECT)
        size = dataset.Rows * dataset.Columns
        frames = []
        for fragment in fragments_of(OBJECT):
            frame = unwrap(fragment)
            if dataset.BitsAllocated == 1:
                frames.append(np.unpackbits(np.frombuffer(frame, np.uint8), bitorder="little")[:size])
            else:
                pixel = "<u2" if dataset.BitsAllocated == 16 else np.uint8
                frames.append(np.frombuffer(frame, pixel, count=size))
        return frames

    return decode


def decoders(codec, kind, bits):
    """Who decodes what dseg writes, by name; those that cannot are left out, with the reason."""
    found = {}
    if codec in UIDS and codec != "jpeg-xl" or codec == "jpeg":
        decoder = pydicom.pixels.get_decoder(UIDS.get(codec, pydicom.uid.JPEGBaseline8Bit))
        for plugin in decoder.available_plugins:
            if bits == 1 and (codec, plugin) != ("jpeg2000", "pylibjpeg"):
                continue  # pydicom 3.0 takes RLE of 1 bit for packed; the other plug-ins do not know 1 bit
            found[f"pydicom, {plugin}"] = with_pydicom(plugin)
    # Debian's GDCM does not know the SOP Class of label maps.
    if codec in ("rle", "jpeg-lossless", "jpeg-ls", "jpeg2000", "jpeg") and kind == "fractional":
        found["GDCM"] = with_program("gdcmconv", "--raw", OBJECT, RAW)
    dcmtk = {"rle": "dcmdrle", "jpeg-lossless": "dcmdjpeg", "jpeg-ls": "dcmdjpls", "jpeg": "dcmdjpeg"}
    if codec in dcmtk and bits != 1:  # DCMTK refuses Bits Allocated of 1
        found["DCMTK"] = with_program(dcmtk[codec], OBJECT, RAW)
    if codec in ("jpeg-ls", "jpeg2000", "htj2k", "jpeg") and bits != 1:
        found["viewers"] = with_viewer_codec(codec)
    own = {
        "jpeg-xl": imagecodecs.jpegxl_decode,
        "jpeg-ls": imagecodecs.jpegls_decode,
        "jpeg-lossless": imagecodecs.ljpeg_decode,
        "jpeg2000": imagecodecs.jpeg2k_decode,
        "htj2k": imagecodecs.htj2k_decode,
        "jpeg": imagecodecs.jpeg8_decode,
    }
    if codec in own:
        found["imagecodecs"] = with_imagecodecs(own[codec])
    if codec == "deflated-frame":
        found["zlib"] = with_numpy(inflated)
    if codec == "encapsulated":
        found["numpy"] = with_numpy(lambda fragment: fragment)
    return found


def check_written(truth, kind, codec):
    write = ["convert", *truth.inputs, "--as", kind, "--force", "--metadata", "metadata.json", *truth.options]
    dseg(*write, "--transfer-syntax", codec, "--", OBJECT)
    if codec in LOSSY:  # the pixels to compare with are those that dseg decodes
        dseg("convert", OBJECT, "--transfer-syntax", "explicit-le", "--force", "--", NATIVE)
        lossy = pydicom.dcmread(OBJECT)
        assert lossy.LossyImageCompression == "01" and lossy.LossyImageCompressionMethod == "ISO_10918_1"
        assert float(lossy.LossyImageCompressionRatio) > 1
    else:
        dseg(*write, "--", NATIVE)
        with step("dseg"):
            dseg("compare", OBJECT, NATIVE)
    dataset = pydicom.dcmread(NATIVE)
    comparison = Comparison(codec, pixels_of(NATIVE))
    for name, decode in decoders(codec, kind, dataset.BitsAllocated).items():
        with step(name):
            comparison.check(decode())
    if codec in UIDS and codec != "jpeg-xl" and dataset.BitsAllocated != 1:
        with step("highdicom"):
            readers.with_highdicom(OBJECT, truth, kind)
    if codec not in ("deflated-frame", "encapsulated"):  # of which dciodvfy does not know that frames are encapsulated
        with step("dciodvfy"):
            readers.with_dciodvfy(OBJECT)


# ---- encoders of what dseg reads ----


def compress(uid, plugin):
    def encode():
        dataset = pydicom.dcmread(NATIVE)
        dataset.compress(uid, encoding_plugin=plugin, generate_instance_uid=False)
        dataset.save_as(OBJECT)

    return encode


def encapsulate(uid, encode):
    """Frames that a library compressed, put into an object by pydicom."""

    def make():
        dataset = pydicom.dcmread(NATIVE)
        frames = [encode(np.ascontiguousarray(frame)) for frame in pixels_of(NATIVE)]
        dataset.PixelData = pydicom.encaps.encapsulate(frames)
        dataset["PixelData"].VR = "OB"
        dataset["PixelData"].is_undefined_length = True
        dataset.file_meta.TransferSyntaxUID = pydicom.uid.UID(uid)
        pydicom.dcmwrite(OBJECT, dataset, implicit_vr=False, little_endian=True, force_encoding=True)

    return make


def encoders(codec, kind, bits, smallest):
    """Who encodes what dseg reads; 1-bit frames none of them but imagecodecs."""
    found = {}
    uid = UIDS[codec]
    if codec in ("rle", "jpeg-ls", "jpeg2000"):
        for plugin in pydicom.pixels.get_encoder(uid).available_plugins:
            if bits == 1 or (plugin == "pylibjpeg" and smallest < 32) or (codec, plugin) == ("rle", "gdcm"):
                continue  # six resolutions do not fit; GDCM ends the process for some sizes
            found[f"pydicom, {plugin}"] = compress(uid, plugin)
    gdcm = {"rle": "--rle", "jpeg-ls": "--jpegls", "jpeg2000": "--j2k", "jpeg-lossless": "--jpeg"}
    if codec in gdcm and kind == "fractional":
        found["GDCM"] = lambda: run("gdcmconv", gdcm[codec], NATIVE, OBJECT)
    dcmtk = {"rle": ["dcmcrle"], "jpeg-lossless": ["dcmcjpeg", "+e1"], "jpeg-ls": ["dcmcjpls"]}
    if codec in dcmtk and bits != 1:
        found["DCMTK"] = lambda: run(*dcmtk[codec], "--uid-never", NATIVE, OBJECT)
    own = {
        "jpeg-xl": lambda frame: imagecodecs.jpegxl_encode(frame, lossless=True),
        "jpeg-ls": imagecodecs.jpegls_encode,
        "jpeg-lossless": imagecodecs.ljpeg_encode,
        "htj2k": imagecodecs.htj2k_encode,
        "jpeg2000": lambda frame: imagecodecs.jpeg2k_encode(frame, codecformat="j2k", reversible=True, level=0),
    }
    if codec in own:
        found["imagecodecs"] = encapsulate(uid, own[codec])
    return found


def check_foreign(truth, kind, codec):
    write = ["convert", *truth.inputs, "--as", kind, "--force", "--metadata", "metadata.json", *truth.options]
    dseg(*write, "--", NATIVE)
    native = pydicom.dcmread(NATIVE)
    smallest = min(native.Rows, native.Columns)
    for name, encode in encoders(codec, kind, native.BitsAllocated, smallest).items():
        with step(name):
            pathlib.Path(OBJECT).unlink(missing_ok=True)
            encode()
            assert pydicom.dcmread(OBJECT, stop_before_pixels=True).file_meta.TransferSyntaxUID == UIDS[codec]
            dseg("compare", OBJECT, NATIVE, "--ignore", "provenance")  # DCMTK adds Derivation Description (0008,2111)


def main():
    direction, codec, *objects = sys.argv[1:]
    for name, kind in (item.split("/") for item in objects):
        print(f"{name} as {kind}", flush=True)
        truth = VOLUMES[name]()
        numbers = truth.numbers()
        if kind != "labelmap":
            truth = truth.renumbered()
        metadata([[1]] * len(truth.inputs) if truth.masks else [numbers])
        (check_written if direction == "written" else check_foreign)(truth, kind, codec)
    step.finish()


main()
