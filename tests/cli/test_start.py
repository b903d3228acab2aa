# SPDX-License-Identifier: Apache-2.0
"""What the program loads: a codec's library is loaded when the codec is first used, and not before."""

import os
import pathlib
import subprocess
import unittest.mock

import harness
from harness import INPUT, OUTPUT, CliTest

MODULES = pathlib.Path(os.environ["DSEG_TEST_MODULES"])


def module_path(name):
    return MODULES / f"dseg-{name}.so"


# Lossless codecs in modules: the module, and the library that it is linked with.
CODECS = {
    "htj2k": ("openjph", "libopenjph"),
    "jpeg-lossless": ("dcmjpeg", "libdcmjpeg"),
    "jpeg-ls": ("charls", "libcharls"),
    "jpeg-xl": ("libjxl", "libjxl"),
    "jpeg2000": ("openjpeg", "libopenjp2"),
}
CODECS = {name: row for name, row in CODECS.items() if module_path(row[0]).exists()}
# What nothing but a module is linked with.
HEAVY = {library for _, library in CODECS.values()} | {"libjpeg", "libbrotlienc", "liblcms2", "libdcmdata"}


class Start(CliTest):
    def loaded(self, *arguments):
        """Names of the shared objects that a run of the program loads, as glibc's loader lists them."""
        with unittest.mock.patch.dict(os.environ, LD_DEBUG="files", LD_DEBUG_OUTPUT=str(self.dir / "loaded")):
            self.dseg(*arguments)
        names = set()
        for path in self.dir.glob("loaded.*"):
            for line in path.read_text(errors="replace").splitlines():
                if "calling init: " in line:
                    names.add(line.split("calling init: ")[1].split("/")[-1].split(".so")[0])
            path.unlink()
        self.assertIn("libc", names, "the loader does not list what it loads")
        return names

    def without(self, module, library):
        """An environment in which the library that the module is linked with is an empty file."""
        listed = subprocess.run(["ldd", module_path(module)], capture_output=True, text=True, check=True, timeout=60)
        name = next(line.split()[0] for line in listed.stdout.splitlines() if line.strip().startswith(library + ".so"))
        empty = self.dir / f"no-{module}"
        empty.mkdir(exist_ok=True)
        (empty / name).write_bytes(b"")
        return unittest.mock.patch.dict(os.environ, LD_LIBRARY_PATH=str(empty))

    def test_no_codec_is_loaded_at_the_start(self):
        self.volume()
        self.dseg("convert", "labels.nii", "plain.dcm")
        for arguments in (["--version"], ["codecs"], ["info", "plain.dcm"], ["info", "labels.nii"]):
            self.assertEqual(self.loaded(*arguments) & HEAVY, set(), arguments)

    def test_a_codec_is_loaded_when_it_is_used(self):
        self.volume()
        for name, (module, library) in CODECS.items():
            names = self.loaded("convert", "labels.nii", f"{name}.dcm", "--transfer-syntax", name)
            self.assertEqual(names & {f"dseg-{module}", library}, {f"dseg-{module}", library}, name)
            others = {other for other in CODECS.values() if other[0] != module}
            self.assertEqual(names & {f"dseg-{other}" for other, _ in others}, set(), name)
            self.assertEqual(self.loaded("info", f"{name}.dcm") & HEAVY, set(), name)

    def test_a_library_that_is_missing(self):
        self.volume()
        for name, (module, library) in CODECS.items():
            self.dseg("convert", "labels.nii", f"{name}.dcm", "--transfer-syntax", name)
            with self.without(module, library):
                self.dseg("info", f"{name}.dcm")
                self.dseg("convert", "labels.nii", f"{name}-plain.dcm")
                said = [self.fails("convert", "labels.nii", "new.dcm", "--transfer-syntax", name, code=OUTPUT)]
                if name != "htj2k":  # which OpenJPEG reads
                    said.append(self.fails("convert", f"{name}.dcm", "back.nii", code=INPUT))
            for result in said:
                self.assertIn(f"frame codec {name}: dseg-{module}.so cannot be loaded (", result.err)
                self.assertRegex(result.err, rf"{library}\.so.*; install [A-Za-z]+ \d")


if __name__ == "__main__":
    if not CODECS:
        harness.skip("this build has no codec in a module")
    harness.main()
