//! Lines as they come.

use super::chunk::line_ranges;
use crate::exit::{Failure, Outcome};
use iameval::{Problem, codes};
use iameval_world::{Disk, Files, Finding, Native};
use std::io::Read;
use std::ops::Range;
use std::path::Path;

/// Where requests come from.
pub(crate) struct Input {
    reader: Box<dyn Read + Send>,
    /// What was read and does not end with a line break yet.
    rest: Vec<u8>,
    end: bool,
    /// What it is called in messages.
    name: String,
    /// How long a line may be.
    longest: usize,
    /// How many lines were given.
    before: usize,
    /// Lines that were read ahead.
    ahead: Option<Vec<u8>>,
}

/// How much to read at a time.
const BLOCK: usize = 128 << 10;

impl Input {
    pub(crate) fn open(path: &Path, longest: u64) -> Outcome<Self> {
        let longest = usize::try_from(longest).unwrap_or(usize::MAX);
        let reader: Box<dyn Read + Send> =
            if path.as_os_str() == "-" { Box::new(std::io::stdin()) } else { Box::new(iameval_world::open(path)?) };
        let name = Disk::default().name(path);
        Ok(Self { reader, rest: Vec::new(), end: false, name, longest, before: 0, ahead: None })
    }

    /// Refuses a file that is known to be something else than lines of what is wanted. A pipe is not waited for.
    pub(crate) fn refuse_other_formats(&mut self, path: &Path, wanted: Native, files: &dyn Files) -> Outcome<()> {
        if !path.is_file() {
            return Ok(());
        }
        self.ahead = self.next_lines()?;
        let lines = self.ahead.as_deref().unwrap_or_default();
        let first = lines.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).find(|line| !line.is_empty());
        let is_other = first.is_some_and(|line| !std::str::from_utf8(line).is_ok_and(Native::may_be_line));
        if is_other
            && let Ok(source) = files.read(path)
            && let Some(finding) = wanted.mistaken_lines(&source, files.limits())
        {
            return Err(finding.into());
        }
        Ok(())
    }

    /// The whole lines that are there, at least one; waits for them. `None` at the end.
    pub(crate) fn next_lines(&mut self) -> Outcome<Option<Vec<u8>>> {
        if let Some(lines) = self.ahead.take() {
            return Ok(Some(lines));
        }
        let mut lines = std::mem::take(&mut self.rest);
        while !self.end {
            let before = lines.len();
            lines.resize(before + BLOCK, 0);
            let read = match self.reader.read(lines.get_mut(before..).unwrap_or_default()) {
                Ok(read) => read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {
                    lines.truncate(before);
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            lines.truncate(before + read);
            self.end = read == 0;
            let new = lines.get(before..).unwrap_or_default();
            if let Some(last) = memchr::memrchr(b'\n', new) {
                self.rest = lines.split_off(before + last + 1);
                return self.short(lines);
            }
            if lines.len() > self.longest {
                return Err(self.too_long());
            }
        }
        self.short(lines)
    }

    /// The lines up to the first that is too long; an error when there is none before it.
    fn short(&mut self, mut lines: Vec<u8>) -> Outcome<Option<Vec<u8>>> {
        let is_long = |line: &Range<usize>| line.len() > self.longest;
        // Most blocks are shorter than a line may be.
        let long = if lines.len() > self.longest { line_ranges(&lines).find(is_long) } else { None };
        if let Some(long) = long {
            if long.start == 0 {
                return Err(self.too_long());
            }
            let mut rest = lines.split_off(long.start);
            rest.append(&mut self.rest);
            self.rest = rest;
        }
        self.before += memchr::memchr_iter(b'\n', &lines).count();
        Ok((!lines.is_empty()).then_some(lines))
    }

    fn too_long(&self) -> Failure {
        let message = format!("line {} is longer than {} bytes", self.before + 1, self.longest);
        let problem = Problem::new(codes::OVER_LIMIT, message);
        let help = "`--max-line` raises the limit; the lines before it are answered";
        Failure(vec![Finding::about_file(&self.name, problem.with_help(help))])
    }
}
