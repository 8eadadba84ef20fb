"""The page about the plugin: every command shows what is printed there. `UPDATE_PAGES=1` writes what came out into it."""

import os
import pathlib
import re
import shlex
import subprocess
import sys
from typing import List

HERE = pathlib.Path(__file__).resolve().parent
PAGE = next(path for path in [HERE / "pytest.md", HERE.parents[2] / "docs" / "pytest.md"] if path.exists())
#: A fenced block, perhaps with the name of a file above it.
BLOCK = re.compile(r"(?:^`(?P<name>[^`\n]+)`:\n\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def test_every_command_prints_what_the_page_shows(tmp_path: pathlib.Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    commands = 0
    for block in BLOCK.finditer(page):
        name, kind, text = block.group("name", "kind", "text")
        if name is not None:
            (tmp_path / name).write_text(text, encoding="utf-8")
        elif kind == "console":
            commands += 1
            command, _, shown = text.partition("\n")
            printed = run(command, tmp_path)
            if "UPDATE_PAGES" in os.environ:
                updated = PAGE.read_text(encoding="utf-8").replace(f"{command}\n{shown}```", f"{command}\n{printed}```", 1)
                PAGE.write_text(updated, encoding="utf-8")
            else:
                assert re.fullmatch(pattern(shown), printed), f"{command}\n{printed}"
    assert commands >= 6


def run(command: str, folder: pathlib.Path) -> str:
    """What pytest prints, without how long it took."""
    program, *arguments = shlex.split(command[len("$ ") :])
    assert program == "pytest"
    start: List[str] = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist"]
    variables = {**os.environ, "COLUMNS": "80"}
    ran = subprocess.run([*start, *arguments], cwd=folder, env=variables, capture_output=True, text=True)
    assert ran.stderr == ""
    return re.sub(r" in \d+\.\d+s", " in …", ran.stdout)


def pattern(shown: str) -> str:
    """What fits a text in which a line `…` stands for any lines, and `…` in a line for any text."""
    lines = ["(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*") + "\n" for line in shown.splitlines()]
    return "".join(lines)
