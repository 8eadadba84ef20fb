use iameval_cloudtrail::*;
use iameval_data::*;
#[test]
fn explore() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/cloudtrail/");
    let catalogue = Catalogue::embedded();
    let mut errs = std::collections::BTreeMap::<String, usize>::new();
    let mut res = std::collections::BTreeMap::<String, usize>::new();
    let mut n = 0;
    for f in ["invictus-all.json.gz", "panther-selection.json", "stratus-selection.json", "eventbridge/create-bucket.json", "eventbridge/run-instances.json", "eventbridge/s3.json"] {
        let bytes = std::fs::read(format!("{dir}{f}")).unwrap();
        let text = unpack(&bytes, 1 << 28).unwrap();
        for e in Events::new(&text) {
            n += 1;
            let e = match e { Ok(e) => e, Err(x) => { println!("{f}: {x}"); continue } };
            match e.request(catalogue) {
                Err(x) => *errs.entry(format!("{} {}", &f[..3], x)).or_default() += 1,
                Ok(r) => {
                    for a in &r.resources {
                        let bad = if a.resource != "*" && !is_asked_on(&r.action, &a.resource, catalogue) { "BAD" } else { "" };
                        let arn: Result<iameval::Arn, _> = a.resource.parse();
                        let bad2 = if a.resource != "*" && arn.is_err() { "NOARN" } else { "" };
                        let mut s = a.resource.clone(); if s.len() > 110 { s = s.chars().take(110).collect(); }
                        *res.entry(format!("{:40} {:?} {s} {bad}{bad2}", r.action.to_string(), a.source)).or_default() += 1;
                    }
                    for (x, y) in &r.also { *res.entry(format!("ALSO {} {} {}", r.action, x, y.resource)).or_default() += 1; }
                }
            }
        }
    }
    println!("{n} events");
    for (k, v) in errs { println!("ERR {v} {k}"); }
    for (k, v) in res { println!("{v:4} {k}"); }
}
