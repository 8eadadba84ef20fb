"""What AWS IAM policies allow, by which statement, and why.

>>> world = World.example("force-mfa")
>>> answer = world.simulate("iam:ChangePassword", principal="john.doe", mfa=False)
>>> answer.allowed
True
"""

from ._errors import Error, IamWarning, PolicyError, QuestionError, Undetermined, WorldError
from ._iameval import Answer, Finding, Flip, Miss, NearMiss, Policy, PolicySet, Statement, World
from ._words import ABSENT, Decision

__all__ = [
    "ABSENT",
    "Answer",
    "Decision",
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
    "Undetermined",
    "World",
    "WorldError",
]
