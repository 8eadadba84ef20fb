"""A bucket of reports: a function writes them, analysts read them."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs


class Reports(cdk.Stack):
    def __init__(self, scope: cdk.App, name: str) -> None:
        super().__init__(
            scope,
            name,
            env=cdk.Environment(account="123456789012", region="eu-west-1"),
            synthesizer=cdk.BootstraplessSynthesizer(),
        )
        bucket = s3.Bucket(self, "Bucket", bucket_name="acme-reports", enforce_ssl=True)
        jobs = sqs.Queue(self, "Jobs", queue_name="report-jobs", enforce_ssl=True)

        writer = iam.Role(self, "Writer", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        bucket.grant_put(writer)
        jobs.grant_consume_messages(writer)

        with_mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
        analyst = iam.Role(self, "Analyst", assumed_by=iam.AccountRootPrincipal().with_conditions(with_mfa))
        bucket.grant_read(analyst, "published/*")


# As `cdk synth` sets it: paths such as `Reports/Writer`, which tests name resources by.
app = cdk.App(analytics_reporting=False, tree_metadata=False, context={"aws:cdk:enable-path-metadata": True})
Reports(app, "Reports")
app.synth()
