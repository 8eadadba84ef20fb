"""The command that came with the package, where it did: a build for development has none."""

import subprocess
import sys
from typing import List

import iameval
import pytest
from iameval._command import find_command

try:
    COMMAND = find_command()
except FileNotFoundError:
    pytest.skip("this build has no command", allow_module_level=True)


@pytest.mark.parametrize("start", [[COMMAND], [sys.executable, "-m", "iameval"]])
def test_the_command_runs(start: List[str]) -> None:
    question = ["simulate", "--example", "force-mfa", "--as", "john.doe", "--mfa=false", "s3:ListAllMyBuckets"]
    ran = subprocess.run([*start, *question], capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (1, "")
    assert ran.stdout.startswith("deny   s3:ListAllMyBuckets")


def test_command_and_library_are_of_one_version() -> None:
    said = subprocess.run([COMMAND, "--version"], capture_output=True, text=True).stdout
    assert said == f"iameval {iameval.__version__}\n"
