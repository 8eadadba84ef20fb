"""The plugin of pytest, in runs of pytest in folders of their own."""

import os
import pathlib
import re
import subprocess
import xml.etree.ElementTree
from typing import Dict, List

import pytest
from iameval._command import find_command

WORLD = """\
version: 1
account: "123456789012"
policies:
  reader:
    Statement:
      - {Sid: Reads, Effect: Allow, Action: "s3:Get*", Resource: "*"}
      - {Sid: NotHere, Effect: Deny, Action: "s3:GetObjectAcl", Resource: "*"}
principals: {jane: {user: jane, policies: [reader]}}
"""
TESTS = """\
version: 1
use: world.yaml
defaults: {resource: "arn:aws:s3:::reports/q3"}
tests:
  - {name: reads, actions: [s3:GetObject, s3:GetObjectTagging], expect: allow, tags: quick}
  - {name: writes, action: s3:PutObject, expect: allow}
  - name: states
    action: s3:GetObjectAcl
    mfa: [true, absent]
    expect: explicit
    because: reader#NotHere
  - {name: later, action: s3:PutObject, expect: allow, skip: not yet}
  - {name: known, actions: [s3:GetObject, s3:PutObject], expect: allow, xfail: to be settled}
"""
RED = "red.iamtest.yaml"


def command(pytester: pytest.Pytester, *arguments: str) -> str:
    """What the command prints; without one, as in builds for development, the test is skipped."""
    try:
        program = find_command()
    except FileNotFoundError:
        pytest.skip("this build has no command")
    # As wide as where there is no terminal.
    variables = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    return subprocess.run([program, *arguments], cwd=pytester.path, env=variables, capture_output=True, text=True).stdout


def write(pytester: pytest.Pytester, files: Dict[str, str]) -> None:
    for name, text in files.items():
        path = pytester.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    write(pytester, {"world.yaml": WORLD, RED: TESTS})
    return pytester


def passed(result: pytest.RunResult, **counts: int) -> None:
    result.assert_outcomes(**counts)
    assert "INTERNALERROR" not in result.stdout.str() + result.stderr.str()


def failures(text: str) -> List[str]:
    """Failures in the output of pytest or of the command, each without what is around it."""
    begin = re.compile(r"^FAIL  ", re.MULTILINE)
    starts = [match.start() for match in begin.finditer(text)]
    ends = starts[1:] + [len(text)]
    block = re.compile(r"^(_{3,}|={3,}|-{3,}|\d+ passed).*", re.MULTILINE)
    return [block.split(text[start:end])[0].strip() for start, end in zip(starts, ends)]


def test_checks_are_tests_with_the_ids_of_the_command(project: pytest.Pytester) -> None:
    listed = project.runpytest("--collect-only", "-q").outlines
    assert [line for line in listed if "::" in line] == [
        f"{RED}::reads [s3:GetObject]",
        f"{RED}::reads [s3:GetObjectTagging]",
        f"{RED}::writes",
        f"{RED}::states [mfa=true]",
        f"{RED}::states [mfa=absent]",
        f"{RED}::later",
        f"{RED}::known [s3:GetObject]",
        f"{RED}::known [s3:PutObject]",
    ]
    assert [line for line in listed if "::" in line] == command(project, "test", "--list").splitlines()


def test_outcomes_are_those_of_pytest(project: pytest.Pytester) -> None:
    result = project.runpytest("-rxs")
    passed(result, passed=5, failed=1, skipped=1, xfailed=1)
    for line in ["*to be settled", "SKIPPED*red.iamtest.yaml*: not yet"]:
        result.stdout.fnmatch_lines([line])


def test_a_failure_says_what_the_command_says(project: pytest.Pytester) -> None:
    [told] = failures(project.runpytest().stdout.str())
    assert told.startswith(f"FAIL  {RED}:6:50  writes\n  expected  allow\n  got       deny (implicit)")
    assert [told] == failures(command(project, "test"))


def test_one_check_alone_by_its_id(project: pytest.Pytester) -> None:
    passed(project.runpytest(f"{RED}::states [mfa=absent]"), passed=1)
    write(project, {"arns.iamtest.yaml": TESTS.replace("name: reads, actions: [s3:GetObject, s3:GetObjectTagging]",
        "name: arns, action: s3:GetObject, resources: ['arn:aws:s3:::a/b', 'arn:aws:s3:::c/d']")})
    passed(project.runpytest("arns.iamtest.yaml::arns [arn:aws:s3:::c/d]"), passed=1)


@pytest.mark.parametrize(
    "words, names", [("reads and Tagging", 1), ("quick", 2), ("states or writes", 3), ("not quick and not known", 4)]
)
def test_words_select(project: pytest.Pytester, words: str, names: int) -> None:
    listed = project.runpytest("--collect-only", "-q", "-k", words).outlines
    assert len([line for line in listed if "::" in line]) == names


def test_the_last_failures_run_again(project: pytest.Pytester) -> None:
    project.runpytest()
    passed(project.runpytest("--lf"), failed=1)
    write(project, {RED: TESTS.replace("action: s3:PutObject, expect: allow}", "action: s3:PutObject, expect: implicit}")})
    passed(project.runpytest("--lf"), passed=1)


def test_a_report_for_junit(project: pytest.Pytester) -> None:
    project.runpytest("--junitxml=report.xml")
    suite = xml.etree.ElementTree.parse(project.path / "report.xml").getroot()[0]
    assert [suite.get(count) for count in ("tests", "failures", "errors", "skipped")] == ["8", "1", "0", "2"]
    cases = {case.get("name"): case for case in suite}
    assert "states [mfa=absent]" in cases
    failure = cases["writes"].find("failure")
    assert failure is not None and (failure.text or "").startswith(f"FAIL  {RED}:6:50  writes")


def test_a_case_that_passes_although_it_must_fail_is_told_once(project: pytest.Pytester) -> None:
    case = "{name: known, actions: [s3:GetObject, s3:GetObjectTagging], expect: allow, xfail: once}"
    write(project, {RED: TESTS[: TESTS.index("  - {name: reads")] + f"  - {case}\n"})
    result = project.runpytest()
    passed(result, failed=1, passed=1)
    result.stdout.fnmatch_lines(["*it passed, but must fail (`xfail: once`)"])
    passed(project.runpytest("--lf"), failed=1)


SNAPSHOT = TESTS[: TESTS.index("  - {name: reads")] + (
    "  - {name: all, actions: [s3:GetObject, s3:PutObject], snapshot: snapshots/all.txt}\n"
)


def test_snapshots_are_compared(project: pytest.Pytester) -> None:
    write(project, {RED: SNAPSHOT})
    result = project.runpytest("-rs")
    passed(result, failed=1, skipped=1)
    result.stdout.fnmatch_lines(["*the snapshot `snapshots/all.txt` does not exist", "*`iameval test --update` writes the snapshot*"])
    right = "action        decision\ns3:GetObject  allow\ns3:PutObject  implicit\n"
    write(project, {"snapshots/all.txt": right})
    passed(project.runpytest(), passed=2)
    write(project, {"snapshots/all.txt": right.replace("implicit", "allow")})
    result = project.runpytest()
    passed(result, passed=1, failed=1)
    result.stdout.fnmatch_lines(["FAIL  snapshots/all.txt:3:15  all ?s3:PutObject?", "*s3:PutObject  implicit/allow"])
    write(project, {"snapshots/all.txt": right + "s3:DeleteObject  implicit\n"})
    result = project.runpytest("-k", "PutObject")
    passed(result, failed=1, deselected=1)
    result.stdout.fnmatch_lines(["*has 1 row that the case does not test"])


def test_an_answer_that_depends_on_what_is_not_given(project: pytest.Pytester) -> None:
    condition = '"*", Condition: {Bool: {"aws:MultiFactorAuthPresent": "false"}}}'
    write(project, {"world.yaml": WORLD.replace('"s3:GetObjectAcl", Resource: "*"}', f'"s3:GetObject", Resource: {condition}')})
    case = "{name: reads, action: s3:GetObject, expect: allow}"
    write(project, {RED: TESTS[: TESTS.index("  - {name: reads")] + f"  - {case}\n"})
    result = project.runpytest("-rP")
    passed(result, passed=1)
    result.stdout.fnmatch_lines(["*`reads`: an answer could change with keys that were not given*"])
    write(project, {RED: (project.path / RED).read_text().replace("defaults: {", "defaults: {strict_context: true, ")})
    result = project.runpytest()
    passed(result, failed=1)
    result.stdout.fnmatch_lines(["*give the key in the `context` of the case, or say that it is `absent`"])


def test_what_is_wrong_with_a_file_is_an_error_with_its_place(project: pytest.Pytester) -> None:
    write(project, {"wrong.iamtest.yaml": TESTS.replace("s3:PutObject, expect: allow}", "s3:PutObject, expct: allow}")})
    result = project.runpytest()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*ERROR collecting wrong.iamtest.yaml*", "error[[]IE*", "*--> wrong.iamtest.yaml:6:42"])
    passed(project.runpytest("--continue-on-collection-errors"), passed=5, failed=1, skipped=1, xfailed=1, errors=1)


def test_what_is_odd_in_a_file_is_a_warning(project: pytest.Pytester) -> None:
    write(project, {RED: TESTS.replace("expect: allow}", "expect: allow, context: {aws:SourceIpp: 192.0.2.1}}", 1)})
    result = project.runpytest()
    passed(result, passed=5, failed=1, skipped=1, xfailed=1, warnings=1)
    result.stdout.fnmatch_lines([f"*{RED}:6: IamWarning: warning*"])


def test_patterns_of_files(project: pytest.Pytester) -> None:
    write(project, {"world.yaml": WORLD, "iam/checks.yaml": TESTS.replace("world.yaml", "../world.yaml"), "a.iamtest.yml": TESTS})
    passed(project.runpytest(), passed=10, failed=2, skipped=2, xfailed=2)
    write(project, {"pytest.ini": "[pytest]\niameval_files = iam/*.yaml\n"})
    listed = project.runpytest("--collect-only", "-q").outlines
    assert {line.split("::")[0] for line in listed if "::" in line} == {"iam/checks.yaml"}


def test_workers_of_xdist(project: pytest.Pytester) -> None:
    for number in range(3):
        write(project, {f"more{number}.iamtest.yaml": TESTS})
    alone = project.runpytest_subprocess("--iameval-coverage", "--iameval-coverage=lcov:alone.info")
    shared = project.runpytest_subprocess("--iameval-coverage", "--iameval-coverage=lcov:shared.info", "-n", "2")
    passed(shared, passed=20, failed=4, skipped=4, xfailed=4)
    assert sorted(failures(shared.stdout.str())) == sorted(failures(alone.stdout.str()))
    assert coverage(shared) == coverage(alone)
    assert (project.path / "shared.info").read_text() == (project.path / "alone.info").read_text()


def coverage(result: pytest.RunResult) -> str:
    """What is said of coverage, up to the next title of pytest."""
    told = result.stdout.str().split("coverage of IAM policies", 1)[1].split("\n", 1)[1]
    return re.split(r"^=+ ", told, flags=re.MULTILINE)[0].strip()


def test_coverage_is_that_of_the_command(project: pytest.Pytester) -> None:
    told = coverage(project.runpytest("--iameval-coverage=table"))
    assert told.startswith("decided  matched  entries  conditions  covered  policy")
    assert told in command(project, "test", "--coverage")
    listing = coverage(project.runpytest("--iameval-coverage=listing"))
    assert listing.startswith("reader") and listing in command(project, "test", "--coverage=listing")
    project.runpytest("--iameval-coverage=lcov:ours.info")
    command(project, "test", "--coverage=lcov:theirs.info")
    assert (project.path / "ours.info").read_text() == (project.path / "theirs.info").read_text()


def test_coverage_is_of_what_ran(project: pytest.Pytester) -> None:
    assert "NotHere" not in coverage(project.runpytest("--iameval-coverage"))
    assert "NotHere" in coverage(project.runpytest("--iameval-coverage", "-k", "reads"))
    assert "coverage of" not in project.runpytest("--iameval-coverage", "-k", "later").stdout.str()


def test_forms_of_coverage_that_are_none(project: pytest.Pytester) -> None:
    for form, said in [("lcov", "`lcov` needs a file"), ("tabel", "did you mean `table`?"), (".", "`.` is not a coverage format")]:
        result = project.runpytest("--iameval-coverage", form)
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines([f"ERROR: --iameval-coverage: *{said}*"])
    result = project.runpytest("--iameval-coverage=lcov:nowhere/coverage.info")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.fnmatch_lines(["error: cannot write `nowhere/coverage.info`: No such file or directory"])


ASSERTIONS = """\
import iameval
import pytest

def test_allowed(assert_allowed):
    assert_allowed("s3:GetObject", principal="jane", resource="arn:aws:s3:::reports/q3")

def test_denied(assert_denied):
    assert_denied("s3:GetObjectAcl", explicit=True, by="NotHere", resource="arn:aws:s3:::reports/q3", mfa=None)
    assert_denied("s3:PutObject", explicit=False, resource="arn:aws:s3:::reports/q3", context={"aws:SourceIp": "192.0.2.1"})
    assert_denied("s3:PutNothing", resource="*", lenient=True)

def test_world(iameval_world):
    assert iameval_world.principals == ("jane",)
"""


@pytest.mark.parametrize("setting", ["pytest.ini", "iameval.toml"])
def test_assertions_ask_the_world_of_the_configuration(pytester: pytest.Pytester, setting: str) -> None:
    settings = {"pytest.ini": "[pytest]\niameval_world = iam/world.yaml\n", "iameval.toml": 'world = "iam/world.yaml"\n'}
    write(pytester, {"iam/world.yaml": WORLD, "test_it.py": ASSERTIONS, setting: settings[setting]})
    passed(pytester.runpytest(), passed=3)


def test_test_files_without_a_world_take_that_of_the_configuration(pytester: pytest.Pytester) -> None:
    tests = TESTS.replace("use: world.yaml\n", "")
    write(pytester, {"iam/world.yaml": WORLD, RED: tests, "pytest.ini": "[pytest]\niameval_world = iam/world.yaml\n"})
    passed(pytester.runpytest(), passed=5, failed=1, skipped=1, xfailed=1)


def test_assertions_ask_the_world_of_a_marker(pytester: pytest.Pytester) -> None:
    tests = """\
import iameval
import pytest

OTHER = iameval.World.example("force-mfa")

@pytest.mark.iameval(world="one.yaml")
def test_a_file(iameval_world, assert_allowed):
    assert iameval_world.principals == ("jane",)
    assert_allowed("s3:GetObject", resource="*")

@pytest.mark.iameval(world=["one.yaml"])
class TestSeveral:
    def test_files(self, iameval_world):
        assert iameval_world.principals == ("jane",)

@pytest.mark.iameval(world=OTHER)
def test_a_world(iameval_world, assert_denied):
    assert iameval_world is OTHER
    assert_denied("s3:ListAllMyBuckets", principal="john.doe", mfa=False)

def test_that_of_the_configuration(iameval_world):
    assert iameval_world.principals == ("john.doe",)
"""
    both = WORLD.replace("jane", "john.doe")
    write(pytester, {"one.yaml": WORLD, "two.yaml": both, "iameval.toml": 'world = "two.yaml"\n', "test_it.py": tests})
    passed(pytester.runpytest("--strict-markers"), passed=4)
    passed(pytester.runpytest("test_it.py::test_a_world" if hasattr(pytest, "HIDDEN_PARAM") else "-k=test_a_world"), passed=1)


def test_a_fixture_of_the_project_takes_the_place_of_the_world(project: pytest.Pytester) -> None:
    tests = """\
import iameval
import pytest

@pytest.fixture
def iameval_world():
    return iameval.World.load("world.yaml")

def test_it(assert_allowed):
    assert_allowed("s3:GetObject", resource="*")
"""
    write(project, {"test_it.py": tests, "iameval.toml": 'world = "nowhere.yaml"\n'})
    passed(project.runpytest("test_it.py"), passed=1)


def test_an_assertion_fails_with_the_answer_of_the_command(project: pytest.Pytester) -> None:
    tests = """\
def test_it(assert_allowed):
    assert_allowed("s3:PutObject", principal="jane", resource="arn:aws:s3:::reports/q3")

def test_slip(assert_denied):
    assert_denied("s3:PutObjekt", resource="*")

def test_key(assert_denied):
    assert_denied("s3:PutObject", resource="*", context={"": 1})
"""
    write(project, {"test_it.py": tests, "iameval.toml": 'world = "world.yaml"\n'})
    result = project.runpytest("test_it.py")
    passed(result, failed=3)
    said = "\n".join(line[2:].strip() for line in result.outlines if line.startswith("E "))
    assert "expected jane to be allowed s3:PutObject on arn:aws:s3:::reports/q3, but it is denied (implicit)" in said
    answer = command(project, "simulate", "--as", "jane", "s3:PutObject", "-r", "arn:aws:s3:::reports/q3")
    assert [line for line in answer.splitlines() if line.strip() not in said] == []
    assert "`lenient=True` says that the action is intended" in said
    assert "a context key must not be empty" in said


def test_defaults_of_iameval_toml_count_in_assertions(pytester: pytest.Pytester) -> None:
    condition = '"s3:GetObject", Resource: "*", Condition: {IpAddress: {"aws:SourceIp": "192.0.2.0/24"}}}'
    world = WORLD.replace("principals: {", "principals: {ann: {user: ann}, ").replace('"s3:GetObjectAcl", Resource: "*"}', condition)
    settings = 'world = "world.yaml"\n[defaults]\nprincipal = "jane"\nstrict_context = true\n'
    tests = """\
def test_it(assert_allowed, assert_denied):
    assert_denied("s3:GetObject", resource="*", explicit=True)
    assert_allowed("s3:GetObject", resource="*", context={"AWS:SourceIp": "198.51.100.1"})
"""
    given = '[defaults.context]\n"aws:SourceIp" = "192.0.2.1"\n'
    write(pytester, {"world.yaml": world, "test_it.py": tests, "iameval.toml": settings + given})
    passed(pytester.runpytest(), passed=1)
    relies = "def test_it(assert_allowed): assert_allowed('s3:GetObject', resource='*')\n"
    write(pytester, {"iameval.toml": settings, "test_it.py": relies})
    result = pytester.runpytest()
    passed(result, failed=1)
    result.stdout.fnmatch_lines(["*depends on context keys that were not given: aws:SourceIp"])


@pytest.mark.parametrize(
    "files, said",
    [
        ({}, "*there is no world: *iameval_world*"),
        ({"iameval.toml": 'world = "nowhere.yaml"'}, "*nowhere.yaml*"),
        ({"iameval.toml": "wrld = 1"}, "*iameval.toml:1:1*"),
    ],
)
def test_a_world_that_is_not_there(pytester: pytest.Pytester, files: Dict[str, str], said: str) -> None:
    write(pytester, {"test_it.py": "def test_it(iameval_world): pass\n", **files})
    result = pytester.runpytest()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([said])


def test_a_marker_that_is_wrong(pytester: pytest.Pytester) -> None:
    tests = "import pytest\n@pytest.mark.iameval('world.yaml')\ndef test_it(iameval_world): pass\n"
    write(pytester, {"test_it.py": tests})
    pytester.runpytest().stdout.fnmatch_lines(["*the marker `iameval` has one argument: *"])


def test_nothing_is_imported_where_nothing_is_asked(pytester: pytest.Pytester) -> None:
    loaded = "import sys\ndef pytest_unconfigure():\n    print('iameval' in sys.modules)\n"
    write(pytester, {"conftest.py": loaded, "test_it.py": "def test_it(): pass\n"})
    assert pytester.runpytest_subprocess("-q", "-s").outlines[-1] == "False"


def test_the_plugin_can_be_left_out(project: pytest.Pytester) -> None:
    write(project, {"test_it.py": "def test_it(): pass\n"})
    passed(project.runpytest_subprocess("-p", "no:iameval"), passed=1)
