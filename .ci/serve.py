"""Asks `iameval serve` with boto3 and the AWS CLI what the fixtures of the server ask, and what only clients do: pages, errors
as exceptions, another world while requests go on, the end.

    .ci/serve.py PROGRAM AWS
"""

import concurrent.futures
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

PROGRAM, AWS = sys.argv[1:3]
KEYS = {"AWS_ACCESS_KEY_ID": "dummy", "AWS_SECRET_ACCESS_KEY": "dummy", "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
os.environ.update(KEYS)

import boto3  # noqa: E402
from botocore.exceptions import ClientError  # noqa: E402

WORLD = """
version: 1
account: "123456789012"
policies:
  force-mfa: force-mfa.json
  limit: {Version: "2012-10-17", Statement: {Effect: Allow, Action: ["s3:*", "iam:*"], Resource: "*"}}
groups: {Staff: [force-mfa]}
principals:
  jane:
    user: people/jane
    groups: [Staff]
    boundary: limit
    tags: {team: billing}
    policies:
      - {Version: "2012-10-17", Statement: [{Sid: Read, Effect: Allow, Action: "s3:Get*", Resource: "*"}]}
  deploy:
    role: ci/deploy
    policies: ["aws:AmazonS3ReadOnlyAccess"]
    trust: {Version: "2012-10-17", Statement: {Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: "sts:AssumeRole"}}
"""
FORCE_MFA = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "NoMfa", "Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*",
     "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}},
    {"Effect": "Allow", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::b/${aws:username}"}
  ]
}"""
ALLOW = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]})
checks = 0


def same(found, wanted, what=""):
    global checks
    checks += 1
    assert found == wanted, f"{what}: found {found!r}, wanted {wanted!r}"


def refused(code, status, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        same((error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]), (code, status))
        return error.response["Error"]["Message"]
    raise AssertionError(f"{code}: not refused")


def start(folder, *flags):
    server = subprocess.Popen([PROGRAM, "serve", "-w", str(folder / "world.yaml"), "--listen", "127.0.0.1:0", *flags],
                              stdout=subprocess.PIPE, stderr=open(folder / "log", "a"), text=True)
    return server, server.stdout.readline().strip()


def wait_for(condition):
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def simulator(iam):
    jane = "arn:aws:iam::123456789012:user/jane"
    results = iam.simulate_custom_policy(PolicyInputList=[ALLOW], ActionNames=["s3:GetObject", "s3:PutObject"],
                                         ResourceArns=["arn:aws:s3:::b/k"])["EvaluationResults"]
    same([result["EvalDecision"] for result in results], ["allowed", "implicitDeny"])
    same(results[0]["MatchedStatements"][0], {
        "SourcePolicyId": "PolicyInputList.1", "SourcePolicyType": "IAM Policy", "StartPosition": {"Line": 1, "Column": 41},
        "EndPosition": {"Line": 1, "Column": 98}})
    same(results[0]["ResourceSpecificResults"][0]["EvalResourceDecision"], "allowed")
    same(results[0]["EvalDecisionDetails"], {})
    results = iam.simulate_principal_policy(
        PolicySourceArn=jane, ActionNames=["s3:DeleteObject"], ResourceArns=["arn:aws:s3:::b/jane"], ContextEntries=[
            {"ContextKeyName": "aws:MultiFactorAuthPresent", "ContextKeyValues": ["false"], "ContextKeyType": "boolean"}],
    )["EvaluationResults"]
    same(results[0]["EvalDecision"], "explicitDeny")
    same([matched["SourcePolicyId"] for matched in results[0]["MatchedStatements"]], ["force-mfa"])
    same(results[0]["PermissionsBoundaryDecisionDetail"], {"AllowedByPermissionsBoundary": True})
    results = iam.simulate_principal_policy(PolicySourceArn=jane, ActionNames=["s3:GetObject", "s3:PutObject"],
                                            ResourceArns=["arn:aws:s3:::b/k"])["EvaluationResults"]
    same(results[0]["MatchedStatements"][0]["SourcePolicyId"], "user_jane_0")
    same(results[1]["MissingContextValues"], ["aws:MultiFactorAuthPresent", "aws:username"])
    excluded = iam.simulate_principal_policy(PolicySourceArn=jane, ActionNames=["s3:GetObject"],
                                             PolicyExclusionList=[{"PolicyType": "inline"}]) if "PolicyExclusionList" in \
        iam.meta.service_model.operation_model("SimulatePrincipalPolicy").input_shape.members else None
    if excluded:
        same(excluded["EvaluationResults"][0]["EvalDecision"], "implicitDeny")
    actions = [f"s3:Get{number}" for number in range(25)]
    pages = iam.get_paginator("simulate_custom_policy").paginate(
        PolicyInputList=[ALLOW], ActionNames=actions, PaginationConfig={"PageSize": 10})
    same([result["EvalActionName"] for page in pages for result in page["EvaluationResults"]], actions, "pages")
    pages = iam.get_paginator("simulate_principal_policy").paginate(
        PolicySourceArn=jane, ActionNames=actions, PaginationConfig={"PageSize": 7})
    same(len([result for page in pages for result in page["EvaluationResults"]]), 25)
    same(iam.get_context_keys_for_custom_policy(PolicyInputList=[FORCE_MFA])["ContextKeyNames"],
         ["aws:MultiFactorAuthPresent", "aws:username"])
    same(iam.get_context_keys_for_principal_policy(PolicySourceArn=jane)["ContextKeyNames"],
         ["aws:MultiFactorAuthPresent", "aws:username"])
    same(iam.simulate_custom_policy(PolicyInputList=[], ActionNames=["s3:GetObject"])["EvaluationResults"][0]["EvalDecision"],
         "implicitDeny")


def errors(iam):
    custom, principal = iam.simulate_custom_policy, iam.simulate_principal_policy
    same(refused("InvalidInput", 400, custom, PolicyInputList=["{"], ActionNames=["s3:GetObject"]),
         "Policy input list item 1 has invalid content")
    same(refused("InvalidInput", 400, custom, PolicyInputList=[ALLOW], ActionNames=["GetObject"]),
         "The action is invalid since it is missing names")
    same(refused("InvalidInput", 400, custom, PolicyInputList=[ALLOW], ActionNames=["s3:GetObject"], ResourceArns=["b"]),
         "ResourceNames are not in a valid ARN format: b.")
    same(refused("NoSuchEntity", 404, principal, PolicySourceArn="arn:aws:iam::123456789012:user/nobody",
                 ActionNames=["s3:GetObject"]), "Unable to retrieve specified IAM entity.")
    same(refused("InvalidInput", 400, principal, PolicySourceArn="arn:aws:iam::111122223333:user/jane",
                 ActionNames=["s3:GetObject"]),
         "Invalid Policy Source Arn: caller's account 123456789012 does not have access to policies in account 111122223333.")
    refused("NoSuchEntity", 404, iam.get_user, UserName="nobody")
    message = refused("InvalidAction", 400, iam.create_user, UserName="x")
    assert "SimulateCustomPolicy" in message, message


def directory(iam):
    user = iam.get_user(UserName="jane")["User"]
    same((user["Path"], user["Arn"], user["Tags"]),
         ("/people/", "arn:aws:iam::123456789012:user/people/jane", [{"Key": "team", "Value": "billing"}]))
    role = iam.get_role(RoleName="deploy")["Role"]
    same(role["AssumeRolePolicyDocument"]["Statement"]["Action"], "sts:AssumeRole")
    policy = iam.list_attached_role_policies(RoleName="deploy")["AttachedPolicies"][0]
    same(policy["PolicyName"], "AmazonS3ReadOnlyAccess")
    version = iam.get_policy(PolicyArn=policy["PolicyArn"])["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=policy["PolicyArn"], VersionId=version)["PolicyVersion"]["Document"]
    same(document["Version"], "2012-10-17")
    same(iam.list_user_policies(UserName="jane")["PolicyNames"], ["0"])
    same(iam.get_user_policy(UserName="jane", PolicyName="0")["PolicyDocument"]["Statement"][0]["Sid"], "Read")
    same([group["GroupName"] for group in iam.list_groups_for_user(UserName="jane")["Groups"]], ["Staff"])
    same([user["UserName"] for user in iam.get_group(GroupName="Staff")["Users"]], ["jane"])
    same(iam.list_attached_group_policies(GroupName="Staff")["AttachedPolicies"][0]["PolicyName"], "force-mfa")
    same(iam.list_attached_user_policies(UserName="jane")["AttachedPolicies"], [])
    same(iam.list_group_policies(GroupName="Staff")["PolicyNames"], [])
    same(iam.list_role_policies(RoleName="deploy")["PolicyNames"], [])
    same([user["UserName"] for page in iam.get_paginator("list_users").paginate() for user in page["Users"]], ["jane"])
    same([role["RoleName"] for role in iam.list_roles()["Roles"]], ["deploy"])
    same(sorted(policy["PolicyName"] for policy in iam.list_policies(Scope="Local")["Policies"]), ["force-mfa", "limit"])
    details = iam.get_paginator("get_account_authorization_details").paginate(PaginationConfig={"PageSize": 2})
    names = [entity[name] for page in details for part, name in [("UserDetailList", "UserName"), ("RoleDetailList", "RoleName"),
                                                                ("GroupDetailList", "GroupName"), ("Policies", "PolicyName")]
             for entity in page[part]]
    same(sorted(names), ["AmazonS3ReadOnlyAccess", "Staff", "deploy", "force-mfa", "jane", "limit"])


def cli(url):
    def aws(*words, status=0):
        done = subprocess.run([AWS, "--endpoint-url", url, "--output", "json", *words], capture_output=True, text=True,
                              env={**os.environ, **KEYS})
        same(done.returncode, status, done.stderr)
        return json.loads(done.stdout) if done.stdout else done.stderr
    same(aws("iam", "simulate-custom-policy", "--policy-input-list", ALLOW, "--action-names", "s3:GetObject",
             "--context-entries", "ContextKeyName=aws:SourceIp,ContextKeyValues=203.0.113.7,ContextKeyType=ip",
             )["EvaluationResults"][0]["EvalDecision"], "allowed")
    same(aws("iam", "simulate-principal-policy", "--policy-source-arn", "arn:aws:iam::123456789012:role/deploy",
             "--action-names", "s3:GetObject", "s3:PutObject", "--query", "EvaluationResults[].EvalDecision"),
         ["allowed", "implicitDeny"])
    same(aws("iam", "get-context-keys-for-principal-policy", "--policy-source-arn",
             "arn:aws:iam::123456789012:role/deploy")["ContextKeyNames"], [])
    same(aws("sts", "get-caller-identity")["Account"], "123456789012")
    error = aws("iam", "simulate-custom-policy", "--policy-input-list", "{", "--action-names", "s3:GetObject", status=255)
    assert "(InvalidInput)" in error, error


def json_api(url):
    def post(path, text):
        request = urllib.request.Request(url + path, data=text.encode(), headers={"Content-Type": "application/json"})
        try:
            answer = urllib.request.urlopen(request)
        except urllib.error.HTTPError as error:
            answer = error
        return answer.status, [json.loads(line) for line in answer.read().decode().splitlines()] if "batch" in path else \
            json.loads(answer.read())
    request = {"request": {"action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"}, "policies": {"identity": json.loads(ALLOW)}}
    status, result = post("/v1/simulate", json.dumps(request, indent=2))
    same((status, result["decision"]), (200, "allowed"))
    same(post("/v1/simulate", "{")[0], 400)
    asked = {"request": {"principal": "jane", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"}}
    same(post("/v1/simulate", json.dumps(asked))[1]["decision"], "allowed")
    status, result = post("/v1/explain", json.dumps(asked))
    same((status, result["results"][0]["decision"]), (200, "allowed"))
    lines = [{"define": "read", "policies": request["policies"]}] + \
        [{"id": str(number), "request": request["request"], "policy_set": "read"} for number in range(1000)] + [{"no": "request"}]
    status, results = post("/v1/batch", "\n".join(map(json.dumps, lines)))
    same((len(results), results[999]["id"], results[0]["decision"]), (1001, "999", "allowed"))
    assert "error" in results[1000], results[1000]
    codes = [finding["code"] for finding in post("/v1/check?type=identity", ALLOW.replace("s3:Get*", "s3:Gett*"))[1]["findings"]]
    assert codes, "a pattern that matches no action is a finding"
    same(post("/v1/check?type=nonsense", ALLOW)[0], 400)
    assert json.loads(urllib.request.urlopen(url + "/v1/world").read())["principals"]
    same(json.loads(urllib.request.urlopen(url + "/v1/openapi.json").read())["openapi"], "3.1.0")


def reload(iam, folder):
    def decision(_=None):
        return iam.simulate_principal_policy(PolicySourceArn="arn:aws:iam::123456789012:user/jane",
                                             ActionNames=["s3:GetObject"])["EvaluationResults"][0]["EvalDecision"]
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        asked = threads.map(decision, range(400))
        (folder / "world.yaml").write_text("nonsense: [")
        wait_for(lambda: "reload failed" in (folder / "log").read_text())
        same(decision(), "allowed", "the last good world stays")
        (folder / "world.yaml").write_text(WORLD.replace("s3:Get*", "s3:List*"))
        wait_for(lambda: decision() == "implicitDeny")
        assert set(asked) <= {"allowed", "implicitDeny"}
    log = (folder / "log").read_text()
    assert "dummy" not in log and "Effect" not in log, log
    same([json.loads(line)["event"] for line in log.splitlines()], ["listening", "reload failed", "reloaded"])


def safety(url):
    def status(host=None, origin=None):
        headers = {key: value for key, value in [("Host", host), ("Origin", origin)] if value}
        try:
            return urllib.request.urlopen(urllib.request.Request(url + "/healthz", headers=headers)).status
        except urllib.error.HTTPError as error:
            return error.code
    same((status(), status(host="evil.example"), status(origin="https://evil.example")), (200, 403, 403))
    metrics = urllib.request.urlopen(url + "/metrics").read().decode()
    assert 'operation="SimulateCustomPolicy",status="200"' in metrics, metrics
    host, port = url.removeprefix("http://").split(":")
    done = subprocess.run([PROGRAM, "serve", "--listen", "0.0.0.0:0"], capture_output=True, text=True)
    same(done.returncode, 2)
    assert "--allow-remote" in done.stderr, done.stderr
    # Two requests at once on one connection, and one that is asked to go on.
    body = b"Action=GetCallerIdentity&Version=2011-06-15"
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n" % len(body)
    with socket.create_connection((host, int(port))) as peer:
        peer.sendall((head + b"\r\n" + body) * 2 + head + b"Expect: 100-continue\r\nConnection: close\r\n\r\n")
        got = b""
        while b"100 Continue" not in got:
            got += peer.recv(65536)
        peer.sendall(body)
        while part := peer.recv(65536):
            got += part
        same(got.count(b"HTTP/1.1 200 OK"), 3)


def hostile(url):
    """What is made to take long does not, and what nests deep is refused."""
    stars = "*a" * 30 + "*b"
    policies = {
        "deep": '{"Statement":' + "[" * 100_000 + "]" * 30_000,
        "stars": json.dumps({"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": [stars] * 1500}]}),
        "statements": json.dumps({"Statement": [{"Effect": "Allow", "Action": f"s3:G*{number}*", "Resource": "*"}
                                                for number in range(1500)]}),
        "bounded": json.dumps({"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": [stars] * 100}]}),
    }
    for name, policy in policies.items():
        fields = {"Action": "SimulateCustomPolicy", "PolicyInputList.member.1": policy, "MaxItems": "1000"}
        fields |= {f"ActionNames.member.{number}": f"s3:Get{number}" for number in range(1, 1001)}
        fields |= {f"ResourceArns.member.{number}": "arn:aws:s3:::" + "a" * 1000 + str(number) for number in range(1, 31)}
        began = time.monotonic()
        try:
            status = urllib.request.urlopen(url, urllib.parse.urlencode(fields).encode(), timeout=60).status
        except urllib.error.HTTPError as error:
            status = error.code
        took = time.monotonic() - began
        same(status in (200, 400) and took < 10, True, f"{name}: {status} after {took:.1f} s")


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "world.yaml").write_text(WORLD)
        (folder / "force-mfa.json").write_text(FORCE_MFA)
        server, url = start(folder, "--reload", "--once-ready", str(folder / "ready"))
        try:
            wait_for((folder / "ready").exists)
            same((folder / "ready").read_text().strip(), url)
            os.environ["AWS_ENDPOINT_URL_IAM"] = url
            iam = boto3.client("iam")
            same(boto3.client("sts", endpoint_url=url).get_caller_identity()["Account"], "123456789012")
            simulator(iam)
            errors(iam)
            directory(iam)
            cli(url)
            json_api(url)
            safety(url)
            hostile(url)
            (folder / "log").write_text("".join((folder / "log").read_text().splitlines(True)[:1]))
            reload(iam, folder)
            server.send_signal(signal.SIGTERM)
            same(server.wait(10), 0)
        finally:
            server.kill()
    print(f"{checks} passed, 0 failed")


main()
