//! Results in words.

use super::Shrunk;
use super::limit::ignores_white_space;
use iameval::PolicyDocument;

impl Shrunk {
    /// What was done and how large the policy is now, line by line.
    pub fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.steps.iter().map(ToString::to_string).collect();
        lines.push(self.sizes());
        if self.excess() > 0 {
            let which = if self.documents.len() == 1 { "that is" } else { "the largest is" };
            lines.push(format!("{which} {} too many", self.excess()));
        }
        if self.covers_more_tomorrow() {
            let message = "the wildcards also cover actions that AWS adds later: an Allow will grant those that match, and a Deny will deny them";
            lines.push(format!("warning: {message}"));
        }
        if !ignores_white_space(self.kind) {
            let what = self.kind.with_article();
            lines.push(format!("note: AWS may count the white space in {what}, so store the text as it is printed"));
        }
        lines
    }

    fn sizes(&self) -> String {
        let sizes: Vec<String> =
            self.documents.iter().map(|document| PolicyDocument::size(document).to_string()).collect();
        let after = match sizes.as_slice() {
            [one] => format!("{one} after"),
            several => format!("{} policies of {} after", several.len(), several.join(", ")),
        };
        let limit = self.limit.as_ref().map(|limit| format!("; {} can have {}", limit.what, limit.characters));
        format!("{} characters before, {after}{}", self.size_before, limit.unwrap_or_default())
    }
}
