# SPDX-License-Identifier: Apache-2.0
"""The check of layers finds what it is there for: small trees with one include that points the wrong way each."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

CHECK = pathlib.Path(__file__).with_name("check_layers.py")
LICENCE = "/* SPDX-License-Identifier: Apache-2.0 */\n"
GOOD = {
    "codec/include/dseg/a.h": "",
    "codec/base/buffer.h": '#include "dseg/a.h"\n',
    "codec/base/deflate.c": "#include <zlib.h>\n",
    "codec/base/os/files_posix.c": "#include <sys/stat.h>\n",
    "codec/model/bits.c": '#include "base/buffer.h"\n',
    "codec/open.c": '#include "model/bits.h"\n#include "dseg/a.h"\n',
    "codec/model/bits.h": "",
    "proposals/new.c": '#include "dseg/a.h"\n',
    "tools/cli/cli.h": "",
    "tools/cli/main.c": '#include "cli/cli.h"\n#include "dseg/a.h"\n&cmd_info, &cmd_samples\n',
    "tools/info/cmd_info.c": "const cli_command cmd_info = {0};\n",
    "tools/samples/cmd_samples.c": "/* cmd_samples.c, not cmd_info.c */\nconst cli_command cmd_samples = {0};\nrun(argv);\n",
}


class CheckLayers(unittest.TestCase):
    def check(self, **changed):
        with tempfile.TemporaryDirectory(dir=".") as folder:
            for name, text in {**GOOD, **changed.get("files", {})}.items():
                path = pathlib.Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(LICENCE + text)
            return subprocess.run([sys.executable, CHECK, folder], capture_output=True, text=True)

    def refused(self, words, **files):
        result = self.check(files={name.replace("__", "/"): text for name, text in files["tree"].items()})
        self.assertEqual(result.returncode, 1, result.stdout)
        self.assertIn(words, result.stdout)

    def test_good(self):
        result = self.check()
        self.assertEqual(result.returncode, 0, result.stdout)

    def test_folder_above(self):
        self.refused("base includes model/bits.h, which is above it", tree={"codec/base/buffer.c": '#include "model/bits.h"\n'})

    def test_top_from_below(self):
        self.refused("which is above it", tree={"codec/model/bits.c": '#include "registry.h"\n', "codec/registry.h": ""})

    def test_unknown_folder(self):
        self.refused("no folder of codec/", tree={"codec/new/a.c": '#include "base/buffer.h"\n'})

    def test_library_twice(self):
        self.refused("zlib is included by 2 files", tree={"codec/frames/a.c": "#include <zlib.h>\n", "codec/base/buffer.c": "#include <zlib.h>\n",
                                                            "codec/base/deflate.c": ""})  # fmt: skip

    def test_tools_include_internals(self):
        self.refused("neither a public header nor one of tools/", tree={"tools/cli/main.c": '#include "base/buffer.h"\n'})

    def test_face_reads_voxels(self):
        for folder in ("convert", "dcmqi"):
            self.refused(f"dseg_source_read_labels is not for tools/{folder}",
                         tree={f"tools/{folder}/a.c": "int f(void) { return dseg_source_read_labels(0); }\n"})

    def test_command_run_by_another(self):
        self.refused("tools/samples/make.c: cmd_info is another folder's",
                     tree={"tools/samples/make.c": "return cmd_info.run(argc, words);\n"})

    def test_samples_with_words(self):
        self.refused("tools/samples/make.c: samples are made by calls", tree={"tools/samples/make.c": "char *argv[8];\n"})

    def test_public_header_includes_internal(self):
        self.refused("which is not installed", tree={"codec/include/dseg/a.h": '#include "base/buffer.h"\n'})

    def test_system_headers(self):
        for header in ("unistd.h", "sys/mman.h", "windows.h", "strings.h"):
            self.refused(f"codec/model/bits.c: {header} is the system's",
                         tree={"codec/model/bits.c": f"#include <string.h>\n#include <{header}>\n"})
        self.refused("tools/cli/main.c: unistd.h is the system's", tree={"tools/cli/main.c": "#include <unistd.h>\n"})

    def test_licence(self):
        with tempfile.TemporaryDirectory(dir=".") as folder:
            path = pathlib.Path(folder) / "codec/base/buffer.c"
            path.parent.mkdir(parents=True)
            path.write_text("/* buffer.c - nothing. */\n")
            result = subprocess.run([sys.executable, CHECK, folder], capture_output=True, text=True)
        self.assertEqual(result.returncode, 1)
        self.assertIn("codec/base/buffer.c: no line SPDX", result.stdout)

    def test_circle(self):
        self.refused("circle: ", tree={"codec/model/bits.h": '#include "model/words.h"\n', "codec/model/words.h": "",
                                       "codec/model/words.c": '#include "model/bits.h"\n'})  # fmt: skip


if __name__ == "__main__":
    unittest.main()
