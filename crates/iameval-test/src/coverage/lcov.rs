//! Coverage as an lcov tracefile, for services that draw files.

use super::{Coverage, PartKind, PolicyPart, Reached};
use iameval_report::{Places, path, plain, screened};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What stands in one file.
#[derive(Default)]
struct Record {
    /// How often each line was reached: as often as that of its parts which was reached least.
    lines: BTreeMap<u32, u64>,
    /// The conditions, each a block of branches, with their lines.
    conditions: Vec<(u32, Vec<Reached>)>,
}

/// The coverage as an lcov tracefile: one record for each file on the disk, however many policies stand in it. A line with
/// parts of a policy is a line of code, what is to be seen of a condition are its branches. Policies that are no part of
/// a file which a person wrote are left out: those that AWS manages, and those of an account dump.
pub fn coverage_to_lcov(coverage: &Coverage) -> String {
    let mut places = Places::default();
    let mut records: BTreeMap<String, Record> = BTreeMap::new();
    for policy in coverage.policies().filter(|policy| policy.policy().source.path.is_some()) {
        let source = &policy.policy().source;
        let record = records.entry(path(&source.name)).or_default();
        for part in policy.parts() {
            if let Some(place) = places.place(source, part.span) {
                record.add(place.start.line, part);
            }
        }
    }
    let mut out = String::new();
    for (file, record) in records {
        record.write(&file, &mut out);
    }
    out
}

impl Record {
    fn add(&mut self, line: u32, part: PolicyPart<'_>) {
        let times: u64 = part.reached.iter().map(|reached| reached.times).sum();
        self.lines.entry(line).and_modify(|least| *least = times.min(*least)).or_insert(times);
        if let PartKind::Condition { .. } = part.kind {
            self.conditions.push((line, part.reached));
        }
    }

    fn write(&self, file: &str, out: &mut String) {
        let _ = writeln!(out, "TN:\nSF:{}", screened(&plain(file)));
        let (mut branches, mut taken) = (0, 0);
        for (block, (line, reached)) in self.conditions.iter().enumerate() {
            // A condition that no request came to has branches that were not so much as left out.
            let is_met = reached.iter().any(|reached| reached.times > 0);
            for (branch, Reached { times, .. }) in reached.iter().enumerate() {
                let times = if is_met { times.to_string() } else { "-".to_owned() };
                let _ = writeln!(out, "BRDA:{line},{block},{branch},{times}");
            }
            branches += reached.len();
            taken += reached.iter().filter(|reached| reached.times > 0).count();
        }
        if branches > 0 {
            let _ = writeln!(out, "BRF:{branches}\nBRH:{taken}");
        }
        for (line, times) in &self.lines {
            let _ = writeln!(out, "DA:{line},{times}");
        }
        let reached = self.lines.values().filter(|times| **times > 0).count();
        let _ = writeln!(out, "LF:{}\nLH:{reached}\nend_of_record", self.lines.len());
    }
}
