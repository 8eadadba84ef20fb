"""Runs the fixture for pytest that the guide to `iameval serve` shows.

    .ci/serve_pytest.py PROGRAM
"""

import os
import pathlib
import re
import sys
import tempfile

import pytest

PROGRAM = pathlib.Path(sys.argv[1])
WORLD = """
version: 1
account: "123456789012"
principals:
  ana:
    user: ana
    policies: [{Version: "2012-10-17", Statement: {Effect: Allow, Action: "s3:GetObject", Resource: "*"}}]
"""
TEST = '''

@pytest.mark.parametrize("action, decision", [("s3:GetObject", "allowed"), ("s3:PutObject", "implicitDeny")])
def test_ana(iam, action, decision):
    found = iam.simulate_principal_policy(PolicySourceArn="arn:aws:iam::123456789012:user/ana", ActionNames=[action])
    assert found["EvaluationResults"][0]["EvalDecision"] == decision
'''

blocks = re.findall(r"```python\n(.*?)```", pathlib.Path("docs/serve.md").read_text(), re.S)
recipe = next(block for block in blocks if "@pytest.fixture" in block)
os.environ["PATH"] = f"{PROGRAM.parent}:{os.environ['PATH']}"
with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    (folder / "world.yaml").write_text(WORLD)
    (folder / "test_ana.py").write_text(recipe + TEST)
    os.chdir(folder)
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "--no-header"]))
