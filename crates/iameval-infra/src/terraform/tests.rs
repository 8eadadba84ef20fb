//! Tests of Terraform.
