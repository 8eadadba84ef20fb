//! Reads native claims, one a line, and writes a verdict for each: what `.ci/solvers` compares with.

use iameval_data::Catalogue;
use iameval_prove::native::{CatalogueFacts, ClaimReader, Line, NativeQuestion, write_verdict};
use iameval_prove::{Claim, ClaimError, Prover};
use std::io::{BufRead, Write};

fn main() -> std::io::Result<()> {
    let catalogue = Catalogue::embedded();
    let (prover, facts) = (Prover::new(catalogue), CatalogueFacts::of(catalogue));
    let mut reader = ClaimReader::new();
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let mut told = String::new();
        match reader.read(&line) {
            Ok(Line::Claim(claim)) => {
                let NativeQuestion::Holds(expect) = claim.question else { continue };
                let policies = claim.ready(&claim.policies);
                let asked = Claim { policies: policies.clone(), scope: claim.scope, expect };
                match prover.prove(&asked) {
                    Ok(verdict) => {
                        let written = write_verdict(&mut told, claim.id.as_deref(), &policies, &verdict, &facts);
                        written.map_err(std::io::Error::other)?;
                    }
                    Err(ClaimError::EmptyScope(_)) => told.push_str(r#"{"verdict": "empty_scope"}"#),
                    Err(error) => told = format!(r#"{{"verdict": "{error}"}}"#),
                }
            }
            Ok(Line::Define(_)) => {}
            Err(error) => told = format!(r#"{{"verdict": "{}"}}"#, error.code.as_str()),
        }
        writeln!(out, "{told}")?;
    }
    Ok(())
}
