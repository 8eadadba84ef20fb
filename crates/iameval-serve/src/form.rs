//! The parameters of a call in the AWS Query protocol (R-SIM-01): names with dots are structures, `Name.member.N` lists.

use crate::fault::Fault;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// How many parameters a form may have.
const MOST_FIELDS: usize = 50_000;
/// How deep a name may be: no parameter of IAM has more parts than `A.member.1.B.member.1`.
const MOST_PARTS: usize = 8;

/// The first character of the plane whose characters symbols are.
const PRIVATE: char = '\u{100000}';

/// The parameters of a call.
///
/// ```
/// use iameval_serve::Form;
///
/// let form = Form::parse(b"Action=SimulateCustomPolicy&ActionNames.member.1=s3%3AGetObject&ContextEntries=").unwrap();
/// assert_eq!(form.text("Action"), Some("SimulateCustomPolicy"));
/// assert_eq!(form.texts("ActionNames"), Some(vec!["s3:GetObject"]));
/// assert_eq!(form.texts("ContextEntries"), Some(vec![]));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    value: Option<String>,
    parts: BTreeMap<String, Form>,
}

impl Form {
    /// Reads `application/x-www-form-urlencoded`.
    ///
    /// # Errors
    /// When it is not UTF-8 once decoded, or has too many parameters.
    pub fn parse(text: &[u8]) -> Result<Self, Fault> {
        let mut form = Self::default();
        let fields = text.split(|byte| *byte == b'&').filter(|field| !field.is_empty());
        for (number, field) in fields.enumerate() {
            if number == MOST_FIELDS {
                return Err(Fault::malformed(format!("The form has more than {MOST_FIELDS} parameters.")));
            }
            let at = field.iter().position(|byte| *byte == b'=');
            let (name, value) = at.and_then(|at| field.split_at_checked(at)).unwrap_or((field, b"="));
            let name = decoded(name)?;
            form.add(&name, decoded(value.get(1..).unwrap_or_default())?.into_owned())?;
        }
        Ok(form)
    }

    /// Adds a parameter, in place of one of that name.
    ///
    /// # Errors
    /// When the name has too many parts, or the value has a character of the last plane, which is for private use: here such
    /// a character stands for what is not known of a world.
    pub fn add(&mut self, name: &str, value: String) -> Result<(), Fault> {
        if name.split('.').count() > MOST_PARTS {
            return Err(Fault::malformed("A parameter's name has too many parts."));
        }
        if let Some(private) = value.chars().find(|character| *character >= PRIVATE) {
            let message =
                format!("A parameter has the character U+{:X}, which is for private use.", u32::from(private));
            return Err(Fault::malformed(message));
        }
        let mut place = self;
        for part in name.split('.') {
            place = place.parts.entry(part.to_owned()).or_default();
        }
        place.value = Some(value);
        Ok(())
    }

    /// The value of a parameter.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.parts.get(name)?.value.as_deref()
    }

    /// A structure.
    pub fn structure(&self, name: &str) -> Option<&Form> {
        self.parts.get(name).filter(|form| !form.parts.is_empty())
    }

    /// The members of a list in the order of their numbers, gaps left out; `None` where there is no such list. A bare
    /// `Name=` is an empty list.
    pub fn list(&self, name: &str) -> Option<Vec<&Form>> {
        let list = self.parts.get(name)?;
        let members = list.parts.get("member").into_iter().flat_map(|members| &members.parts);
        let mut members: Vec<(u32, &Form)> =
            members.filter_map(|(number, form)| Some((number.parse().ok()?, form))).collect();
        members.sort_by_key(|(number, _)| *number);
        Some(members.into_iter().map(|(_, form)| form).collect())
    }

    /// The members of a list of texts; a member without a text is an empty one.
    pub fn texts(&self, name: &str) -> Option<Vec<&str>> {
        Some(self.list(name)?.into_iter().map(|member| member.value.as_deref().unwrap_or_default()).collect())
    }

    /// Every value, in any depth.
    pub(crate) fn values(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        Box::new(self.value.as_deref().into_iter().chain(self.parts.values().flat_map(Form::values)))
    }

    /// The same form with other values.
    pub(crate) fn with_values(&self, change: &dyn Fn(&str) -> String) -> Self {
        let parts = self.parts.iter().map(|(name, part)| (name.clone(), part.with_values(change)));
        Self { value: self.value.as_deref().map(change), parts: parts.collect() }
    }

    /// Whether nothing is said at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.value.as_deref().unwrap_or_default().is_empty() && self.parts.values().all(Form::is_empty)
    }
}

/// Decodes `+` and `%XX`, once. A `%` that begins no such pair stands for itself.
fn decoded(text: &[u8]) -> Result<Cow<'_, str>, Fault> {
    let not_utf8 = |_| Fault::malformed("A parameter is not UTF-8.");
    if !text.iter().any(|byte| matches!(byte, b'+' | b'%')) {
        return std::str::from_utf8(text).map(Cow::Borrowed).map_err(not_utf8);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, tail)) = rest.split_first() {
        let pair = tail.first_chunk::<2>().and_then(|[high, low]| Some(digit(*high)? * 16 + digit(*low)?));
        let (byte, tail) = match (first, pair) {
            (b'%', Some(byte)) => (byte, tail.get(2..).unwrap_or_default()),
            (b'+', _) => (b' ', tail),
            (other, _) => (*other, tail),
        };
        out.push(byte);
        rest = tail;
    }
    String::from_utf8(out).map(Cow::Owned).map_err(|error| not_utf8(error.utf8_error()))
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_come_in_any_order_and_with_gaps() {
        let form = Form::parse(b"A.member.10=c&A.member.2=b+%2B%zz&A.member.1=a&B.member.1.K=x&E=&&flag").unwrap();
        assert_eq!(form.texts("A").unwrap(), ["a", "b +%zz", "c"]);
        assert_eq!(form.list("B").unwrap()[0].text("K"), Some("x"));
        assert_eq!(form.texts("E").unwrap(), [""; 0]);
        assert_eq!((form.text("flag"), form.texts("none")), (Some(""), None));
    }

    #[test]
    fn what_is_no_form_is_refused() {
        assert_eq!(Form::parse(b"a=%ff").unwrap_err().code(), "MalformedInput");
        assert_eq!(Form::parse("a=\u{100000}".as_bytes()).unwrap_err().code(), "MalformedInput");
        assert_eq!(Form::parse(b"a.a.a.a.a.a.a.a.a=").unwrap_err().code(), "MalformedInput");
        let many = "a=&".repeat(MOST_FIELDS + 1);
        assert_eq!(Form::parse(many.as_bytes()).unwrap_err().code(), "MalformedInput");
    }
}
