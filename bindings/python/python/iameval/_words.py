"""Words that answers and questions use."""

import enum


class Decision(str, enum.Enum):
    """What is decided of a request, in the words of ``--format json``.

    A decision is neither true nor false, so that ``if decision:`` cannot take a denial for an approval:

    >>> if iameval.Decision.IMPLICIT_DENY:
    ...     print("allowed?")
    Traceback (most recent call last):
        ...
    TypeError: a Decision is neither true nor false; compare it with Decision.ALLOWED
    """

    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicit_deny"
    IMPLICIT_DENY = "implicit_deny"
    #: It depends on what is not known.
    UNDETERMINED = "undetermined"

    def __bool__(self) -> bool:
        raise TypeError("a Decision is neither true nor false; compare it with Decision.ALLOWED")

    def __str__(self) -> str:
        return str(self.value)


class Absent(enum.Enum):
    """The type of ``ABSENT``."""

    ABSENT = "absent"

    def __repr__(self) -> str:
        return "iameval.ABSENT"


#: The value of a context key that the request is known not to have.
ABSENT = Absent.ABSENT
