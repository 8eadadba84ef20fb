"""What is decided, by worlds and by sets of policies."""

import iameval
import pytest
from iameval import Decision, PolicySet, World

READER = {"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}


def test_a_world_decides() -> None:
    world = World.example("force-mfa")
    refused = world.simulate("s3:GetObject", principal="john.doe", resource="*", mfa=False)
    assert not refused.allowed
    assert refused.decision == Decision.EXPLICIT_DENY
    assert refused.to_dict()["decision"] == refused.decision
    assert [statement.sid for statement in refused.statements] == ["BlockEverythingUnlessSignedInWithMFA"]
    assert [(flip.key, flip.value, flip.decision) for flip in refused.flips] == [("mfa", True, "allowed")]
    assert world.simulate("s3:GetObject", principal="john.doe", resource="*", mfa=True).allowed


def test_several_actions_have_several_answers() -> None:
    answers = PolicySet(identity=READER).simulate(["s3:GetObject", "s3:PutObject"])
    assert [answer.allowed for answer in answers] == [True, False]


def test_what_is_not_a_policy_has_a_place() -> None:
    with pytest.raises(iameval.PolicyError) as caught:
        iameval.Policy.from_json('{"Statement": [{"Effect": "Alow", "Action": "*", "Resource": "*"}]}', name="ops")
    error = caught.value
    assert (error.code, error.path, error.line, error.column) == ("IE0206", "ops", 1, 27)
    assert error.help == "did you mean `Allow`?"


@pytest.mark.parametrize("thing", [Decision.IMPLICIT_DENY, PolicySet(identity=READER).simulate("s3:PutObject")])
def test_nothing_that_is_denied_is_taken_for_true(thing: object) -> None:
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(thing)


def test_an_answer_in_a_notebook_is_its_text() -> None:
    answer = World.example("force-mfa").simulate("s3:ListAllMyBuckets", principal="john.doe", mfa=False)
    html = answer._repr_html_()
    assert html.startswith("<pre ")
    assert "force-mfa#BlockEverythingUnlessSignedInWithMFA" in html
    assert "&quot;" in html
