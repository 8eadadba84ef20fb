"""The guide and the README of the package: their examples are run, in order and in one folder."""

import doctest
import pathlib
import re
from typing import Any, Dict, List

import pytest

HERE = pathlib.Path(__file__).parent
BESIDE = [HERE / "python.md", HERE / "scale.md", HERE / "README.md"]
#: Where the sources are.
DOCS = HERE.parents[2] / "docs" if len(HERE.parents) > 2 else HERE
WITHIN = [DOCS / "python.md", DOCS / "scale.md", HERE.parent / "README.md"]
GUIDES = [path for path in BESIDE + WITHIN if path.is_file()]
#: A block, perhaps below the name of the file that it is.
BLOCK = re.compile(r"(?:^`([^`\n]+)`:\n\n)?^```(\w+)\n(.*?)^```$", re.M | re.S)


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.name)
def test_examples_hold(path: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if path.name == "scale.md":
        pytest.importorskip("pyspark", reason="Spark is installed where clusters of it are tested")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    names: Dict[str, Any] = {}
    told: List[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for block in BLOCK.finditer(path.read_text(encoding="utf-8")):
        file, language, text = block.groups()
        if file:
            (tmp_path / file).write_text(text, encoding="utf-8")
        elif language == "python":
            exec(compile(text, str(path), "exec"), names)
        elif language == "pycon":
            example = doctest.DocTestParser().get_doctest(text, names, path.name, str(path), 0)
            runner.run(example, out=told.append, clear_globs=False)
            names.update(example.globs)
    assert runner.tries, "no example was found"
    assert not told, "".join(told)
