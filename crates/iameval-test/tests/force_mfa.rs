//! The test files of an example, as tests.

iameval_test::test_dir!("../../fixtures/force-mfa");
