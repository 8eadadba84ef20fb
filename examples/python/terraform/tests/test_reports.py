"""What the roles and users of the plan may do."""

import pathlib

import iameval
import pytest

REPORT = "tf:aws_s3_bucket.reports/published/q3"


def test_the_function_writes_reports(assert_allowed):
    assert_allowed("s3:PutObject", principal="tf:aws_iam_role.writer", resource=REPORT)


@pytest.mark.parametrize("mfa", [False, None])
def test_analysts_need_mfa(assert_denied, mfa):
    assert_denied("s3:GetObject", explicit=True, principal="tf:aws_iam_user.ana", resource=REPORT, mfa=mfa)


def test_reports_are_not_read_without_tls(assert_denied):
    plain = {"aws:SecureTransport": False}
    assert_denied("s3:GetObject", explicit=True, principal="tf:aws_iam_user.ana", resource=REPORT, mfa=True, context=plain)


def test_the_source_says_the_same_before_there_is_a_plan():
    world = iameval.World.load(pathlib.Path(__file__).parent.parent, parameters={"stage": "prod"})
    answer = world.simulate("s3:PutObject", principal="tf:aws_iam_role.writer", resource=REPORT)
    assert answer.allowed
