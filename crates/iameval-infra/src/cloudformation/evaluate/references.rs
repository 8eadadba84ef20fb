//! `Ref` and `Fn::GetAtt`: what stands elsewhere.

use super::{At, Evaluated, Evaluator, Key, Told, Tree};
use crate::cloudformation::parameters::Parameter;
use crate::codes;
use crate::value::{Text, Value, ValueKind};
use iameval::Diagnostic;
use iameval::json;
use iameval::suggest;
use iameval::symbol::SymbolKind;
use iameval::text::Span;

impl<'t> Evaluator<'t> {
    /// `Ref`.
    pub(super) fn reference(&mut self, at: At, node: &'t Tree, argument: &'t Tree) -> Evaluated {
        if let Some(name) = argument.as_str() {
            return self.refer(at, name, node.span);
        }
        let argument = self.value(at, argument)?;
        self.for_each_choice(at, node, "Ref", vec![argument], &mut |this, arguments| match arguments
            .first()
            .and_then(Option::as_ref)
            .map(|argument| &argument.kind)
        {
            Some(ValueKind::Text(text)) if this.symbols.within(&text.text).next().is_none() => {
                this.refer(at, &text.text, node.span)
            }
            Some(ValueKind::Text(_) | ValueKind::Unknown(_)) => this.unnamed(at, node, "Ref").map(Some),
            _ => Err(this.misused(at, node.span, "Ref", "the name of a parameter or the id of a resource")),
        })
    }

    /// What `Ref` gives for a name.
    pub(super) fn refer(&mut self, at: At, name: &str, span: Span) -> Evaluated {
        if name == "AWS::NoValue" {
            return Ok(None);
        }
        if let Some(value) = self.pseudo(at, name, span)? {
            return Ok(Some(value));
        }
        if let Some((&name, _)) = self.sections(at).parameters.get_key_value(name) {
            let value = self.parameter(at, name, span)?.placed(span);
            self.grow(at, span, value.size())?;
            return Ok(Some(value));
        }
        if let Some((&id, _)) = self.sections(at).resources.get_key_value(name) {
            self.depends_on(at, id, span);
            let identity = self.identity(at, id, span)?;
            self.grow(at, span, identity.reference.len())?;
            return Ok(Some(Value::text(span, identity.reference.clone())));
        }
        self.undefined(at, name, name, span).map(Some)
    }

    /// `Fn::GetAtt`.
    pub(super) fn attribute_of(&mut self, at: At, node: &'t Tree, argument: &'t Tree) -> Result<Value, Told> {
        const TAKES: &str = "the id of a resource and the name of an attribute";
        if let Some((id, name)) = argument.as_str().and_then(|text| text.split_once('.')) {
            return self.attribute(at, id, name, node.span);
        }
        let json::Value::Array(items) = &argument.value else {
            return Err(self.misused(at, argument.span, "Fn::GetAtt", TAKES));
        };
        let [id, name] = &**items else { return Err(self.misused(at, argument.span, "Fn::GetAtt", TAKES)) };
        let Some(id) = id.as_str() else { return Err(self.misused(at, id.span, "Fn::GetAtt", TAKES)) };
        if let Some(name) = name.as_str() {
            return self.attribute(at, id, name, node.span);
        }
        let name = self.value(at, name)?;
        match name.as_ref().and_then(Value::as_text) {
            Some(name) if self.symbols.within(name).next().is_none() => self.attribute(at, id, name, node.span),
            _ => self.unnamed(at, node, "Fn::GetAtt"),
        }
    }

    /// The value of an attribute.
    pub(super) fn attribute(&mut self, at: At, id: &str, name: &str, span: Span) -> Result<Value, Told> {
        let address = format!("{id}.{name}");
        let Some((&id, &member)) = self.sections(at).resources.get_key_value(id) else {
            return self.undefined(at, id, &address, span);
        };
        self.depends_on(at, id, span);
        if let Some(output) = name.strip_prefix("Outputs.")
            && let Some(&child) = self.children.get(&(at.stack, id))
        {
            let inner = At { stack: child, ..self.deeper(at, span)? };
            let value = self.output(at, inner, output, span)?;
            self.grow(at, span, value.as_ref().map_or(0, Value::size))?;
            return Ok(value.unwrap_or_else(|| Value::text(span, "")).placed(span));
        }
        let identity = self.identity(at, id, span)?;
        let address = format!("{}{address}", self.template(at).prefix);
        if let Some(text) = self.given_for(&address) {
            return Ok(Value::text(span, text));
        }
        let pattern = identity.row.filter(|_| !identity.is_gone).and_then(|row| row.attribute(name));
        let text = if let Some(pattern) = pattern {
            self.fill(at, id, member, &identity, pattern, span)?
        } else {
            let kind = if identity.is_open { SymbolKind::Input } else { SymbolKind::Text };
            self.text_of(at, span, &address, kind)?
        };
        self.grow(at, span, text.len())?;
        Ok(Value::text(span, text))
    }

    /// A name that the template does not define. Macros may.
    fn undefined(&mut self, at: At, name: &str, address: &str, span: Span) -> Result<Value, Told> {
        let template = self.template(at);
        if template.has_transforms && !name.contains("::") {
            let address = format!("{}{address}", template.prefix);
            return Ok(Value::text(span, self.text_of(at, span, &address, SymbolKind::Input)?));
        }
        let sections = self.sections(at);
        let names = sections.parameters.keys().chain(sections.resources.keys()).copied();
        let help = suggest::did_you_mean(name, names);
        let variable = name.contains(':') && !name.starts_with("AWS::");
        let help = if variable {
            Some(format!("in `Fn::Sub`, `${{!{name}}}` is the text `${{{name}}}`, a policy variable"))
        } else {
            help
        };
        let message = format!("the template has no parameter or resource `{name}`");
        let diagnostic = Diagnostic::new(codes::UNDEFINED_REFERENCE, span, message).with_any_help(help);
        Err(self.wrong_with(at, diagnostic))
    }

    /// The value of a parameter.
    fn parameter(&mut self, at: At, name: &'t str, span: Span) -> Result<Value, Told> {
        if let Some(value) = self.parameters.get(&(at.stack, name)) {
            return value.clone();
        }
        let at = self.deeper(at, span)?;
        self.enter(at, Key::Parameter(name), span)?;
        let value = self.settle(at, name);
        self.leave();
        self.parameters.insert((at.stack, name), value.clone());
        value
    }

    fn settle(&mut self, at: At, name: &'t str) -> Result<Value, Told> {
        let Some(&member) = self.sections(at).parameters.get(name) else { return Err(Told) };
        let (parameter, span) = (Parameter::new(member), member.key_span);
        let address = format!("{}{name}", self.template(at).prefix);
        let given = self.given_for(&address);
        if !parameter.is_secret() {
            if let Some(given) = given {
                return self.taken(at, parameter, Text::from(given), span);
            }
            if !parameter.is_looked_up() {
                if let Some(value) = self.passed(at, name)? {
                    return match value.to_text() {
                        Some(text) => self.taken(at, parameter, text, span),
                        None => Ok(value.placed(span)),
                    };
                }
                let given = self.template(at).settings.parameters.get(name).cloned();
                if let Some(text) = given.or_else(|| parameter.default()) {
                    return self.taken(at, parameter, Text::from(text), span);
                }
            }
            if parameter.is_looked_up() {
                let message = format!("what parameter `{name}` stands for is kept by Systems Manager, and not known");
                self.left_open(at, span, message, &format!("`--set {address}=VALUE` gives it a value"));
            } else {
                self.without_value.entry(at.stack).or_default().insert((span.start, name.to_owned()), span);
            }
        }
        let symbol = self.symbol(at, span, &address, parameter.certain(), None)?;
        if let Some(allowed) = parameter.allowed().filter(|_| !parameter.is_list() && !parameter.is_looked_up()) {
            self.allowed.insert(symbol, allowed);
        }
        let kind = if parameter.is_list() {
            ValueKind::Unknown(symbol)
        } else {
            ValueKind::Text(Text::from(symbol.to_string()))
        };
        Ok(Value { span, kind })
    }

    /// What the parent of a nested stack passes for a parameter.
    fn passed(&mut self, at: At, name: &str) -> Evaluated {
        let Some((parent, id)) = &self.template(at).parent else { return Ok(None) };
        let outer = At { stack: *parent, ..at };
        let resource = self.sections(outer).resources.get(&**id).map(|member| &member.value);
        let passed = resource.and_then(|node| node.get("Properties")?.get("Parameters")?.get(name));
        let Some(passed) = passed else { return Ok(None) };
        let owner = self.owner.take();
        let value = self.value(outer, passed);
        self.owner = owner;
        value
    }

    /// A text as the value of a parameter.
    fn taken(&mut self, at: At, parameter: Parameter<'t>, text: Text, span: Span) -> Result<Value, Told> {
        let is_known = self.symbols.within(&text.text).next().is_none();
        if let Some((message, help)) = parameter.refuses(&text.text).filter(|_| is_known) {
            return Err(self.wrong(at, codes::INVALID_PARAMETER, span, message, help));
        }
        if !parameter.is_list() {
            return Ok(Value { span, kind: ValueKind::Text(text) });
        }
        if let Some(symbol) = self.symbols.within(&text.text).find(|symbol| symbol.to_string() == text.text) {
            return Ok(Value { span, kind: ValueKind::Unknown(symbol) });
        }
        let items = text.text.split(',').map(|item| Value::text(span, item.trim()));
        Ok(Value { span, kind: ValueKind::List(items.collect()) })
    }
}
