"""Runs what docs/ci.md, action.yml and .pre-commit-hooks.yaml tell CI servers to run, in a repository of `iameval init`.

Takes a folder, and leaves the snippets of the page in it. The program is IAMEVAL.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import read_junit
import yaml
from read_junit import expect

ROOT = pathlib.Path(__file__).resolve().parent.parent
IAMEVAL = os.environ["IAMEVAL"]
# GitHub's own way to start `shell: bash`.
BASH = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"]
# Wrong, and still a policy that a world can be made of.
WRONG = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "GetObject", "Resource": "*"}}'


def run(command, folder, expected, **environment):
    """What a command prints, if it exits as expected."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "GIT_"))}
    done = subprocess.run(
        command, cwd=folder, env=outside | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode != expected:
        sys.exit(f"{command}: exit status {done.returncode}, expected {expected}\n{done.stdout}")
    return done.stdout


def snippets(work):
    """The blocks of the page whose fence says `yaml NAME`, as files and read."""
    blocks = dict(re.findall(r"^```yaml (\S+)\n(.*?)^```$", (ROOT / "docs/ci.md").read_text(), re.M | re.S))
    expect("snippets", sorted(blocks), ["github", "gitlab", "pre-commit"])
    for name, text in blocks.items():
        (work / f"{name}.yml").write_text(text)
    return {name: yaml.safe_load(text) for name, text in blocks.items()}


def repository(folder):
    """A repository whose policies have no findings."""
    folder.mkdir()
    run([IAMEVAL, "init"], folder, 0)
    run(["git", "init", "--quiet"], folder, 0)
    run(["git", "add", "."], folder, 0)
    return folder


def spoil_policy(repository):
    (repository / "policies/developer.json").write_text(WRONG)


def spoil_test(repository):
    tests = repository / "policies.iamtest.yaml"
    tests.write_text(tests.read_text().replace("expect: implicit", "expect: allow"))


def action(work, github):
    steps = yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"]
    for step in steps:
        # What stands in braces is put into the script before the shell reads it.
        expect("braces in " + step["name"], "${{" in step.get("run", ""), False)
    output = work / "output"
    environment = {"GITHUB_ACTION_PATH": str(ROOT), "GITHUB_OUTPUT": str(output), "RUNNER_TEMP": "/temp"}
    run([*BASH, steps[0]["run"]], work, 0, RUNNER_OS="Linux", RUNNER_ARCH="X64", **environment)
    named = re.fullmatch(r"key=iameval-Linux-X64-[0-9a-f]{64}\nroot=/temp/iameval\n", output.read_text())
    expect("name of the build", named is not None, True)
    script = steps[-1]["run"]
    folder = repository(work / "action")
    (folder / "wrong.json").write_text(WRONG)
    (folder / "bin").mkdir()
    (folder / "bin/iameval").symlink_to(IAMEVAL)

    def runs(commands, expected):
        path = f"{folder / 'bin'}:{os.environ['PATH']}"
        return run([*BASH, script], folder, expected, COMMANDS=commands, PATH=path)

    runs("check", 0)
    runs("\n  check \t --fail-on  error \r\n\n", 0)
    printed = runs("check wrong.json\ncheck", 1)
    expect("commands", re.findall(r"^\$ .*", printed, re.M), ["$ iameval check wrong.json", "$ iameval check"])
    runs("check --no-such-flag\ncheck wrong.json", 2)
    runs("check $(touch broken) `touch broken` ; touch broken & touch broken", 2)
    runs("check *", 2)
    expect("a shell read the commands", (folder / "broken").exists(), False)
    [step] = [step for step in github["jobs"]["policies"]["steps"] if step["uses"].startswith("iameval/")]
    runs(step["with"]["commands"], 0)
    expect("SARIF", json.loads((folder / "iameval.sarif").read_text())["version"], "2.1.0")
    spoil_test(folder)
    runs(step["with"]["commands"], 1)


def gitlab(work, jobs):
    folder = repository(work / "gitlab")
    (folder / ".iameval/bin").mkdir(parents=True)
    (folder / ".iameval/bin/iameval").symlink_to(IAMEVAL)

    def runs(name, expected):
        """What a job prints, and its report."""
        job = jobs[name]
        for line in jobs[job["extends"]]["before_script"]:
            run([*BASH, line], folder, 0)
        [line] = job["script"]
        printed = run([*BASH, line], folder, expected)
        [report] = job["artifacts"]["reports"].values()
        return printed, folder / report

    _, report = runs("iameval check", 0)
    expect("findings", json.loads(report.read_text()), [])
    _, report = runs("iameval test", 0)
    xml = read_junit.read(report)
    expect("failures", (xml.failures, xml.errors, xml.tests > 0), (0, 0, True))
    spoil_test(folder)
    printed, report = runs("iameval test", 1)
    xml = read_junit.read(report)
    passed, failed = re.search(r"^(\d+) passed, (\d+) failed", printed, re.M).groups()
    expect("failures", (xml.tests - xml.failures, xml.failures), (int(passed), int(failed)))
    spoil_policy(folder)
    _, report = runs("iameval check", 1)
    [finding] = json.loads(report.read_text())
    expect("place", finding["location"], {"path": "policies/developer.json", "lines": {"begin": 1}})


def hooks(work, config):
    """The hooks in pre-commit. Their build is left out: a `cargo` of ours starts the program that is built already."""
    source = work / "hooks"
    source.mkdir()
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", source)
    shutil.copytree(ROOT / "hooks", source / "hooks")
    run(["git", "init", "--quiet"], source, 0)
    run(["git", "add", "."], source, 0)
    run(["git", "-c", "user.name=CI", "-c", "user.email=ci@localhost", "commit", "--quiet", "-m", "Hooks"], source, 0)
    bin = work / "bin"
    bin.mkdir()
    cargo = bin / "cargo"
    cargo.write_text('#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec "$IAMEVAL" "$@"\n')
    cargo.chmod(0o755)
    path = f"{bin}:{os.environ['PATH']}"
    folder = repository(work / "user")

    def tries(hook, expected, *files):
        return run(["pre-commit", "try-repo", str(source), hook, *files], folder, expected, PATH=path)

    (folder / "notes.txt").write_text("nothing for a hook")
    for hook in ["iameval-check", "iameval-test"]:
        expect("Passed", "Passed" in tries(hook, 0, "--all-files"), True)
        expect("Skipped", "Skipped" in tries(hook, 0, "--files", "notes.txt"), True)
    spoil_test(folder)
    expect("failed test", "1 failed" in tries("iameval-test", 1, "--all-files"), True)
    spoil_policy(folder)
    expect("finding", "error[IE0312]" in tries("iameval-check", 1, "--all-files"), True)

    # The configuration of the page, with the hooks of this checkout.
    [repo] = config["repos"]
    repo["repo"] = str(source)
    repo["rev"] = run(["git", "rev-parse", "HEAD"], source, 0).strip()
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    run(["git", "add", "."], folder, 0)
    printed = run(["pre-commit", "run", "--all-files"], folder, 1, PATH=path)
    expect("hooks that failed", printed.count("Failed\n"), 2)


def main():
    work = pathlib.Path(sys.argv[1])
    page = snippets(work)
    action(work, page["github"])
    gitlab(work, page["gitlab"])
    hooks(work, page["pre-commit"])


main()
