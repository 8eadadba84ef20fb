//! How much is read before it is refused.

use crate::finding::Finding;
use crate::source::Source;
use iameval::json::{Node, Value};
use iameval::{Problem, codes};
use std::io::{self, ErrorKind, Read};
use std::sync::Arc;

/// How much is read of a file, and how large a policy may be. What is larger is refused: reading ends there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a file that is read as a whole. An account dump, which is read item by item, may be
    /// [so many times](Limits::DUMP) as large.
    pub file: u64,
    /// Statements of one policy.
    pub statements: usize,
}

impl Limits {
    /// How many times as large as other files an account dump may be.
    pub const DUMP: u64 = 64;

    /// Refuses a policy that has too many statements, before a document is made of it.
    ///
    /// # Errors
    /// When it has.
    pub fn check(&self, policy: &Node<'_>, source: &Arc<Source>) -> Result<(), Finding> {
        match self.too_many(policy) {
            Some((over, problem)) => Err(Finding::new(source, problem.at(over.beginning()))),
            None => Ok(()),
        }
    }

    /// The first statement of a policy that is over the limit, and what to say of it.
    pub(crate) fn too_many<'n, 'a>(&self, policy: &'n Node<'a>) -> Option<(&'n Node<'a>, Problem)> {
        let Some(Node { value: Value::Array(statements), .. }) = policy.get("Statement") else { return None };
        let over = statements.get(self.statements)?;
        let message = format!("the policy has {} statements, and the limit is {}", statements.len(), self.statements);
        Some((over, Problem::new(codes::OVER_LIMIT, message).with_help("`--max-statements` raises the limit")))
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { file: 64 << 20, statements: 100_000 }
    }
}

/// Bytes up to a limit; one more is an error of the kind [`ErrorKind::FileTooLarge`].
#[derive(Debug)]
pub(crate) struct Capped<R> {
    inner: R,
    limit: u64,
    left: u64,
}

impl<R: Read> Capped<R> {
    pub(crate) fn new(inner: R, limit: u64) -> Self {
        Self { inner, limit, left: limit }
    }

    /// The same where so many bytes were read already.
    pub(crate) fn after(self, read: usize) -> Self {
        Self { left: self.left.saturating_sub(read as u64), ..self }
    }
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // With room for one byte more than is left, so that it shows whether there is more.
        let room = usize::try_from(self.left.saturating_add(1)).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.inner.read(buffer.get_mut(..room).unwrap_or_default())?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| {
            let message = format!("it is larger than {} bytes", self.limit);
            io::Error::new(ErrorKind::FileTooLarge, message)
        })?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_statements_are_read_as_the_limit() {
        let statement = r#"{"Effect": "Deny", "Action": "*"}"#;
        let source = Source::new("a.json", format!(r#"{{"Statement": [{}]}}"#, [statement; 3].join(", ")));
        let tree = iameval::json::parse(&source.text).unwrap();
        let check = |statements| Limits { statements, ..Limits::default() }.check(&tree, &source);
        assert!(check(3).is_ok());
        let finding = check(2).unwrap_err();
        assert_eq!(finding.diagnostic.message(), "the policy has 3 statements, and the limit is 2");
        assert_eq!(finding.diagnostic.span().start as usize, source.text.rfind('{').unwrap());
    }

    #[test]
    fn as_much_is_read_as_the_limit_and_no_byte_more() {
        let read = |limit| {
            let mut bytes = Vec::new();
            Capped::new(&b"12345"[..], limit).read_to_end(&mut bytes).map(|_| bytes.len())
        };
        assert_eq!(read(6).unwrap(), 5);
        assert_eq!(read(5).unwrap(), 5);
        assert_eq!(read(4).unwrap_err().to_string(), "it is larger than 4 bytes");
        let mut endless = Capped::new(io::repeat(0), 1 << 20);
        assert_eq!(endless.read_to_end(&mut Vec::new()).unwrap_err().kind(), ErrorKind::FileTooLarge);
    }
}
