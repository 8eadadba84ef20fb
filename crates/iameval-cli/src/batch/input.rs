//! Lines as they come.

use crate::exit::Outcome;
use std::io::Read;
use std::path::Path;

/// Where requests come from.
pub(super) struct Input {
    reader: Box<dyn Read + Send>,
    /// What was read and does not end with a line break yet.
    rest: Vec<u8>,
    end: bool,
}

/// How much to read at a time.
const BLOCK: usize = 128 << 10;

impl Input {
    pub(super) fn open(path: &Path) -> Outcome<Self> {
        let reader: Box<dyn Read + Send> =
            if path.as_os_str() == "-" { Box::new(std::io::stdin()) } else { Box::new(iameval_world::open(path)?) };
        Ok(Self { reader, rest: Vec::new(), end: false })
    }

    /// The whole lines that are there, at least one; waits for them. `None` at the end.
    pub(super) fn next_lines(&mut self) -> Outcome<Option<Vec<u8>>> {
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
                return Ok(Some(lines));
            }
        }
        Ok((!lines.is_empty()).then_some(lines))
    }
}
