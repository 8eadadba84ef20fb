"""``--iameval-coverage``

Each report of a test says which check it was, so that the process that gets all of them, pytest itself or the controller of
pytest-xdist, knows what ran. It then works out what these checks reach.
"""

from __future__ import annotations

import pathlib
from typing import Any, Generator, Sequence

import pytest
from iameval._iameval import Coverage

from ._items import IamTest
from ._settings import test_file


class CoveragePlugin:
    """Is there when coverage is wanted."""

    def __init__(self, config: pytest.Config, forms: Sequence[str]) -> None:
        self._config = config
        self._forms = list(dict.fromkeys(forms))
        for form in self._forms:
            try:
                Coverage.check_form(form)
            except ValueError as error:
                raise pytest.UsageError(f"--iameval-coverage: {error}") from None
        #: The checks that ran, by test file.
        self._ran: dict[str, set[int]] = {}
        self._told: list[str] = []
        self._wrong: list[str] = []

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, None]:
        report = (yield).get_result()
        if isinstance(item, IamTest) and call.when == "call" and item.has_run:
            report.iameval_check = [str(item.path), item.check]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        ran: list[Any] | None = getattr(report, "iameval_check", None)
        if ran is not None:
            path, check = ran
            self._ran.setdefault(path, set()).add(check)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        is_worker = hasattr(self._config, "workerinput")
        if is_worker or not self._ran:
            return
        ran = [(test_file(self._config, pathlib.Path(path)), sorted(checks)) for path, checks in sorted(self._ran.items())]
        coverage = Coverage(ran)
        for form in self._forms:
            text, file = coverage.tell(form)
            if file is None:
                self._told.append(text)
                continue
            try:
                pathlib.Path(file).write_text(text, encoding="utf-8")
            except OSError as error:
                self._wrong.append(f"error: cannot write `{file}`: {error.strerror}")
                session.exitstatus = pytest.ExitCode.USAGE_ERROR

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for text in self._told:
            terminalreporter.section("coverage of IAM policies")
            terminalreporter.write(text)
        for text in self._wrong:
            terminalreporter.write_line(text, red=True)
