"""The recipe of the guide that lets moto decide with iameval."""

import json
from typing import Any, Dict, Iterator

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core import set_initial_no_auth_action_count

from test_guide import BLOCK, GUIDES

USER = "arn:aws:iam::123456789012:user/ana"
ALL = {"Effect": "Allow", "Action": ["s3:*", "sts:AssumeRole"], "Resource": "*"}


@pytest.fixture
def recipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[Dict[str, Any]]:
    names: Dict[str, Any] = {}
    guide = next(path for path in GUIDES if path.name == "python.md")
    blocks = [text for _, language, text in BLOCK.findall(guide.read_text(encoding="utf-8")) if language == "python"]
    exec("".join(blocks), names)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "any")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        yield names


def policy(*statements: Dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def key(made: Dict[str, Any]) -> Dict[str, str]:
    """The arguments of a client that has these credentials."""
    found = {"aws_access_key_id": made["AccessKeyId"], "aws_secret_access_key": made["SecretAccessKey"]}
    return {**found, "aws_session_token": made["SessionToken"]} if "SessionToken" in made else found


def ana(*statements: Dict[str, Any]) -> Dict[str, str]:
    iam = boto3.client("iam")
    iam.create_user(UserName="ana")
    iam.put_user_policy(UserName="ana", PolicyName="own", PolicyDocument=policy(*statements))
    return key(iam.create_access_key(UserName="ana")["AccessKey"])


@set_initial_no_auth_action_count(0)
def refused(call: Any, **arguments: Any) -> bool:
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 403
        return True
    return False


def test_policies_of_buckets_decide(recipe: Dict[str, Any]) -> None:
    s3 = boto3.client("s3")
    for bucket in ("open", "closed"):
        s3.create_bucket(Bucket=bucket)
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::closed", "arn:aws:s3:::closed/*"]}
    s3.put_bucket_policy(Bucket="closed", Policy=policy(deny))
    own = boto3.client("s3", **ana(ALL))
    with recipe["iameval_decides"]():
        assert not refused(own.list_objects_v2, Bucket="open")
        assert refused(own.list_objects_v2, Bucket="closed")


@pytest.mark.parametrize("trusted, is_refused", [(USER, False), ("arn:aws:iam::123456789012:user/ben", True)])
def test_the_trust_policy_of_a_role_decides(recipe: Dict[str, Any], trusted: str, is_refused: bool) -> None:
    trust = {"Effect": "Allow", "Principal": {"AWS": trusted}, "Action": "sts:AssumeRole"}
    boto3.client("iam").create_role(RoleName="deploy", AssumeRolePolicyDocument=policy(trust))
    sts = boto3.client("sts", **ana(ALL))
    with recipe["iameval_decides"]():
        role = {"RoleArn": "arn:aws:iam::123456789012:role/deploy", "RoleSessionName": "ana"}
        assert refused(sts.assume_role, **role) is is_refused


def test_sessions_of_roles_have_the_policies_of_the_role(recipe: Dict[str, Any]) -> None:
    iam = boto3.client("iam")
    trust = {"Effect": "Allow", "Principal": {"AWS": USER}, "Action": "sts:AssumeRole"}
    iam.create_role(RoleName="deploy", AssumeRolePolicyDocument=policy(trust))
    list_only = {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}
    iam.put_role_policy(RoleName="deploy", PolicyName="own", PolicyDocument=policy(list_only))
    sts = boto3.client("sts", **ana(ALL))
    made = sts.assume_role(RoleArn="arn:aws:iam::123456789012:role/deploy", RoleSessionName="ana")["Credentials"]
    s3 = boto3.client("s3", **key(made))
    with recipe["iameval_decides"]():
        assert not refused(s3.list_buckets)
        assert refused(s3.create_bucket, Bucket="new")
