"""Asks `iameval mcp` with the MCP client library of Python: what an assistant does in a session, in a project whose files change.

    .ci/mcp_client.py PROGRAM
"""

import asyncio
import json
import pathlib
import sys
import tempfile

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

PROGRAM = sys.argv[1]
ANA = "arn:aws:iam::123456789012:user/ana"
REPORTS = "arn:aws:s3:::reports/*"
WORLD = """
version: 1
account: "123456789012"
principals:
  ana:
    user: ana
    policies: [{Version: "2012-10-17", Statement: {Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::reports/*"}}]
"""
TESTS = """
version: 1
use: world.yaml
tests:
  - {name: ana reads, principal: ana, action: "s3:GetObject", resource: "arn:aws:s3:::reports/q3.csv", expect: allow}
"""
checks = 0


def same(found, wanted, what=""):
    global checks
    checks += 1
    assert found == wanted, f"{what}: found {found!r}, wanted {wanted!r}"


def allow(actions, resource):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": resource}]}


async def refuse_what_grants_more(call):
    """The flow of a proposal: it is held against the needs, refused, mended, and passes."""
    needs = allow(["s3:GetObject", "s3:PutObject"], REPORTS)
    for proposal, passes in [(allow("s3:*", "*"), False), (allow("s3:*Object", REPORTS), False), (needs, True)]:
        found = await call("check_policy", policy=proposal, type="identity")
        same([finding for finding in found["findings"] if finding["severity"] == "error"], [])
        found = await call("diff", old=needs, new=proposal)
        same((found["gained"], found["undecided"]), (not passes, False))
        found = await call("prove", principal=ANA, policies=[proposal], expect="deny", actions="*",
                           except_actions=["s3:GetObject", "s3:PutObject"])
        same(found["verdict"], "holds" if passes else "refuted")
        found = await call("prove", principal=ANA, policies=[proposal], expect="allow", resources=REPORTS,
                           actions=["s3:GetObject", "s3:PutObject"])
        same(found["verdict"], "holds", "what is needed is granted")


async def session(folder):
    # Files are named from where the server runs.
    server = StdioServerParameters(command=PROGRAM, args=["mcp", "-w", "world.yaml"], cwd=folder)
    async with stdio_client(server) as (read, write), ClientSession(read, write) as client:
        introduced = await client.initialize()
        same(introduced.server_info.name, "iameval")
        tools = (await client.list_tools()).tools
        same([tool.name for tool in tools], ["check_policy", "diff", "expand_actions", "explain_denial", "find_action", "prove",
                                             "run_tests", "simulate"])
        same({tool.annotations.read_only_hint for tool in tools}, {True})

        async def call(tool, **arguments):
            result = await client.call_tool(tool, arguments)
            same(result.is_error, False, result.content)
            assert result.content[0].text.strip(), tool
            return result.structured_content

        found = await call("simulate", principal="ana", actions="s3:GetObject", resources="arn:aws:s3:::reports/q3.csv")
        same(found["results"][0]["decision"], "allowed")
        same((await call("find_action", text="aws s3api list-objects-v2"))["actions"][0]["action"], "s3:ListBucket")
        same(len((await call("expand_actions", patterns=["s3:Get*Acl"]))["actions"]), 3)
        message = f"User: {ANA} is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::reports/q3.csv " \
                  "because no identity-based policy allows the s3:PutObject action"
        same(len((await call("explain_denial", message=message))["denials"]), 1)
        await refuse_what_grants_more(call)

        same((await call("run_tests"))["failed"], 0)
        # An assistant edits files between calls.
        (folder / "world.yaml").write_text(WORLD.replace("s3:GetObject", "s3:ListBucket"))
        same((await call("run_tests"))["failed"], 1)
        found = await call("simulate", principal="ana", actions="s3:GetObject", resources="arn:aws:s3:::reports/q3.csv")
        same(found["results"][0]["decision"], "implicit_deny")
        (folder / "world.yaml").write_text("nonsense: [")
        wrong = await client.call_tool("simulate", {"principal": "ana", "actions": "s3:GetObject", "resources": "*"})
        same((wrong.is_error, "world.yaml" in wrong.content[0].text), (True, True), wrong.content)
        (folder / "world.yaml").write_text(WORLD)

        wrong = await client.call_tool("simulate", {"principals": "ana"})
        same((wrong.is_error, "did you mean `principal`" in wrong.content[0].text), (True, True), wrong.content)
        same([str(resource.uri) for resource in (await client.list_resources()).resources],
             ["iameval://world", "iameval://codes", "iameval://semantics"])
        same((await client.list_resource_templates()).resource_templates[0].uri_template, "iameval://codes/{code}")
        read = lambda uri: client.read_resource(uri)  # noqa: E731
        same(json.loads((await read("iameval://world")).contents[0].text)["principals"][0]["name"], "ana")
        assert "R-EVAL-01" in (await read("iameval://semantics")).contents[0].text
        assert "IE0203" in (await read("iameval://codes/IE0203")).contents[0].text


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "world.yaml").write_text(WORLD)
        (folder / "ana.iamtest.yaml").write_text(TESTS)
        before = sorted(path.name for path in folder.iterdir())
        asyncio.run(session(folder))
        same(sorted(path.name for path in folder.iterdir()), before, "nothing is written")
    print(f"{checks} passed, 0 failed")


main()
