"""Exceptions and warnings."""

from typing import Optional, Tuple

from ._iameval import Finding


class Error(Exception):
    """Something is wrong with a policy, a world or a question.

    ``str(error)`` is what the command prints. ``findings`` has everything that was found; ``code``, ``message``, ``path``,
    ``line``, ``column`` and ``help`` are those of the first.
    """

    findings: Tuple[Finding, ...]

    def __init__(self, text: str, findings: Tuple[Finding, ...] = ()) -> None:
        super().__init__(text)
        self.findings = findings

    @property
    def code(self) -> Optional[str]:
        """Which mistake it is, such as ``IE0114``."""
        return self.findings[0].code if self.findings else None

    @property
    def message(self) -> str:
        """What is wrong, in a line."""
        return self.findings[0].message if self.findings else str(self)

    @property
    def path(self) -> Optional[str]:
        """The file, or what else the text is called, such as the name of an argument."""
        return self.findings[0].path if self.findings else None

    @property
    def line(self) -> Optional[int]:
        """The line, from 1."""
        return self.findings[0].line if self.findings else None

    @property
    def column(self) -> Optional[int]:
        """The column, from 1."""
        return self.findings[0].column if self.findings else None

    @property
    def help(self) -> Optional[str]:
        """What to do about it, where that is known."""
        return self.findings[0].help if self.findings else None


class PolicyError(Error):
    """A policy is not one, or is not valid for the way it is attached."""


class WorldError(Error):
    """A world cannot be read."""


class QuestionError(Error):
    """A question cannot be asked."""


class Undetermined(Error):
    """The decision depends on what is not known."""


class IamWarning(UserWarning):
    """Something is probably a mistake, and there is an answer all the same."""


for _class in (Error, PolicyError, WorldError, QuestionError, Undetermined, IamWarning):
    _class.__module__ = "iameval"
