"""The pytest plugin of iameval: test files of IAM policies as tests, and assertions about a world.

Nothing of iameval is imported before there is a test file, an assertion, or ``--iameval-coverage``.
"""

from __future__ import annotations

import fnmatch
import pathlib
from typing import Any, Sequence

import pytest

from ._assertions import AssertAllowed, AssertDenied, assert_allowed, assert_denied, iameval_world, read_marker
from ._items import IamTest, IamTestFile

__all__ = ["AssertAllowed", "AssertDenied", "assert_allowed", "assert_denied", "iameval_world"]

_FILES = ["*.iamtest.yaml", "*.iamtest.yml"]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("iameval", "tests of IAM policies")
    group.addoption(
        "--iameval-coverage",
        action="append",
        nargs="?",
        const="table",
        default=[],
        metavar="FORM",
        help="Show which parts of policies the test files reach, as a `table` (the default) or a `listing`; `lcov:FILE` writes a "
        "tracefile. Several may be given. Before a path, write `--iameval-coverage=table`.",
    )
    parser.addini("iameval_files", "Patterns of test files of IAM policies.", type="args", default=_FILES)
    parser.addini("iameval_world", "World files of those tests that name none.", type="paths", default=[])


def pytest_configure(config: pytest.Config) -> None:
    marker = "iameval(world): the world that `iameval_world`, `assert_allowed` and `assert_denied` ask in this test."
    config.addinivalue_line("markers", marker)
    forms: Sequence[str] = config.getoption("iameval_coverage") or []
    if forms:
        from ._coverage import CoveragePlugin

        config.pluginmanager.register(CoveragePlugin(config, forms), "iameval-coverage")


def pytest_collect_file(file_path: pathlib.Path, parent: pytest.Collector) -> IamTestFile | None:
    patterns: Sequence[str] = parent.config.getini("iameval_files")
    if any(_matches(file_path, pattern, parent.config.rootpath) for pattern in patterns):
        file: IamTestFile = IamTestFile.from_parent(parent, path=file_path)
        return file
    return None


def _matches(path: pathlib.Path, pattern: str, root: pathlib.Path) -> bool:
    """Whether a pattern fits: the name of a file, or its path below the root where the pattern has a ``/``."""
    if "/" not in pattern:
        return fnmatch.fnmatch(path.name, pattern)
    return path.is_relative_to(root) and fnmatch.fnmatch(path.relative_to(root).as_posix(), pattern)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marker = metafunc.definition.get_closest_marker("iameval")
    if marker is not None and "iameval_world" in metafunc.fixturenames:
        # Ids stay as they are, in versions of pytest that can hide a parameter.
        ids: Any = [getattr(pytest, "HIDDEN_PARAM", "world")]
        metafunc.parametrize("iameval_world", [read_marker(marker)], indirect=True, ids=ids, scope="session")


def pytest_collection_finish(session: pytest.Session) -> None:
    # What is wrong with a case as a whole is told once, with the first of its checks that runs.
    judged = set()
    for item in session.items:
        if isinstance(item, IamTest):
            case = (item.path, item.case)
            item.judges_case = case not in judged
            judged.add(case)
