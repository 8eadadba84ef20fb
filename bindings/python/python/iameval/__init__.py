"""What AWS IAM policies allow, by which statement, and why.

>>> import iameval
>>> world = iameval.World.example("force-mfa")
>>> answer = world.simulate("s3:ListAllMyBuckets", principal="john.doe", mfa=False)
>>> answer.allowed
False
>>> answer.statements[0].sid
'BlockEverythingUnlessSignedInWithMFA'
"""

from ._errors import Error, IamWarning, PolicyError, QuestionError, TableError, Undetermined, WorldError
from ._iameval import (
    Answer,
    Diff,
    Finding,
    Flip,
    Miss,
    NearMiss,
    Policy,
    PolicySet,
    Statement,
    Table,
    Verdict,
    World,
    __version__,
    check,
    diff,
    prove,
)
from ._words import ABSENT, Decision

__all__ = [
    "ABSENT",
    "Answer",
    "Decision",
    "Diff",
    "Error",
    "Finding",
    "Flip",
    "IamWarning",
    "Miss",
    "NearMiss",
    "Policy",
    "PolicyError",
    "PolicySet",
    "QuestionError",
    "Statement",
    "Table",
    "TableError",
    "Undetermined",
    "Verdict",
    "World",
    "WorldError",
    "__version__",
    "check",
    "diff",
    "prove",
]
