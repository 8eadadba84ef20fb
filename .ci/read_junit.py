"""Reads JUnit XML as consumers do: valid for Jenkins, and readable for junitparser.

As a program it reads fixtures/junit/suites.xml, and compares it with what suites.json put in.
"""

import json
import pathlib
import re
import sys

from junitparser import Error, Failure, JUnitXml, Skipped
from lxml import etree

FOLDER = pathlib.Path(__file__).parent.parent / "fixtures" / "junit"
KINDS = {"failed": Failure, "error": Error, "skipped": Skipped}
# Control characters but tab and line breaks, marks that turn the direction of reading, and what XML cannot hold.
COMMANDS = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)


def shown(text):
    return COMMANDS.sub(lambda found: "\\u{%x}" % ord(found[0]), text)


def expect(what, found, expected):
    if found != expected:
        sys.exit(f"{what}: found {found!r}, expected {expected!r}")


def read(path):
    """A report, which must be valid."""
    etree.XMLSchema(file=str(FOLDER / "junit-10.xsd")).assertValid(etree.parse(str(path)))
    return JUnitXml.fromfile(str(path))


def count(cases, outcome):
    return sum(case["outcome"] == outcome for case in cases)


def compare_case(case, expected):
    expect("name", case.name, shown(expected["name"]))
    expect("classname", case.classname, shown(expected["classname"]))
    if expected["outcome"] == "passed":
        expect("result of " + case.name, case.result, [])
        return
    [result] = case.result
    expect("outcome of " + case.name, type(result), KINDS[expected["outcome"]])
    expect("message", result.message, shown(expected["message"]))
    if expected["outcome"] != "skipped":
        expect("kind", result.type, shown(expected["kind"]))
        expect("text", result.text or "", shown(expected["text"]))


def compare(xml, suites):
    cases = [case for suite in suites for case in suite["cases"]]
    totals = (xml.tests, xml.failures, xml.errors)
    expect("totals", totals, (len(cases), count(cases, "failed"), count(cases, "error")))
    expect("suites", len(list(xml)), len(suites))
    for suite, expected in zip(xml, suites):
        cases = expected["cases"]
        file = expected["file"].removeprefix("./")
        expect("name of the suite", suite.name, file)
        expect("file of the suite", suite._elem.get("file"), file)
        counts = (suite.tests, suite.failures, suite.errors, suite.skipped)
        expect("counts", counts, (len(cases), *(count(cases, outcome) for outcome in KINDS)))
        expect("cases", len(list(suite)), len(cases))
        for case, wanted in zip(suite, cases):
            compare_case(case, wanted)


if __name__ == "__main__":
    compare(read(FOLDER / "suites.xml"), json.loads((FOLDER / "suites.json").read_text()))
