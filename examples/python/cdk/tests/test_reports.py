"""What the roles of the stack may do."""

import iameval
import pytest

REPORT = "cfn:Reports/Bucket/published/q3"


def test_the_function_writes_reports(assert_allowed):
    assert_allowed("s3:PutObject", principal="cfn:Reports/Writer", resource=REPORT)


@pytest.mark.parametrize("action", ["s3:PutObject", "s3:DeleteObject"])
def test_analysts_change_nothing(assert_denied, action):
    assert_denied(action, principal="cfn:Reports/Analyst", resource=REPORT)


def test_reports_are_not_read_without_tls(assert_denied):
    plain = {"aws:SecureTransport": False}
    assert_denied("s3:GetObject", explicit=True, principal="cfn:Reports/Analyst", resource=REPORT, context=plain)


def test_no_request_of_an_analyst_goes_without_tls(iameval_world):
    question = {"principal": "cfn:Reports/Analyst", "resource": "arn:aws:s3:::acme-reports/*"}
    verdict = iameval.prove(iameval_world, "s3:*", expect="deny", context={"aws:SecureTransport": False}, **question)
    assert verdict.holds, verdict
