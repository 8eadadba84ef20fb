//! How much faster than other engines does iameval decide?
//!
//! Each engine has its policies parsed and its requests built beforehand. Only requests on which both agree are timed;
//! how many do is printed. Engines take turns, round by round, and a ratio is taken within its round.

mod cedar;
mod iam_rs;

use cedar::Cedar;
use iam_rs::IamRs;
use iameval_benches::{Subject, interleaved};
use iameval_tests::workload::Workload;
use std::hint::black_box;
use std::time::Duration;

const ROUNDS: usize = 15;
const AT_LEAST: Duration = Duration::from_millis(200);

fn main() {
    println!("| workload | against | agree | its ns | min–max | iameval ns | min–max | ratio | min–max |");
    println!("|---|---|--:|--:|--:|--:|--:|--:|--:|");
    for workload in [Workload::force_mfa(), Workload::synthetic(1_000)] {
        let iam_rs = IamRs::new(&workload);
        compare(&workload, "iam-rs", |number, ours| iam_rs.decide(number) == Some(ours));
        let text =
            if workload.name == "W1" { cedar::FORCE_MFA.to_owned() } else { cedar::translate(&workload.parsed()) };
        let cedar = Cedar::new(&text, &workload.questions);
        compare(&workload, "cedar-policy", |number, ours| cedar.allows(number) == ours.is_allowed());
    }
}

/// `same` asks the other engine for the request of that number, and compares its answer with ours.
fn compare(workload: &Workload, other: &str, same: impl Fn(usize, iameval::Decision) -> bool) {
    let (policies, requests) = (workload.policy_set().indexed(), workload.requests());
    let decided = requests.iter().map(|request| policies.decide(request)).enumerate();
    let agreed: Vec<_> = decided.filter(|&(number, decision)| same(number, decision)).collect();
    let theirs = || agreed.iter().for_each(|&(number, decision)| _ = black_box(same(black_box(number), decision)));
    let ours = || agreed.iter().for_each(|(number, _)| _ = black_box(policies.decide(black_box(&requests[*number]))));
    let subjects = vec![Subject::new(other, agreed.len(), theirs), Subject::new("iameval", agreed.len(), ours)];
    let times = interleaved(subjects, ROUNDS, AT_LEAST);
    let [theirs, ours] = &*times else { return };
    println!(
        "| {} | {other} | {} of {} | {} | {} | {} |",
        workload.name,
        agreed.len(),
        requests.len(),
        theirs.spread(),
        ours.spread(),
        theirs.ratio(ours)
    );
}
