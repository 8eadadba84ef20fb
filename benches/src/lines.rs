//! Native requests, text in and text out, as a batch answers them.

use iameval::PolicySet;
use iameval::native::{Line, RequestReader, SimulationRequest, write_result};

/// Reads a line that holds a request.
///
/// # Panics
/// When it holds none.
pub fn read(reader: &mut RequestReader, line: &str) -> Box<SimulationRequest> {
    match reader.read(line) {
        Ok(Line::Simulation(request)) => request,
        Ok(Line::Define(_)) => panic!("a definition"),
        Err(error) => panic!("{error}"),
    }
}

/// A set put together for the request, or, when it names one, the shared set.
pub fn policies_of(request: &SimulationRequest, shared: &PolicySet) -> PolicySet {
    if request.policy_set.is_some() { shared.clone() } else { request.policy_set() }
}

/// Reads, simulates and answers each line.
pub fn answer(lines: &[String], reader: &mut RequestReader, shared: &PolicySet, out: &mut String) {
    for line in lines {
        let request = read(reader, line);
        let policies = policies_of(&request, shared);
        write_result(out, request.id.as_deref(), &policies, &policies.simulate(&request.request));
        out.push('\n');
    }
}
