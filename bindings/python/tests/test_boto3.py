"""boto3, answered in process."""

import json
from typing import Any, Iterator

import iameval.boto3
import pytest
from boto3.session import Session
from botocore.client import BaseClient
from botocore.exceptions import ClientError, NoCredentialsError
from iameval import World

READER = json.dumps({"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}})


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not answered here goes nowhere."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")


@pytest.fixture
def iam() -> Any:
    return Session().client("iam")


def decisions(iam: Any) -> Iterator[str]:
    found = iam.simulate_custom_policy(PolicyInputList=[READER], ActionNames=["s3:GetObject", "s3:PutObject"])
    return (result["EvalDecision"] for result in found["EvaluationResults"])


def test_a_client_that_was_there_before(iam: Any) -> None:
    with iameval.boto3.stub(World.example("force-mfa")):
        assert list(decisions(iam)) == ["allowed", "implicitDeny"]
        assert Session().client("sts").get_caller_identity()["Account"]
    with pytest.raises(NoCredentialsError):
        decisions(iam)


def test_only_the_clients_that_are_given(iam: Any) -> None:
    other = Session().client("iam")
    with iameval.boto3.stub(World.example("force-mfa"), iam):
        assert list(decisions(iam)) == ["allowed", "implicitDeny"]
        with pytest.raises(NoCredentialsError):
            decisions(other)


def test_the_inner_of_two_worlds_answers(iam: Any) -> None:
    inner = World.from_json({"version": 1, "account": "111122223333", "principals": {"eve": {"user": "eve"}}})
    with iameval.boto3.stub(World.example("force-mfa")):
        before = iam.list_users()["Users"]
        with iameval.boto3.stub(inner):
            assert [user["UserName"] for user in iam.list_users()["Users"]] == ["eve"]
        assert iam.list_users()["Users"] == before


def test_worlds_may_end_in_any_order(iam: Any) -> None:
    make_api_call = BaseClient._make_api_call
    first, second = (iameval.boto3.stub(World.example("force-mfa")) for _ in range(2))
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert list(decisions(iam)) == ["allowed", "implicitDeny"]
    second.__exit__(None, None, None)
    assert BaseClient._make_api_call is make_api_call
    with pytest.raises(NoCredentialsError):
        decisions(iam)


def test_errors_are_those_of_aws(iam: Any) -> None:
    with iameval.boto3.stub(World.example("force-mfa")):
        with pytest.raises(ClientError) as caught:
            iam.simulate_custom_policy(PolicyInputList=["{"], ActionNames=["s3:GetObject"])
        assert caught.value.response["Error"]["Code"] == "InvalidInput"
        with pytest.raises(ClientError) as caught:
            iam.create_user(UserName="eve")
        assert caught.value.response["Error"]["Code"] == "InvalidAction"
        with pytest.raises(iam.exceptions.NoSuchEntityException):
            iam.get_user(UserName="nobody")


def test_pages_are_turned(iam: Any) -> None:
    actions = [f"s3:Get{number}" for number in range(30)]
    with iameval.boto3.stub(World.example("force-mfa")):
        pages = iam.get_paginator("simulate_custom_policy").paginate(
            PolicyInputList=[READER], ActionNames=actions, PaginationConfig={"PageSize": 10}
        )
        found = [result["EvalActionName"] for page in pages for result in page["EvaluationResults"]]
    assert found == actions
