//! Variables in texts, as the framework reads them: `${self:custom.table, 'orders'}`.
//!
//! What begins like one and names no source, such as `${AWS::Region}` or `${cognito-identity.amazonaws.com:sub}`, is text.

/// A part of a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    Text(String),
    Variable(Variable),
}

/// A variable with everything that it falls back to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Variable {
    /// What stands between the braces.
    pub(super) written: String,
    /// The sources that are tried, in order.
    pub(super) sources: Vec<Source>,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Source {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    /// `kind(parameters):address`, as it is written and in its parts, which may hold variables themselves.
    Of {
        written: String,
        kind: String,
        parameters: Vec<Vec<Piece>>,
        address: Option<Vec<Piece>>,
    },
}

/// How deep variables may stand in each other.
const MAX_DEPTH: usize = 32;

/// A text that is no variable although it begins like one.
struct NotOne;

/// What is wrong with a variable.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed(pub(super) String);

type Read<T> = Result<T, Malformed>;

/// Whether a text may hold a variable or an escape of one.
pub(super) fn may_hold(text: &str) -> bool {
    text.contains("${")
}

/// The parts of a text.
pub(super) fn pieces(text: &str) -> Read<Vec<Piece>> {
    Reader { text, at: 0, depth: 0 }.pieces(&[])
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip(&mut self, text: &str) -> bool {
        let is_there = self.rest().starts_with(text);
        self.at += if is_there { text.len() } else { 0 };
        is_there
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    /// Text and variables up to one of the characters, or to the end where there are none.
    fn pieces(&mut self, until: &[char]) -> Read<Vec<Piece>> {
        let mut pieces = Vec::new();
        let mut text = String::new();
        while let Some(next) = self.rest().chars().next() {
            if until.contains(&next) {
                break;
            }
            if next == '\\'
                && let Some(plain) = self.escape()
            {
                text.push_str(&plain);
                continue;
            }
            if self.rest().starts_with("${")
                && let Some(variable) = self.variable()?
            {
                if !text.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut text)));
                }
                pieces.push(Piece::Variable(variable));
                continue;
            }
            text.push(next);
            self.at += next.len_utf8();
        }
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        Ok(pieces)
    }

    /// Backslashes before `${`: two are one, and one that is left makes text of what follows.
    fn escape(&mut self) -> Option<String> {
        let rest = self.rest();
        let count = rest.len() - rest.trim_start_matches('\\').len();
        if !rest.get(count..)?.starts_with("${") {
            return None;
        }
        self.at += count;
        let mut plain = "\\".repeat(count / 2);
        if count % 2 == 1 {
            self.at += 2;
            plain.push_str("${");
        }
        Some(plain)
    }

    /// A variable, where it is one.
    fn variable(&mut self) -> Read<Option<Variable>> {
        let start = self.at;
        self.at += "${".len();
        let is_inner = self.depth > 0;
        match self.first_kind() {
            Err(NotOne) if is_inner => Err(self.malformed("a source such as `self:`", start)),
            Err(NotOne) => {
                self.at = start;
                Ok(None)
            }
            Ok(kind) => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Err(Malformed(format!("variables stand in each other deeper than {MAX_DEPTH} levels")));
                }
                let sources = self.sources(kind, start)?;
                self.depth -= 1;
                let written = self.text.get(start + 2..self.at - 1).unwrap_or_default().trim().to_owned();
                Ok(Some(Variable { written, sources }))
            }
        }
    }

    /// The kind of the first source, which tells a variable from text.
    fn first_kind(&mut self) -> Result<String, NotOne> {
        let kind = self.word();
        let is_kind = kind.starts_with(|first: char| first.is_ascii_lowercase())
            && kind.chars().all(|letter| letter.is_ascii_alphanumeric());
        let rest = self.rest();
        let is_source = rest.starts_with('(') || (rest.starts_with(':') && !rest.starts_with("::"));
        if is_kind && is_source { Ok(kind) } else { Err(NotOne) }
    }

    fn word(&mut self) -> String {
        let rest = self.rest();
        let is_of_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '.' || letter == '-';
        let word = rest.split(|letter| !is_of_word(letter)).next().unwrap_or_default();
        self.at += word.len();
        word.to_owned()
    }

    /// The sources of a variable whose first kind was read, up to its brace.
    fn sources(&mut self, first: String, start: usize) -> Read<Vec<Source>> {
        let mut sources = vec![self.source(first, start)?];
        loop {
            self.skip_space();
            if self.skip("}") {
                return Ok(sources);
            }
            if !self.skip(",") {
                return Err(self.malformed("`,` or `}`", start));
            }
            self.skip_space();
            if let Some(text) = self.quoted(start)? {
                sources.push(Source::Text(text));
                continue;
            }
            if self.rest().starts_with("${") {
                let Some(inner) = self.variable()? else { return Err(self.malformed("a source", start)) };
                sources.extend(inner.sources);
                continue;
            }
            let word = self.word();
            let is_source = self.rest().starts_with([':', '(']);
            sources.push(match &*word {
                _ if is_source => self.source(word, start)?,
                "null" => Source::Null,
                "true" | "false" => Source::Bool(word == "true"),
                _ if !word.is_empty() && word.parse::<f64>().is_ok() => Source::Number(word),
                _ => return Err(self.malformed("a source, a text in quotes, or a number", start)),
            });
        }
    }

    /// What follows the kind of a source.
    fn source(&mut self, kind: String, start: usize) -> Read<Source> {
        let from = self.at - kind.len();
        let mut parameters = Vec::new();
        let mut address = None;
        if self.skip("(") {
            loop {
                self.skip_space();
                if self.skip(")") {
                    break;
                }
                if self.skip(",") {
                    continue;
                }
                if self.rest().is_empty() {
                    return Err(self.malformed("`)`", start));
                }
                parameters.push(match self.quoted(start)? {
                    Some(text) => vec![Piece::Text(text)],
                    None => trimmed(self.inner(&[',', ')', '}'])?),
                });
                if self.rest().starts_with('}') {
                    return Err(self.malformed("`)`", start));
                }
            }
            self.skip_space();
        }
        if self.skip(":") {
            self.skip_space();
            address = match self.quoted(start)? {
                Some(text) => Some(vec![Piece::Text(text)]),
                None => Some(trimmed(self.inner(&[',', '}'])?)).filter(|pieces| !pieces.is_empty()),
            };
        }
        let written = self.text.get(from..self.at).unwrap_or_default().trim().to_owned();
        Ok(Source::Of { written, kind, parameters, address })
    }

    /// Text within a variable.
    fn inner(&mut self, until: &[char]) -> Read<Vec<Piece>> {
        self.depth += 1;
        let pieces = self.pieces(until);
        self.depth -= 1;
        pieces
    }

    /// A text in quotes; in double ones with the escapes of JSON.
    fn quoted(&mut self, start: usize) -> Read<Option<String>> {
        let Some(mark) = ['\'', '"'].into_iter().find(|mark| self.rest().starts_with(*mark)) else { return Ok(None) };
        let rest = self.rest();
        let mut is_escaped = false;
        let end = rest.char_indices().skip(1).find(|(_, letter)| {
            let is_end = *letter == mark && !is_escaped;
            is_escaped = *letter == '\\' && !is_escaped;
            is_end
        });
        let Some((end, _)) = end else { return Err(self.malformed("the end of a text in quotes", start)) };
        let quoted = rest.get(..=end).unwrap_or_default();
        self.at += quoted.len();
        let inside = quoted.get(1..end).unwrap_or_default();
        if mark == '\'' {
            return Ok(Some(inside.to_owned()));
        }
        match iameval::json::parse(quoted) {
            Ok(node) => Ok(node.as_str().map(str::to_owned)),
            Err(_) => Err(self.malformed("a text that JSON takes", start)),
        }
    }

    fn malformed(&self, expected: &str, start: usize) -> Malformed {
        let variable: String = self.text.get(start..).unwrap_or_default().chars().take(60).collect();
        let found = self.rest().chars().next().map_or("its end".to_owned(), |found| format!("`{found}`"));
        Malformed(format!("`{variable}` is not a variable: expected {expected}, found {found}"))
    }
}

/// The same without space around it.
fn trimmed(mut pieces: Vec<Piece>) -> Vec<Piece> {
    if let Some(Piece::Text(text)) = pieces.first_mut() {
        *text = text.trim_start().to_owned();
    }
    if let Some(Piece::Text(text)) = pieces.last_mut() {
        *text = text.trim_end().to_owned();
    }
    pieces.retain(|piece| *piece != Piece::Text(String::new()));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parts of a text as text: variables between angle brackets, sources between bars.
    fn shown(pieces: &[Piece]) -> String {
        let source = |source: &Source| match source {
            Source::Null => "null".into(),
            Source::Bool(value) => value.to_string(),
            Source::Number(number) => number.clone(),
            Source::Text(text) => format!("{text:?}"),
            Source::Of { kind, parameters, address, .. } => {
                let parameters: Vec<String> = parameters.iter().map(|pieces| shown(pieces)).collect();
                let address = address.as_ref().map_or("-".into(), |pieces| shown(pieces));
                format!("{kind} {parameters:?} {address}")
            }
        };
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Variable(variable) => {
                format!("<{}>", variable.sources.iter().map(source).collect::<Vec<_>>().join(" | "))
            }
        };
        pieces.iter().map(piece).collect()
    }

    #[test]
    fn texts_and_variables_are_told_apart() {
        for (text, expected) in [
            ("plain $x {y}", "plain $x {y}"),
            ("${self:custom.a}", "<self [] custom.a>"),
            ("a-${sls:stage}-b", "a-<sls [] stage>-b"),
            ("${opt:stage, self:provider.stage, 'dev'}", r#"<opt [] stage | self [] provider.stage | "dev">"#),
            ("${opt:stage, ${self:provider.stage}}", "<opt [] stage | self [] provider.stage>"),
            ("${self:a.${opt:b}.c}", "<self [] a.<opt [] b>.c>"),
            ("${file(./a.${opt:b}.yml):c.d}", r#"<file ["./a.<opt [] b>.yml"] c.d>"#),
            ("${file('a b.yml')}", r#"<file ["a b.yml"] ->"#),
            ("${strToBool(${env:X}), false}", r#"<strToBool ["<env [] X>"] - | false>"#),
            ("${cf(eu-west-1):stack.Out, null}", r#"<cf ["eu-west-1"] stack.Out | null>"#),
            ("${ssm:/a/b~true, 5}", "<ssm [] /a/b~true | 5>"),
            ("${self:a, \"x\\ny\"}", r#"<self [] a | "x\ny">"#),
            ("${AWS::Region}", "${AWS::Region}"),
            ("${Table.Arn}", "${Table.Arn}"),
            ("${Table${self:a}}", "${Table<self [] a>}"),
            ("${cognito-identity.amazonaws.com:sub}", "${cognito-identity.amazonaws.com:sub}"),
            ("${bucket}", "${bucket}"),
            (r"\${aws:username}", "${aws:username}"),
            (r"\\${self:a}", r"\<self [] a>"),
            (r"\n", r"\n"),
        ] {
            assert_eq!(pieces(text).map(|pieces| shown(&pieces)), Ok(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (text, expected) in [
            ("${self:a", "`${self:a` is not a variable: expected `,` or `}`, found its end"),
            ("${self:a, b}", "expected a source, a text in quotes, or a number, found `}`"),
            ("${file(a.yml}", "expected `)`, found `}`"),
            ("${self:a, 'b}", "expected the end of a text in quotes, found `'`"),
            ("${self:a.${B}}", "expected a source such as `self:`, found `}`"),
        ] {
            let Malformed(message) = pieces(text).unwrap_err();
            assert!(message.contains(expected), "{text}: {message}");
        }
        let deep = "${self:a.".repeat(40) + &"}".repeat(40);
        assert!(pieces(&deep).unwrap_err().0.contains("deeper than 32 levels"));
    }
}
