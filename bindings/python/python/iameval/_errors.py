"""Exceptions and warnings."""

from __future__ import annotations

# Importing `typing` takes as long as everything else together.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._iameval import Finding


class Error(Exception):
    """Something is wrong with a policy, a world or a question.

    ``str(error)`` is what the command prints. ``findings`` has everything that was found; ``code``, ``message``, ``path``,
    ``line``, ``column`` and ``help`` are those of the first.
    """

    findings: tuple[Finding, ...]

    def __init__(self, text: str, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(text)
        self.findings = findings

    @property
    def code(self) -> str | None:
        """Which mistake it is, such as ``IE0114``."""
        return self.findings[0].code if self.findings else None

    @property
    def message(self) -> str:
        """What is wrong, in a line."""
        return self.findings[0].message if self.findings else str(self)

    @property
    def path(self) -> str | None:
        """The file, or what else the text is called, such as the name of an argument."""
        return self.findings[0].path if self.findings else None

    @property
    def line(self) -> int | None:
        """The line, from 1."""
        return self.findings[0].line if self.findings else None

    @property
    def column(self) -> int | None:
        """The column, from 1."""
        return self.findings[0].column if self.findings else None

    @property
    def help(self) -> str | None:
        """What to do about it, where that is known."""
        return self.findings[0].help if self.findings else None


class PolicyError(Error):
    """A policy is not one, or is not valid for the way it is attached."""


class WorldError(Error):
    """A world cannot be read."""


class QuestionError(Error):
    """A question cannot be asked."""


class TableError(QuestionError):
    """A row or a column of a table cannot be decided.

    ``row`` is the row, from 0, or ``None`` where the column is wrong as a whole; ``name`` is the column, such as
    ``context.aws:SourceIp``.
    """

    row: int | None
    name: str | None

    def __init__(
        self, text: str, findings: tuple[Finding, ...] = (), row: int | None = None, name: str | None = None
    ) -> None:
        super().__init__(text, findings)
        self.row = row
        self.name = name


class Undetermined(Error):
    """The decision depends on what is not known."""


class IamWarning(UserWarning):
    """Something is probably a mistake, and there is an answer all the same."""


for _class in (Error, PolicyError, WorldError, QuestionError, TableError, Undetermined, IamWarning):
    _class.__module__ = "iameval"
