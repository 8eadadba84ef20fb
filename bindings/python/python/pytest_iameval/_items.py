"""Test files and their checks, as pytest runs them."""

from __future__ import annotations

import pathlib
import warnings
from typing import TYPE_CHECKING, Any, Iterator

import pytest

from ._settings import test_file

if TYPE_CHECKING:
    from iameval._iameval import TestCheck


class IamTestFile(pytest.File):
    """A test file; its checks are its tests."""

    def collect(self) -> Iterator[IamTest]:
        import iameval

        try:
            file = test_file(self.config, self.path)
        except iameval.Error as error:
            raise self.CollectError(str(error)) from None
        for finding in file.warnings:
            warnings.warn_explicit(str(finding), iameval.IamWarning, finding.path, finding.line or 1)
        for position, check in enumerate(file.checks()):
            # As pytest reads it where it stands in its cache or among its arguments: what is in brackets tells tests apart.
            nodeid = f"{self.nodeid}::{check.name}"
            item: IamTest = IamTest.from_parent(self, name=check.name, nodeid=nodeid, check=check, position=position)
            if check.skip is not None:
                item.add_marker(pytest.mark.skip(reason=check.skip))
            yield item


class IamTestFailed(Exception):
    """A check failed; with everything that ``iameval test`` prints about it."""


class IamTest(pytest.Item):
    """A check of a test file, with the name that ``iameval test`` gives it."""

    def __init__(self, *, check: TestCheck, position: int, **rest: Any) -> None:
        super().__init__(**rest)
        #: Its position in the file, and that of its case.
        self.check, self.case = position, check.case
        #: Whether what is wrong with its case as a whole is told with it.
        self.judges_case = True
        #: Whether it asked anything.
        self.has_run = False
        self._line = check.line
        self.extra_keyword_matches.update(check.tags)

    def runtest(self) -> None:
        import iameval

        try:
            status, text, note = test_file(self.config, self.path).run(self.check, self.judges_case)
        except iameval.Error as error:
            raise IamTestFailed(str(error)) from None
        self.has_run = status != "skipped"
        if note:
            self.add_report_section("call", "iameval", note)
        if status == "skipped":
            pytest.skip(text)
        elif status == "xfailed":
            pytest.xfail(text)
        elif status == "failed":
            raise IamTestFailed(text)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, IamTestFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[pathlib.Path, int, str]:
        return self.path, self._line - 1, self.name
