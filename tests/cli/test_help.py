# SPDX-License-Identifier: Apache-2.0
"""dseg help: docs/cli.md, manual pages and completions, which all come from the tables of options."""

import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import time
import unittest.mock

import harness
from harness import USAGE, CliTest

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPLETE = r"""
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_dseg
printf '%s\n' "${COMPREPLY[@]}"
"""


def at_hand(test, program):
    """Skips a test whose program is not installed, and says so."""
    path = shutil.which(program)
    if path is None:
        reason = f"{test.id()}: no {program}, run sh tools/install-packages.sh test"
        print(f"skipped: {reason}")
        test.skipTest(reason)
    return path


class HelpTest(CliTest):
    def names(self):
        return self.dseg("help", "--format", "names").out.split()

    def options(self, name):
        """The options that --help shows, with their dashes."""
        return re.findall(r"^  (--?[A-Za-z0-9-]+)", self.dseg(name, "--help").out, flags=re.MULTILINE)

    def written(self, name, *arguments):
        path = self.dir / name
        path.write_text(self.dseg("help", *arguments).out)
        return path


class Text(HelpTest):
    def test_the_same_as_the_option(self):
        self.assertEqual(self.dseg("help").out, self.dseg("--help").out)
        names = self.names()
        self.assertIn("convert", names)
        self.assertEqual(names, re.findall(r"^  (\w+)  ", self.dseg("--help").out, flags=re.MULTILINE))
        for name in names:
            self.assertEqual(self.dseg("help", name).out, self.dseg(name, "--help").out)

    def test_mistakes(self):
        for arguments, words in (
            (("convrt",), "did you mean convert?"),
            (("--format", "zhs"), "did you mean zsh?"),
            (("convert", "info"), "one SUBCOMMAND at most"),
            (("convert", "--format", "bash"), "of all subcommands"),
        ):
            self.assertIn(words, self.fails("help", *arguments, code=USAGE).err)


class Markdown(HelpTest):
    def test_document(self):
        """docs/cli.md is what the program writes."""
        text = self.dseg("help", "--format", "markdown").out
        self.assertTrue(
            text == (ROOT / "docs/cli.md").read_text(),
            "docs/cli.md is older than the tables: dseg help --format markdown >docs/cli.md",
        )
        for name in self.names():
            self.assertIn("\n" + self.dseg("help", name, "--format", "markdown").out, text)

    def test_every_option_is_in_a_row(self):
        for name in self.names():
            section = self.dseg("help", name, "--format", "markdown").out
            rows = re.findall(r"^\| `(--?[A-Za-z0-9-]+)", section, flags=re.MULTILINE)
            self.assertEqual(rows + ["--memory", "--help", "--version"], self.options(name))

    def test_what_manuals_say_has_its_place(self):
        """Each row of tools/help/manual*.c is about an option or heading that there is, and comes out."""
        text = re.sub(r"[\s\\]+", " ", self.dseg("help", "--format", "markdown").out)
        count = 0
        for path in sorted((ROOT / "tools/help").glob("manual*.c")):
            for about, first in re.findall(r'^    \{(\S+|"[^"]*"),\s+"((?:[^"\\]|\\.)*)"', path.read_text(), flags=re.MULTILINE):
                if about.startswith('"'):
                    words = re.sub(r"[\s\\`*]+", " ", re.sub(r"--[\w-]+|\\n.*", "", first)).split()[:4]
                    pattern = r"[\s`*]+".join(map(re.escape, words))
                    self.assertRegex(text, pattern, (path.name, about, first))
                    count += 1
        self.assertGreater(count, 20)


class Man(HelpTest):
    def pages(self):
        with unittest.mock.patch.dict(os.environ, SOURCE_DATE_EPOCH="1700000000"):
            pages = [("dseg", self.written("dseg.1", "--format", "man"))]
            for name in self.names():
                pages.append((f"dseg-{name}", self.written(f"dseg-{name}.1", name, "--format", "man")))
        return pages

    def test_groff_has_no_warning(self):
        program = at_hand(self, "man")
        for name, path in self.pages():
            done = subprocess.run(
                [program, "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", path],
                capture_output=True, text=True, env={**os.environ, "LC_ALL": "C.UTF-8", "MANROFFSEQ": ""},
            )  # fmt: skip
            self.assertEqual((done.returncode, done.stderr), (0, ""), name)

    def test_mandoc_has_no_warning(self):
        program = at_hand(self, "mandoc")
        for name, path in self.pages():
            done = subprocess.run([program, "-T", "lint", "-W", "warning", path], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stdout), (0, ""), name)

    def test_every_option_is_there(self):
        for name, path in self.pages():
            text = path.read_text().replace("\\-", "-")
            self.assertIn(f'.TH {name.upper()} 1 "2023-11-14" "dseg ', text)
            if name != "dseg":
                found = re.findall(r"^\.TP\n\\fB(--?[A-Za-z0-9-]+)\\fR", text, flags=re.MULTILINE)
                self.assertEqual(found, self.options(name.removeprefix("dseg-")))

    def test_a_plain_reader_sees_the_words(self):
        program = at_hand(self, "man")
        path = self.written("dseg-convert.1", "convert", "--format", "man")
        done = subprocess.run(
            [program, "-l", path], capture_output=True, text=True, env={**os.environ, "LC_ALL": "C.UTF-8", "MANWIDTH": "78"}
        )
        text = re.sub(r".\x08", "", done.stdout)
        self.assertIn("dseg convert INPUT... OUTPUT [options]", text)
        self.assertIn(".seg.nrrd .mha .mhd, or by --format", re.sub(r"\s+", " ", text).replace("‐", "-"))
        self.assertNotIn("`", text)
        self.assertNotIn("](", text)


class Bash(HelpTest):
    def setUp(self):
        super().setUp()
        self.script = self.written("dseg.bash", "--format", "bash")

    def complete(self, *words):
        done = subprocess.run([at_hand(self, "bash"), "-c", COMPLETE, "bash", self.script, *words], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""), words)
        return done.stdout.split()

    def test_words(self):
        for words, expected in (
            (("dseg", "con"), ["convert"]),
            (("/usr/bin/dseg", "--v"), ["--version"]),
            (("dseg", "convert", "--overl"), ["--overlap"]),
            (("dseg", "convert", "--overlap", ""), ["error", "first", "last"]),
            (("dseg", "convert", "a.dcm", "b.dcm", "--overlap", "=", "f"), ["first"]),
            (("dseg", "convert", "--overlap", "="), ["error", "first", "last"]),
            (("dseg", "convert", "--grid", ""), ["tight", "reference"]),
            (("dseg", "convert", "--metadata", ""), []),
            (("dseg", "convert", "--threads", ""), []),
            (("dseg", "convert", "la"), []),
            (("dseg", "transcode", "--transfer-syntax", "rl"), ["rle"]),
            (("dseg", "help", "conv"), ["convert"]),
            (("dseg", "nothing", "--x"), []),
            (("segimage2itkimage", "--outputType", "n"), ["nrrd", "nii", "nifti"]),
            (("/opt/bin/segimage2itkimage", "--mer"), ["--mergeSegments"]),
        ):
            with self.subTest(words):
                self.assertEqual(self.complete(*words), expected)
        self.assertLess({"binary", "fractional", "labelmap"}, set(self.complete("dseg", "convert", "--as", "")))

    def test_every_option(self):
        for name in self.names():
            self.assertEqual(sorted(self.complete("dseg", name, "-")), sorted(self.options(name)))

    def test_shellcheck(self):
        done = subprocess.run([at_hand(self, "shellcheck"), "-s", "bash", self.script], capture_output=True, text=True)
        self.assertEqual(done.stdout, "")

    def test_a_person_types(self):
        line = typed([at_hand(self, "bash"), "--norc", "--noprofile", "-i"], f"source {self.script}", "dseg conv\t--overl\tfi\t")
        self.assertEqual(line.split(), ["dseg", "convert", "--overlap", "first"])


class Zsh(HelpTest):
    def test_syntax(self):
        script = self.written("_dseg", "--format", "zsh")
        done = subprocess.run([at_hand(self, "zsh"), "-n", script], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        text = script.read_text()
        for name in self.names():
            body = text.split(f"\n_dseg_{name}() {{")[1].split("\n}")[0]
            found = re.findall(r"^    '\*?(--?[A-Za-z0-9-]+)", body, flags=re.MULTILINE)
            self.assertEqual(found, self.options(name))

    def test_a_person_types(self):
        (self.dir / "functions").mkdir()
        self.written("functions/_dseg", "--format", "zsh")
        start = f"fpath=({self.dir}/functions $fpath); autoload -Uz compinit; compinit -u -D"
        zsh = [at_hand(self, "zsh"), "-f", "-i"]
        self.assertEqual(typed(zsh, start, "dseg conv\t--overl\tfi\t").replace("=", " ").split(), ["dseg", "convert", "--overlap", "first"])
        self.assertEqual(typed(zsh, start, "segimage2itkimage --mer\t").split(), ["segimage2itkimage", "--mergeSegments"])


class Fish(HelpTest):
    def test_words(self):
        fish = at_hand(self, "fish")
        script = self.written("dseg.fish", "--format", "fish")
        done = subprocess.run([fish, "--no-execute", script], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

        def complete(line):
            command = f"source {script}; complete -C '{line}'"
            environment = {**os.environ, "HOME": str(self.dir), "XDG_CONFIG_HOME": str(self.dir), "XDG_DATA_HOME": str(self.dir)}
            found = subprocess.run([fish, "-c", command], capture_output=True, text=True, cwd=self.dir, env=environment)
            self.assertEqual((found.returncode, found.stderr), (0, ""))
            return [row.split("\t")[0] for row in found.stdout.splitlines()]

        self.assertEqual(complete("dseg conv"), ["convert"])
        self.assertEqual(complete("dseg convert --overlap "), ["error", "first", "last"])
        self.assertEqual(complete("segimage2itkimage --mer"), ["--mergeSegments"])
        self.assertEqual(complete("dseg help conv"), ["convert"])
        self.assertEqual(complete("dseg convert --threads "), [])
        for name in self.names():
            options = {option for option in self.options(name) if option.startswith("--")}
            self.assertEqual({word for word in complete(f"dseg {name} --") if word.startswith("--")}, options, name)


def typed(shell, start, keys):
    """What keys make of the line in an interactive shell that has run start: it echoes the line at the end."""
    process, terminal = pty.fork()
    if process == 0:
        os.environ.update(TERM="dumb", HISTFILE="/dev/null", INPUTRC="/dev/null", PS1="")
        os.execv(shell[0], shell)
    seen = b""

    def wait(mark):
        nonlocal seen
        end = time.monotonic() + 20
        while mark not in seen:
            ready, _, _ = select.select([terminal], [], [], 0.2)
            if ready:
                seen += os.read(terminal, 4096)
            if time.monotonic() > end:
                raise AssertionError(f"{shell[0]} does not answer: {seen!r}")
        before, seen = seen.split(mark, 1)
        return before

    try:
        # Marks are quoted so that the echo of what is typed does not have them.
        os.write(terminal, f"{start}; echo rea''dy\n".encode())
        wait(b"ready")
        for key in re.split(r"(?<=\t)", keys):
            os.write(terminal, key.encode())
            time.sleep(0.5)  # a shell drops what comes while it completes, as ^A would
        os.write(terminal, b"\x01echo la''st: \x05 : e''nd\n")
        wait(b"last: ")
        return wait(b": end").decode()
    finally:
        os.write(terminal, b"exit\n")
        os.close(terminal)
        os.waitpid(process, 0)


if __name__ == "__main__":
    harness.main()
