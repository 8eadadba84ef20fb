"""Worlds, what is not known of them, and what is wrong with them."""

import json
import pathlib
from typing import Any, Dict, List, Tuple

import iameval
import pytest
from iameval import Decision, PolicySet, World

WORLD: Dict[str, Any] = {
    "version": 1,
    "account": "123456789012",
    "principals": {
        "ana": {"user": "ana", "policies": [{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}]},
        "ben": {"user": "ben"},
    },
}
TEMPLATE = """
Parameters: {Stage: {Type: String}}
Resources:
  Reader:
    Type: AWS::IAM::User
    Properties:
      UserName: reader
      Policies:
        - PolicyName: own
          PolicyDocument:
            Version: "2012-10-17"
            Statement: {Effect: Allow, Action: "s3:GetObject", Resource: !Sub "arn:aws:s3:::reports-${Stage}/*"}
"""
OBJECT = "arn:aws:s3:::reports-prod/may.csv"


def test_files_of_every_kind_are_worlds(tmp_path: pathlib.Path) -> None:
    (tmp_path / "world.json").write_text(json.dumps(WORLD))
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    known = World.load(tmp_path / "world.json", str(tmp_path / "template.yaml"), parameters={"Stage": "prod"})
    assert known.simulate("s3:GetObject", principal="ana", resource=OBJECT).allowed
    assert "ana" in known.principals


@pytest.mark.filterwarnings("ignore::iameval.IamWarning")
def test_what_a_template_leaves_open_is_undetermined(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "template.yaml"
    path.write_text(TEMPLATE)
    question: Dict[str, Any] = {"principal": "cfn:Reader", "resource": OBJECT}
    answer = World.load(path).simulate("s3:GetObject", **question)
    assert answer.decision == Decision.UNDETERMINED
    with pytest.raises(iameval.Undetermined, match="Stage"):
        answer.allowed
    with pytest.raises(iameval.Undetermined):
        iameval.prove(World.load(path), "s3:GetObject", expect="deny", **question).holds
    for stage, allowed in [("prod", True), ("test", False)]:
        assert World.load(path, parameters={"Stage": stage}).simulate("s3:GetObject", **question).allowed is allowed


def test_a_world_that_is_wrong_has_every_finding() -> None:
    with pytest.raises(iameval.WorldError) as caught:
        World.from_json({"version": 1, "principals": {"ana": {"usr": "ana"}, "ben": {"rôle": "ben"}}})
    assert len(caught.value.findings) >= 2
    assert all(finding.path == "world.json" and finding.line for finding in caught.value.findings)
    assert str(caught.value).startswith(f"error[{caught.value.code}]")


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(iameval.WorldError, match="nowhere.yaml"):
        World.load("nowhere.yaml")
    with pytest.raises(iameval.PolicyError, match="nowhere.json"):
        iameval.Policy.from_file("nowhere.json")
    with pytest.raises(TypeError, match="a path is missing"):
        World.load()


def test_policies_beside_those_of_a_world() -> None:
    world = World.from_json(WORLD)
    boundary = PolicySet(boundary={"Statement": {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}})
    assert world.simulate("s3:GetObject", principal="ana", resource=OBJECT).allowed
    answer = world.simulate("s3:GetObject", principal="ana", resource=OBJECT, policies=boundary)
    assert (answer.allowed, answer.layer) == (False, "boundary")


def test_a_question_that_cannot_be_asked_names_the_argument() -> None:
    world = World.from_json(WORLD)
    wrong: List[Tuple[Dict[str, Any], str, str]] = [
        ({"principal": "anna", "resource": "*"}, "principal", "anna"),
        ({"resource": "*"}, "principal", "several principals"),
        ({"principal": "ana", "resource": "nothing"}, "resource", "nothing"),
        ({"principal": "ana", "resource": "*", "resource_account": "12"}, "resource_account", "12"),
        ({"principal": "ana", "resource": "*", "endpoint": "vpce"}, "endpoint", "vpce"),
    ]
    for arguments, path, said in wrong:
        with pytest.raises(iameval.QuestionError) as caught:
            world.simulate("s3:GetObject", **arguments)
        assert caught.value.path == path
        assert said in caught.value.message
    with pytest.raises(iameval.QuestionError, match="is a pattern"):
        world.simulate("s3:Get*", principal="ana", resource="*")
    with pytest.raises(TypeError, match="principal"):
        world.simulate("s3:GetObject", principal=1)  # type: ignore[call-overload]
    with pytest.raises(TypeError, match="unexpected keyword argument 'princpal'"):
        world.simulate("s3:GetObject", princpal="ana")  # type: ignore[call-overload]


def test_an_action_that_aws_does_not_have_is_warned_of() -> None:
    with pytest.warns(iameval.IamWarning, match="IE0602"):
        World.from_json(WORLD).simulate("s3:GetObjekt", principal="ana", resource="*")


def test_a_policy_that_cannot_be_attached_so_is_refused() -> None:
    trust = {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}}
    with pytest.raises(iameval.PolicyError):
        PolicySet(identity=trust)
    with pytest.raises(TypeError, match="argument 'identity 2': must be a Policy or a dict, not bytes"):
        PolicySet(identity=[trust, b""])  # type: ignore[list-item]
