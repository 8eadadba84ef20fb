"""What the roles of the stack may do."""

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


def test_analysts_begin_their_sessions_with_mfa(iameval_world):
    trusts = iameval_world.simulate("sts:AssumeRole", principal="arn:aws:iam::123456789012:root", resource="cfn:Reports/Analyst", mfa=True)
    assert trusts.allowed
