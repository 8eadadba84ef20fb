"""Worlds and policies are pickled as the texts that they were read from: another process reads them without the files."""

import copy
import json
import pathlib
import pickle
import shutil
import subprocess
import sys
import warnings
from typing import Any, Callable, Dict, List

import iameval
import pytest
from iameval import Policy, PolicySet, World

STATEMENT = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::reports/*"}
TEMPLATE = """
Parameters:
  Stage: {Type: String}
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  Reader:
    Type: AWS::IAM::User
    Properties:
      UserName: reader
      Policies:
        - PolicyName: own
          PolicyDocument:
            Version: "2012-10-17"
            Statement: {Effect: Allow, Action: "s3:GetObject", Resource: !Sub "arn:aws:s3:::${Bucket}-${Stage}/*"}
"""
TERRAFORM = """
variable "stage" { type = string }
resource "aws_iam_user" "reader" { name = "reader" }
resource "aws_iam_user_policy" "own" {
  user   = aws_iam_user.reader.name
  policy = file("${path.module}/policy.json")
}
"""


def world_files(folder: pathlib.Path) -> World:
    (folder / "policies").mkdir()
    (folder / "policies/own.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": STATEMENT}))
    (folder / "common.yaml").write_text('{version: 1, account: "123456789012", policies: {own: policies/own.json}}')
    (folder / "world.yaml").write_text(
        "{version: 1, use: [./common.yaml], principals: {reader: {user: reader, policies: [own]}}}"
    )
    (folder / "more.yaml").write_text("{version: 1, principals: {other: {user: other, policies: [aws:ReadOnlyAccess]}}}")
    return World.load(folder / "world.yaml", folder / "more.yaml")


def template(folder: pathlib.Path) -> World:
    (folder / "template.yaml").write_text(TEMPLATE)
    return World.load(folder / "template.yaml", parameters={"Stage": "prod"}, values={"Bucket": "reports"})


def open_template(folder: pathlib.Path) -> World:
    (folder / "template.yaml").write_text(TEMPLATE)
    return World.load(folder / "template.yaml")


def terraform(folder: pathlib.Path) -> World:
    (folder / "infra").mkdir()
    (folder / "infra/main.tf").write_text(TERRAFORM)
    (folder / "infra/empty.auto.tfvars").write_text("")
    (folder / "infra/policy.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": STATEMENT}))
    return World.load(folder / "infra", parameters={"stage": "prod"})


def plan(folder: pathlib.Path) -> World:
    user = {
        "address": "aws_iam_user.reader",
        "mode": "managed",
        "type": "aws_iam_user",
        "name": "reader",
        "values": {"name": "reader", "arn": "arn:aws:iam::123456789012:user/reader"},
    }
    policy = {
        "address": "aws_iam_user_policy.own",
        "mode": "managed",
        "type": "aws_iam_user_policy",
        "name": "own",
        "values": {
            "name": "own",
            "user": "reader",
            "policy": json.dumps({"Version": "2012-10-17", "Statement": STATEMENT}),
        },
    }
    shown = {
        "format_version": "1.0",
        "terraform_version": "1.9.0",
        "values": {"root_module": {"resources": [user, policy]}},
    }
    (folder / "state.json").write_text(json.dumps(shown))
    return World.load(folder / "state.json")


def dump(folder: pathlib.Path) -> World:
    document = {"Version": "2012-10-17", "Statement": STATEMENT}
    user = {
        "Path": "/",
        "UserName": "reader",
        "UserId": "AIDACKCEVSQ6C2EXAMPLE",
        "Arn": "arn:aws:iam::123456789012:user/reader",
        "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": document}],
        "GroupList": [],
        "AttachedManagedPolicies": [],
    }
    details = {"UserDetailList": [user], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}
    (folder / "account.json").write_text(json.dumps(details))
    return World.load(folder / "account.json")


def from_json(folder: pathlib.Path) -> World:
    del folder
    users = {"reader": {"user": "reader", "policies": [{"Statement": STATEMENT}]}}
    return World.from_json({"version": 1, "account": "123456789012", "principals": users})


def example(folder: pathlib.Path) -> World:
    del folder
    return World.example("force-mfa")


WORLDS: Dict[str, Callable[[pathlib.Path], World]] = {
    kind.__name__: kind
    for kind in (world_files, template, open_template, terraform, plan, dump, from_json, example)
}


def answers(world: World) -> List[Dict[str, Any]]:
    """What a world says of each of its principals."""
    actions = ["s3:GetObject", "s3:PutObject", "iam:ListUsers"]
    return [
        answer.to_dict()
        for principal in world.principals
        for answer in world.simulate(actions, principal=principal, resource="arn:aws:s3:::reports/may.csv", mfa=True)
    ]


@pytest.mark.parametrize("kind", WORLDS)
def test_worlds_are_read_again_without_their_files(kind: str, tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "there"
    folder.mkdir()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", iameval.IamWarning)
        world = WORLDS[kind](folder)
    before = answers(world)
    assert before
    pickled = pickle.dumps(world)
    shutil.rmtree(folder)
    with warnings.catch_warnings():
        # They were given when the world was read.
        warnings.simplefilter("error")
        again = pickle.loads(pickled)
    assert answers(again) == before
    assert (again.principals, again.resources, again.warnings) == (world.principals, world.resources, world.warnings)
    assert pickle.dumps(again) == pickled
    assert answers(copy.deepcopy(world)) == before


def test_another_process_reads_it(tmp_path: pathlib.Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there/world.yaml").write_text('{version: 1, account: "123456789012", principals: {a: {user: a}}}')
    pickled = pickle.dumps(World.load(tmp_path / "there/world.yaml"))
    shutil.rmtree(tmp_path / "there")
    program = "import pickle, sys; print(pickle.load(sys.stdin.buffer).principals)"
    run = subprocess.run([sys.executable, "-c", program], input=pickled, capture_output=True, check=True)
    assert run.stdout.decode().strip() == "('a',)"


POLICIES: Dict[str, Callable[[pathlib.Path], Policy]] = {
    "managed": lambda folder: Policy.from_file("aws:ReadOnlyAccess"),
    "a dict": lambda folder: Policy.from_json({"Statement": STATEMENT}, name="own"),
    "a text": lambda folder: Policy.from_json(json.dumps({"Statement": [STATEMENT]})),
    "named as one that AWS manages": lambda folder: Policy.from_json({"Statement": STATEMENT}, name="aws:ReadOnlyAccess"),
    "YAML": lambda folder: written(folder / "own.yaml", "Statement: {Effect: Allow, Action: 's3:*', Resource: '*'}"),
    "an output": lambda folder: written(
        folder / "out.json",
        json.dumps({"RoleName": "ci", "PolicyName": "deploy", "PolicyDocument": {"Statement": [STATEMENT]}}),
    ),
    "a text in an output": lambda folder: written(
        folder / "out.json", json.dumps({"PolicyVersion": {"Document": json.dumps({"Statement": [STATEMENT]})}})
    ),
}


def written(path: pathlib.Path, text: str) -> Policy:
    path.write_text(text)
    policy = Policy.from_file(path)
    path.unlink()
    return policy


@pytest.mark.parametrize("kind", POLICIES)
def test_policies(kind: str, tmp_path: pathlib.Path) -> None:
    policy = POLICIES[kind](tmp_path)
    again = pickle.loads(pickle.dumps(policy))
    assert again == policy and again.to_json() == policy.to_json()
    sets = [PolicySet(identity=one) for one in (policy, again)]
    one, other = (policies.simulate("s3:GetObject", resource="arn:aws:s3:::reports/x").to_dict() for policies in sets)
    assert one == other


ALLOW = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}


@pytest.mark.parametrize(
    "arguments",
    [
        {"identity": ALLOW},
        {"identity": [], "boundary": ALLOW},
        {"identity": [ALLOW, Policy.from_file("aws:ReadOnlyAccess")], "boundary": {"Statement": STATEMENT}},
        {"identity": ALLOW, "scps": [ALLOW, [ALLOW, {"Statement": STATEMENT}]]},
        {"identity": ALLOW, "scps": [ALLOW, []]},
        {"resource": {"Statement": {**STATEMENT, "Principal": "*"}}},
    ],
)
def test_policy_sets(arguments: Dict[str, Any]) -> None:
    policies = PolicySet(**arguments)
    again = pickle.loads(pickle.dumps(policies))
    for action in ("s3:GetObject", "s3:PutObject"):
        one, other = (
            these.simulate(action, principal="arn:aws:iam::123456789012:user/a", resource="arn:aws:s3:::reports/x")
            for these in (policies, again)
        )
        assert one.to_dict() == other.to_dict()


def test_another_version_is_refused() -> None:
    for thing in (World.example("force-mfa"), Policy.from_json(ALLOW)):
        pickled = pickle.dumps(thing, protocol=0)
        assert iameval.__version__.encode() in pickled
        with pytest.raises(ValueError, match="install the same version everywhere"):
            pickle.loads(pickled.replace(iameval.__version__.encode(), b"0.0.9", 1))
