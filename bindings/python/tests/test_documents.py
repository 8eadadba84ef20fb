"""Documents as dicts."""

import datetime
from typing import Any, Dict, List, Tuple

import iameval
import pytest
from iameval import Policy, PolicySet, World

READER: Dict[str, Any] = {"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}


def test_what_readers_of_yaml_and_boto3_give_is_read() -> None:
    policy = Policy.from_json({"Version": datetime.date(2012, 10, 17), **READER})
    assert policy.to_dict()["Version"] == "2012-10-17"
    made = datetime.datetime(2026, 11, 30, tzinfo=datetime.timezone.utc)
    user = {"UserName": "ana", "Path": "/", "UserId": "AIDA1", "Arn": "arn:aws:iam::123456789012:user/ana", "CreateDate": made,
            "GroupList": [], "AttachedManagedPolicies": [],
            "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": READER}]}
    dump = {"UserDetailList": [user], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}
    assert World.from_json(dump).simulate("s3:GetObject", principal="ana", resource="*").allowed


def circular() -> Dict[str, Any]:
    document: Dict[str, Any] = {}
    document["Statement"] = document
    return document


@pytest.mark.parametrize(
    "document, raised, said",
    [
        ({"Statement": b"x"}, TypeError, r"argument 'document\.Statement': must be what JSON has, or a date, not bytes"),
        ({"Statement": [{"Sid": float("nan")}]}, ValueError, r"argument 'document\.Statement\[0\]\.Sid': must be a finite"),
        ({1: "x"}, TypeError, "argument 'document': must be a dict with keys of type str, not int"),
        ({"Statement": {"x"}}, TypeError, r"argument 'document\.Statement': .* not set"),
        (circular(), ValueError, "nested more than 128 deep"),
        (b"{}", TypeError, "argument 'document': must be a dict or a str, not bytes"),
        (None, TypeError, "argument 'document': must be a dict or a str, not NoneType"),
    ],
)
def test_what_is_no_document_names_the_place(document: Any, raised: type, said: str) -> None:
    with pytest.raises(raised, match=said):
        Policy.from_json(document)
    with pytest.raises(raised):
        World.from_json(document)


def test_there_is_one_boundary() -> None:
    for argument in ("boundary", "resource", "trust"):
        two: Dict[str, Any] = {argument: [READER, READER]}
        with pytest.raises(iameval.QuestionError, match=f"`{argument}` has 2 policies"):
            PolicySet(**two)


def test_nothing_is_not_everything() -> None:
    policies = PolicySet(identity=READER)
    with pytest.raises(iameval.QuestionError, match="`action` must not be empty"):
        policies.simulate([])
    with pytest.raises(iameval.QuestionError, match="`action` must not be empty"):
        iameval.prove(policies, [], expect="deny")
    with pytest.raises(iameval.QuestionError, match="`resource` must not be empty"):
        iameval.prove(policies, "s3:*", expect="deny", resource=[])
    with pytest.raises(iameval.QuestionError, match="there are no policies"):
        PolicySet().decide("s3:GetObject")


def test_a_level_without_policies_allows_nothing() -> None:
    full = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    levels: List[Tuple[Any, str]] = [
        ([], "allowed"),
        ([full], "allowed"),
        ([full, []], "implicit_deny"),
        ([full, [full, READER]], "allowed"),
    ]
    for scps, decision in levels:
        assert PolicySet(identity=READER, scps=scps).decide("s3:GetObject", resource="*") == decision


def test_equal_policies_are_equal() -> None:
    one, other = Policy.from_json(READER), Policy.from_json(READER)
    assert one == other
    assert len({one, other, Policy.from_json(READER, name="other")}) == 2
    assert one != READER
