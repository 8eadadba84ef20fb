//! Every case of every test file in `cases/` is a test.

iameval_test::test_dir!("cases");
