"""Exports the IAM state of moto into a world, and asks `iameval serve` what moto is asked: who has which policies, and what moto,
which enforces policies, lets through.

    .ci/serve_moto.py PROGRAM
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

PROGRAM = sys.argv[1]
os.environ.update({"AWS_ACCESS_KEY_ID": "dummy", "AWS_SECRET_ACCESS_KEY": "dummy", "AWS_DEFAULT_REGION": "us-east-1",
                   "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null",
                   "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"})

import boto3  # noqa: E402
from botocore.exceptions import ClientError  # noqa: E402
from moto import mock_aws  # noqa: E402
from moto.core import set_initial_no_auth_action_count  # noqa: E402

checks = 0


def same(found, wanted, what=""):
    global checks
    checks += 1
    assert found == wanted, f"{what}: found {found!r}, wanted {wanted!r}"


def statement(effect, actions):
    return {"Effect": effect, "Action": actions, "Resource": "*"}


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def fill(iam):
    """Users, a group and a role, with policies of every way to have one; the keys of the users."""
    iam.create_group(GroupName="Staff")
    iam.put_group_policy(GroupName="Staff", PolicyName="reading",
                         PolicyDocument=policy(statement("Allow", ["s3:List*", "sqs:ListQueues"])))
    managed = iam.create_policy(PolicyName="compute", Path="/team/", PolicyDocument=policy(
        statement("Allow", ["ec2:Describe*", "iam:ListUsers"]), statement("Deny", "ec2:DescribeImages")))["Policy"]["Arn"]
    keys = {}
    for name in ("ana", "ben", "eve"):
        iam.create_user(UserName=name, Path="/people/", Tags=[{"Key": "name", "Value": name}])
        key = iam.create_access_key(UserName=name)["AccessKey"]
        keys[name] = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    iam.add_user_to_group(GroupName="Staff", UserName="ana")
    iam.attach_user_policy(UserName="ana", PolicyArn=managed)
    iam.put_user_policy(UserName="ben", PolicyName="own",
                        PolicyDocument=policy(statement("Allow", "*"), statement("Deny", ["s3:*", "sns:List*"])))
    iam.create_role(RoleName="deploy", AssumeRolePolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"},
                                                "Action": "sts:AssumeRole"}]}))
    iam.attach_role_policy(RoleName="deploy", PolicyArn=managed)
    iam.put_role_policy(RoleName="deploy", PolicyName="own", PolicyDocument=policy(statement("Allow", "sns:Publish")))
    return keys, managed


def readings(iam, managed):
    """What clients read of users, groups, roles and policies, without what a dump does not have."""
    without = {"ResponseMetadata", "CreateDate", "UpdateDate", "RoleLastUsed", "Description", "PolicyId", "GroupId", "UserId",
               "RoleId", "AttachmentCount", "PermissionsBoundaryUsageCount", "MaxSessionDuration", "IsTruncated", "Tags"}

    def pruned(node):
        if isinstance(node, dict):
            return {key: pruned(value) for key, value in node.items() if key not in without}
        return [pruned(item) for item in node] if isinstance(node, list) else node

    for call, arguments in [
        *[(iam.get_user, {"UserName": name}) for name in ("ana", "ben", "eve")],
        *[(iam.list_groups_for_user, {"UserName": name}) for name in ("ana", "ben")],
        *[(iam.list_attached_user_policies, {"UserName": name}) for name in ("ana", "ben", "eve")],
        *[(iam.list_user_policies, {"UserName": name}) for name in ("ana", "ben", "eve")],
        (iam.get_user_policy, {"UserName": "ben", "PolicyName": "own"}),
        (iam.get_group, {"GroupName": "Staff"}),
        (iam.get_group_policy, {"GroupName": "Staff", "PolicyName": "reading"}),
        (iam.list_group_policies, {"GroupName": "Staff"}),
        (iam.get_role, {"RoleName": "deploy"}),
        (iam.list_attached_role_policies, {"RoleName": "deploy"}),
        (iam.list_role_policies, {"RoleName": "deploy"}),
        (iam.get_role_policy, {"RoleName": "deploy", "PolicyName": "own"}),
        (iam.get_policy, {"PolicyArn": managed}),
        (iam.get_policy_version, {"PolicyArn": managed, "VersionId": "v1"}),
        (iam.list_users, {}),
        (iam.list_roles, {}),
    ]:
        yield f"{call.__name__}({arguments})", pruned(call(**arguments))


# What is called of which service, and the action that it needs.
CALLS = [
    ("s3", "list_buckets", "s3:ListAllMyBuckets"),
    ("ec2", "describe_instances", "ec2:DescribeInstances"),
    ("ec2", "describe_images", "ec2:DescribeImages"),
    ("ec2", "describe_vpcs", "ec2:DescribeVpcs"),
    ("iam", "list_users", "iam:ListUsers"),
    ("iam", "list_roles", "iam:ListRoles"),
    ("sqs", "list_queues", "sqs:ListQueues"),
    ("sns", "list_topics", "sns:ListTopics"),
]


@set_initial_no_auth_action_count(0)
def enforced(keys):
    """What moto lets through for whom."""
    let_through = {}
    for name, key in keys.items():
        for service, call, action in CALLS:
            try:
                getattr(boto3.client(service, **key), call)()
                let_through[name, action] = True
            except ClientError as error:
                # Services have codes of their own for it.
                same(error.response["ResponseMetadata"]["HTTPStatusCode"], 403)
                let_through[name, action] = False
    return let_through


def main():
    with mock_aws():
        iam = boto3.client("iam")
        keys, managed = fill(iam)
        dump = iam.get_account_authorization_details(Filter=["User", "Group", "Role", "LocalManagedPolicy"])
        told = dict(readings(iam, managed))
        let_through = enforced(keys)
    dump.pop("ResponseMetadata")
    with tempfile.TemporaryDirectory() as name:
        path = pathlib.Path(name) / "dump.json"
        path.write_text(json.dumps(dump, default=str))
        server = subprocess.Popen([PROGRAM, "serve", "-w", str(path), "--listen", "127.0.0.1:0"],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            iam = boto3.client("iam", endpoint_url=server.stdout.readline().strip())
            for what, found in readings(iam, managed):
                same(found, told[what], what)
            for user in keys:
                results = iam.simulate_principal_policy(
                    PolicySourceArn=f"arn:aws:iam::123456789012:user/people/{user}",
                    ActionNames=[action for *_, action in CALLS])["EvaluationResults"]
                for result in results:
                    asked = (user, result["EvalActionName"])
                    same(result["EvalDecision"] == "allowed", let_through[asked], asked)
        finally:
            server.terminate()
    same({True, False}, set(let_through.values()))
    print(f"{checks} passed, 0 failed")


main()
