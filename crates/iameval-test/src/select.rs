//! Which cases to run: the expressions of `-k`.

use std::fmt;
use std::str::FromStr;

/// A filter of cases: words with `and`, `or`, `not` and parentheses. A word fits a case when it is a part of the name or
/// one of the tags, in any case; a text in quotes is one word.
///
/// ```
/// use iameval_test::Filter;
///
/// let filter: Filter = "mfa and not (slow or 'needs a key')".parse().unwrap();
/// assert!(filter.fits("policies.iamtest.yaml::what MFA unlocks", &[]));
/// assert!(!filter.fits("policies.iamtest.yaml::what MFA unlocks", &["slow".into()]));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter(Expression);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Expression {
    /// In lower case.
    Word(String),
    Not(Box<Expression>),
    And(Vec<Expression>),
    Or(Vec<Expression>),
}

/// A text that is not a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseFilterError(String);

impl fmt::Display for ParseFilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ParseFilterError {}

impl Filter {
    /// Whether a case of that name and with these tags is selected.
    pub fn fits(&self, name: &str, tags: &[String]) -> bool {
        let name = name.to_lowercase();
        self.0.holds(&|word| name.contains(word) || tags.iter().any(|tag| tag.to_lowercase() == word))
    }
}

impl Expression {
    fn holds(&self, word: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Self::Word(text) => word(text),
            Self::Not(inner) => !inner.holds(word),
            Self::And(all) => all.iter().all(|one| one.holds(word)),
            Self::Or(any) => any.iter().any(|one| one.holds(word)),
        }
    }
}

impl FromStr for Filter {
    type Err = ParseFilterError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut reader = Reader { tokens: tokens(text)?, at: 0, depth: 0 };
        let expression = reader.any()?;
        match reader.peek() {
            None => Ok(Self(expression)),
            Some(Token::Close) => Err(ParseFilterError("a `)` has no matching `(`".into())),
            Some(_) => Err(ParseFilterError("two words need `and` or `or` between them, or quotes around them".into())),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    And,
    Or,
    Not,
    Word(String),
}

fn tokens(text: &str) -> Result<Vec<Token>, ParseFilterError> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            '"' | '\'' => {
                let end = rest.get(1..).and_then(|inner| inner.find(first));
                let end = end.ok_or_else(|| ParseFilterError(format!("a quoted string is not closed: {rest}")))?;
                (Token::Word(rest.get(1..=end).unwrap_or("").to_lowercase()), end + 2)
            }
            _ => {
                let end = rest.find(|ch: char| ch.is_whitespace() || ch == '(' || ch == ')').unwrap_or(rest.len());
                let word = rest.get(..end).unwrap_or("");
                let token = match word {
                    "and" => Token::And,
                    "or" => Token::Or,
                    "not" => Token::Not,
                    _ => Token::Word(word.to_lowercase()),
                };
                (token, end)
            }
        };
        tokens.push(token);
        rest = rest.get(length..).unwrap_or("").trim_start();
    }
    Ok(tokens)
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

/// How deep parentheses and `not` may nest.
const MAX_DEPTH: usize = 100;

impl Reader {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn take(&mut self, token: &Token) -> bool {
        let is_next = self.peek() == Some(token);
        self.at += usize::from(is_next);
        is_next
    }

    fn any(&mut self) -> Result<Expression, ParseFilterError> {
        let mut any = vec![self.all()?];
        while self.take(&Token::Or) {
            any.push(self.all()?);
        }
        Ok(single(any, Expression::Or))
    }

    fn all(&mut self) -> Result<Expression, ParseFilterError> {
        let mut all = vec![self.one()?];
        while self.take(&Token::And) {
            all.push(self.one()?);
        }
        Ok(single(all, Expression::And))
    }

    fn one(&mut self) -> Result<Expression, ParseFilterError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(ParseFilterError("it is nested too deeply".into()));
        }
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        let expression = match token {
            Some(Token::Word(word)) => Expression::Word(word),
            Some(Token::Not) => Expression::Not(Box::new(self.one()?)),
            Some(Token::Open) => {
                let inner = self.any()?;
                if !self.take(&Token::Close) {
                    return Err(ParseFilterError("a `(` is not closed".into()));
                }
                inner
            }
            Some(Token::Close) => return Err(ParseFilterError("a word is missing before a `)`".into())),
            Some(Token::And | Token::Or) => {
                return Err(ParseFilterError("a word is missing before an `and` or `or`".into()));
            }
            None => return Err(ParseFilterError("a word is missing at the end".into())),
        };
        self.depth -= 1;
        Ok(expression)
    }
}

fn single(mut expressions: Vec<Expression>, of: impl Fn(Vec<Expression>) -> Expression) -> Expression {
    match expressions.pop() {
        Some(only) if expressions.is_empty() => only,
        last => {
            expressions.extend(last);
            of(expressions)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_tags() {
        let fits = |filter: &str, name: &str| filter.parse::<Filter>().unwrap().fits(name, &["Slow".into()]);
        assert!(fits("mfa", "What MFA unlocks"));
        assert!(fits("slow", "x") && !fits("slo", "x"));
        assert!(fits("a or b and c", "a") && !fits("(a or b) and c", "a"));
        assert!(fits("not not a", "a") && !fits("not a", "a"));
        assert!(fits("'a b' and mfa=true", "x a b mfa=true") && !fits("\"a b\"", "b a"));
        assert!(fits("iam:Change*", "iam:Change*") && !fits("iam:Change*", "iam:ChangePassword"));
    }

    #[test]
    fn mistakes() {
        let message = |filter: &str| filter.parse::<Filter>().unwrap_err().to_string();
        assert_eq!(message("a b"), "two words need `and` or `or` between them, or quotes around them");
        assert_eq!(message("(a"), "a `(` is not closed");
        assert_eq!(message("a)"), "a `)` has no matching `(`");
        assert_eq!(message("a and"), "a word is missing at the end");
        assert_eq!(message(""), "a word is missing at the end");
        assert_eq!(message("or a"), "a word is missing before an `and` or `or`");
        assert_eq!(message("'a"), "a quoted string is not closed: 'a");
        assert_eq!(message(&"(".repeat(10_000)), "it is nested too deeply");
    }
}
