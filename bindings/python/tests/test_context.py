"""Context values, and the state of multi-factor authentication."""

import datetime
import enum
import ipaddress
from typing import Any, Dict, Type

import iameval
import pytest
from iameval import ABSENT, Decision, PolicySet

UTC = datetime.timezone.utc


def when(operator: str, key: str, value: Any) -> PolicySet:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {operator: {key: value}}}
    return PolicySet(identity={"Version": "2012-10-17", "Statement": statement})


def decide(policies: PolicySet, **arguments: Any) -> Decision:
    return policies.decide("s3:ListAllMyBuckets", **arguments)


class Port(enum.IntEnum):
    HTTPS = 443


@pytest.mark.parametrize(
    "operator, key, written, given",
    [
        ("StringEquals", "aws:PrincipalTag/team", "blue", "blue"),
        ("Bool", "aws:SecureTransport", "true", True),
        ("NumericEquals", "aws:MultiFactorAuthAge", "443", 443),
        ("StringEquals", "aws:PrincipalTag/port", "443", Port.HTTPS),
        ("NumericLessThan", "aws:MultiFactorAuthAge", "0.5", 0.25),
        ("StringEquals", "aws:PrincipalTag/size", "10000000000000000", 1e16),
        ("DateEquals", "aws:CurrentTime", "2026-11-30T12:00:00Z", datetime.datetime(2026, 11, 30, 12, tzinfo=UTC)),
        (
            "DateEquals",
            "aws:CurrentTime",
            "2026-11-30T12:00:00Z",
            datetime.datetime(2026, 11, 30, 14, tzinfo=datetime.timezone(datetime.timedelta(hours=2))),
        ),
        ("StringEquals", "aws:PrincipalTag/until", "2026-11-30", datetime.date(2026, 11, 30)),
        ("IpAddress", "aws:SourceIp", "203.0.113.0/24", ipaddress.ip_address("203.0.113.7")),
        ("IpAddress", "aws:SourceIp", "2001:db8::/32", ipaddress.ip_address("2001:db8::7")),
        ("ForAllValues:StringEquals", "aws:TagKeys", ["a", "b"], ["a", "b"]),
        ("ForAllValues:StringEquals", "aws:TagKeys", ["a", "b"], ("a",)),
        ("ForAllValues:StringEquals", "aws:TagKeys", ["a", "b"], {"a", "b"}),
        ("ForAnyValue:StringEquals", "aws:TagKeys", ["a", "b"], frozenset("b")),
        ("Null", "aws:SourceVpce", "true", ABSENT),
    ],
)
def test_values_are_those_of_iam(operator: str, key: str, written: Any, given: object) -> None:
    assert decide(when(operator, key, written), context={key: given}) == Decision.ALLOWED


@pytest.mark.parametrize(
    "value, said",
    [
        (None, "must not be None"),
        (float("nan"), "must not be NaN"),
        (float("-inf"), "must not be infinite"),
        (b"203.0.113.7", "must not be of type `bytes`"),
        ({"a": "b"}, "must not be of type `dict`"),
        ([["a"]], "must not be a list of lists"),
        ([None], "must not be None"),
        (datetime.datetime(2026, 11, 30), "must not be a datetime without a time zone"),
        (ipaddress.ip_interface("203.0.113.7/24"), "must not be of type `IPv4Interface`"),
        (iter("a"), "must not be of type `str_"),
    ],
)
def test_what_is_not_a_value_names_its_key(value: object, said: str) -> None:
    with pytest.raises(iameval.QuestionError) as caught:
        decide(when("Null", "aws:SourceIp", "false"), context={"aws:SourceIp": value})
    error = caught.value
    assert f"the value of `aws:SourceIp` {said}" in error.message
    assert (error.code, error.path) == ("IE0402", "context")


@pytest.mark.parametrize(
    "context, said",
    [
        ({"aws:SorceIp": "203.0.113.7"}, "`aws:SorceIp` is not a known context key"),
        ({"aws:SourceIp": "a", "AWS:sourceip": "b"}, "`AWS:sourceip` is given twice"),
        ({"": "a"}, "must not be empty"),
        ({1: "a"}, "must be a str, found of type `int`"),
        ([("aws:SourceIp", "a")], "`context` must map keys to values, found of type `list`"),
    ],
)
def test_what_is_not_a_key_is_refused(context: Any, said: str) -> None:
    with pytest.raises(iameval.QuestionError) as caught:
        decide(when("Null", "aws:SourceIp", "false"), context=context)
    assert said in caught.value.message
    assert caught.value.findings[0].severity == "error"


@pytest.mark.parametrize(
    "mfa, present",
    [(True, "true"), (False, "false"), (None, None), ("true", "true"), ("absent", None), ("true@60", "true")],
)
def test_three_states_of_mfa(mfa: Any, present: Any) -> None:
    key = "aws:MultiFactorAuthPresent"
    expected: Dict[PolicySet, Decision] = {
        when("Bool", key, "true"): Decision.ALLOWED if present == "true" else Decision.IMPLICIT_DENY,
        when("Bool", key, "false"): Decision.ALLOWED if present == "false" else Decision.IMPLICIT_DENY,
        when("Null", key, "true"): Decision.ALLOWED if present is None else Decision.IMPLICIT_DENY,
    }
    for policies, decision in expected.items():
        assert decide(policies, mfa=mfa) == decision


def test_mfa_is_said_once() -> None:
    with pytest.raises(iameval.QuestionError, match="set the same thing"):
        decide(when("Null", "aws:SourceIp", "false"), mfa=True, context={"aws:MultiFactorAuthPresent": "false"})


@pytest.mark.parametrize(
    "mfa, raised, said",
    [
        ("yes", iameval.QuestionError, "`yes` is not an MFA state"),
        ("all", iameval.QuestionError, "`all` is not an MFA state"),
        (1, TypeError, "argument 'mfa': must be a bool, None or a str, not int"),
    ],
)
def test_other_states_are_refused(mfa: Any, raised: Type[Exception], said: str) -> None:
    with pytest.raises(raised, match=said):
        decide(when("Null", "aws:SourceIp", "false"), mfa=mfa)


def test_a_list_of_one_is_the_value_of_a_key_that_has_one() -> None:
    policies = iameval.PolicySet(
        identity={
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
                {
                    "Effect": "Deny",
                    "Action": "s3:*",
                    "Resource": "*",
                    "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
                },
            ],
        }
    )
    for value in ("8.8.8.8", ["8.8.8.8"]):
        decision = policies.decide("s3:GetObject", resource="*", context={"aws:SourceIp": value})
        assert decision == iameval.Decision.EXPLICIT_DENY
