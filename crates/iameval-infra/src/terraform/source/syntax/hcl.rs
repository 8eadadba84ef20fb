//! From the trees of `hcl-edit` to those that are evaluated here.

use super::super::convert::decimal;
use super::{Attribute, Block, Body, Expr, ExprKind, For, ITEM, Operator, Part};
use crate::codes;
use crate::value::Text;
use hcl_edit::expr::{
    BinaryOperator, Expression, ForExpr, Object, ObjectKey, Traversal, TraversalOperator, UnaryOperator,
};
use hcl_edit::parser;
use hcl_edit::structure::Structure;
use hcl_edit::template::{Directive, Element, Strip, Template};
use iameval::Diagnostic;
use iameval::text::Span;

/// Reads a file.
pub(super) fn body(text: &str) -> Result<Body, Diagnostic> {
    // Terraform ignores a byte order mark.
    let unmarked = text.strip_prefix('\u{feff}').map(|rest| format!("   {rest}"));
    let text = unmarked.as_deref().unwrap_or(text);
    let body = parser::parse_body(text).map_err(|error| refused(text, &error))?;
    Ok(Reader { text }.body(&body))
}

/// Reads a template.
pub(super) fn template(text: &str) -> Result<Expr, Diagnostic> {
    let template = parser::parse_template(text).map_err(|error| refused(text, &error))?;
    let span = Span::new(0, text.len());
    Ok(Expr { span, kind: ExprKind::Template(Reader { text }.parts(&template, 0)) })
}

/// Reads an expression.
pub(super) fn expression(text: &str) -> Option<Expr> {
    let expression = parser::parse_expr(text).ok()?;
    Some(Reader { text }.expression(&expression))
}

fn refused(text: &str, error: &parser::Error) -> Diagnostic {
    let location = error.location();
    let line_start: usize =
        text.split_inclusive('\n').take(location.line().saturating_sub(1)).map(str::len).sum::<usize>();
    let line = text.get(line_start..).unwrap_or_default();
    let column = line.chars().take(location.column().saturating_sub(1)).map(char::len_utf8).sum::<usize>();
    let at = (line_start + column).min(text.len());
    let next = text.get(at..).and_then(|rest| rest.chars().next()).filter(|letter| !letter.is_control());
    let width = next.map_or(0, char::len_utf8);
    let message = format!("this is not Terraform's language: {}", error.message());
    let diagnostic = Diagnostic::new(codes::INVALID_SOURCE, Span::new(at, at + width), message);
    diagnostic.with_help("`terraform validate` tells more")
}

/// Reads trees of a text.
struct Reader<'t> {
    text: &'t str,
}

fn span_of(node: &impl hcl_edit::Span) -> Span {
    node.span().map_or(Span::START, |range| Span::new(range.start, range.end))
}

impl Reader<'_> {
    fn body(&self, body: &hcl_edit::structure::Body) -> Body {
        let mut read = Body::default();
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => read.attributes.push(Attribute {
                    name: attribute.key.as_str().to_owned(),
                    value: self.expression(&attribute.value),
                }),
                Structure::Block(block) => {
                    let start = span_of(&block.ident);
                    let end = block.labels.last().map_or(start, span_of);
                    read.blocks.push(Block {
                        kind: block.ident.as_str().to_owned(),
                        labels: block.labels.iter().map(|label| label.as_str().to_owned()).collect(),
                        head: Span { start: start.start, end: end.end },
                        span: Span { start: start.start, end: span_of(block).end.max(end.end) },
                        body: self.body(&block.body),
                    });
                }
            }
        }
        read
    }

    fn expression(&self, expression: &Expression) -> Expr {
        let span = span_of(expression);
        let kind = match expression {
            Expression::Null(_) => ExprKind::Null,
            Expression::Bool(value) => ExprKind::Bool(*value.value()),
            // With all the digits that are written.
            Expression::Number(number) => {
                let written = self.text.get(span.range()).filter(|text| decimal(text).is_some() || *text == "-0");
                ExprKind::Number(written.map_or_else(|| number.value().to_string(), str::to_owned))
            }
            Expression::String(text) => ExprKind::Text(self.quoted(text.value(), span)),
            Expression::Array(items) => ExprKind::List(items.iter().map(|item| self.expression(item)).collect()),
            Expression::Object(object) => ExprKind::Map(self.object(object)),
            Expression::StringTemplate(template) => ExprKind::Template(self.parts(template, 0)),
            Expression::HeredocTemplate(heredoc) => {
                ExprKind::Template(self.parts(&heredoc.template, heredoc.indent().unwrap_or(0)))
            }
            Expression::Parenthesis(inner) => return self.expression(inner.inner()),
            Expression::Variable(name) => ExprKind::Variable(name.as_str().to_owned()),
            Expression::Conditional(conditional) => ExprKind::Conditional(Box::new([
                self.expression(&conditional.cond_expr),
                self.expression(&conditional.true_expr),
                self.expression(&conditional.false_expr),
            ])),
            Expression::FuncCall(call) => {
                let namespace = call.name.namespace.iter().map(|part| format!("{}::", part.as_str()));
                let name = namespace.chain([call.name.name.as_str().to_owned()]).collect();
                let arguments = call.args.iter().map(|argument| self.expression(argument)).collect();
                ExprKind::Call { name, arguments, expands: call.args.expand_final() }
            }
            Expression::Traversal(traversal) => return self.traversal(traversal, span),
            Expression::UnaryOp(operation) => {
                let inner = Box::new(self.expression(&operation.expr));
                match operation.operator.value() {
                    UnaryOperator::Not => ExprKind::Not(inner),
                    UnaryOperator::Neg => ExprKind::Negative(inner),
                }
            }
            Expression::BinaryOp(operation) => ExprKind::Binary(
                Box::new(self.expression(&operation.lhs_expr)),
                operator(*operation.operator.value()),
                Box::new(self.expression(&operation.rhs_expr)),
            ),
            Expression::ForExpr(each) => ExprKind::For(Box::new(self.each(each))),
        };
        Expr { span, kind }
    }

    fn object(&self, object: &Object) -> Vec<(Expr, Expr)> {
        let key = |key: &ObjectKey| match key {
            ObjectKey::Ident(name) => {
                let span = span_of(name);
                Expr { span, kind: ExprKind::Text(self.plain(name.as_str(), span)) }
            }
            // A word is a text also where it could be a variable.
            ObjectKey::Expression(Expression::Variable(name)) => {
                let span = span_of(name);
                Expr { span, kind: ExprKind::Text(self.plain(name.as_str(), span)) }
            }
            ObjectKey::Expression(expression) => self.expression(expression),
        };
        object.iter().map(|(name, value)| (key(name), self.expression(value.expr()))).collect()
    }

    fn each(&self, each: &ForExpr) -> For {
        For {
            key: each.intro.key_var.as_ref().map(|name| name.as_str().to_owned()),
            value: each.intro.value_var.as_str().to_owned(),
            of: self.expression(&each.intro.collection_expr),
            result_key: each.key_expr.as_ref().map(|key| self.expression(key)),
            result: self.expression(&each.value_expr),
            groups: each.grouping,
            condition: each.cond.as_ref().map(|condition| self.expression(&condition.expr)),
        }
    }

    fn traversal(&self, traversal: &Traversal, whole: Span) -> Expr {
        let mut made = self.expression(&traversal.expr);
        let mut operators = traversal.operators.iter();
        while let Some(operator) = operators.next() {
            let span = Span { start: whole.start, end: span_of(operator).end };
            if let TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) = operator.value() {
                let start = Expr { span, kind: ExprKind::Variable(ITEM.to_owned()) };
                let each = operators.fold(start, |of, operator| {
                    self.step(of, operator.value(), Span { end: span_of(operator).end, ..span })
                });
                return Expr { span: whole, kind: ExprKind::Splat(Box::new(made), Box::new(each)) };
            }
            made = self.step(made, operator.value(), span);
        }
        made
    }

    fn step(&self, of: Expr, operator: &TraversalOperator, span: Span) -> Expr {
        let of = Box::new(of);
        let kind = match operator {
            TraversalOperator::GetAttr(name) => ExprKind::Attribute(of, name.as_str().to_owned()),
            TraversalOperator::Index(key) => ExprKind::Index(of, Box::new(self.expression(key))),
            TraversalOperator::LegacyIndex(number) => {
                let key = Expr { span, kind: ExprKind::Number(number.value().to_string()) };
                ExprKind::Index(of, Box::new(key))
            }
            // A splat in a splat.
            TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => {
                let item = Expr { span, kind: ExprKind::Variable(ITEM.to_owned()) };
                ExprKind::Splat(of, Box::new(item))
            }
        };
        Expr { span, kind }
    }

    /// The parts of a template, of which every line is written with so many more spaces.
    fn parts(&self, template: &Template, indent: usize) -> Vec<Part> {
        let mut parts = Vec::new();
        let elements: Vec<&Element> = template.iter().collect();
        for (at, element) in elements.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|at| elements.get(at));
            match element {
                Element::Literal(literal) => {
                    let strip_start = before.is_some_and(|before| strips(before).1);
                    let strip_end = elements.get(at + 1).is_some_and(|after| strips(after).0);
                    let text = self.literal(literal.value(), span_of(literal), indent);
                    parts.push(Part::Literal(stripped(&text, strip_start, strip_end)));
                }
                Element::Interpolation(interpolation) => parts.push(Part::Value(self.expression(&interpolation.expr))),
                Element::Directive(directive) => parts.push(self.directive(directive, indent)),
            }
        }
        parts
    }

    fn directive(&self, directive: &Directive, indent: usize) -> Part {
        let inner = |template: &Template, start: Strip, end: Option<Strip>| {
            let mut parts = self.parts(template, indent);
            if matches!(start, Strip::End | Strip::Both)
                && let Some(Part::Literal(text)) = parts.first_mut()
            {
                *text = stripped(text, true, false);
            }
            if matches!(end, Some(Strip::Start | Strip::Both))
                && let Some(Part::Literal(text)) = parts.last_mut()
            {
                *text = stripped(text, false, true);
            }
            parts
        };
        match directive {
            Directive::If(branch) => {
                let last = branch.endif_expr.strip;
                let after = branch.else_expr.as_ref().map_or(last, |branch| branch.strip);
                Part::If {
                    condition: self.expression(&branch.if_expr.cond_expr),
                    then: inner(&branch.if_expr.template, branch.if_expr.strip, Some(after)),
                    otherwise: branch
                        .else_expr
                        .as_ref()
                        .map_or_else(Vec::new, |branch| inner(&branch.template, branch.strip, Some(last))),
                }
            }
            Directive::For(each) => Part::For {
                key: each.for_expr.key_var.as_ref().map(|name| name.as_str().to_owned()),
                value: each.for_expr.value_var.as_str().to_owned(),
                of: self.expression(&each.for_expr.collection_expr),
                parts: inner(&each.for_expr.template, each.for_expr.strip, Some(each.endfor_expr.strip)),
            },
        }
    }

    /// A literal of a template. What of it stands in the file as it is has its place.
    fn literal(&self, value: &str, span: Span, indent: usize) -> Text {
        if indent == 0 {
            return self.plain(value, span);
        }
        let raw = self.text.get(span.range()).unwrap_or_default();
        let mut text = Text { text: value.to_owned(), runs: Vec::new() };
        let (mut at, mut place) = (0, span.start as usize);
        let mut lines = value.split_inclusive('\n');
        for written in raw.split_inclusive('\n') {
            let Some(line) = lines.next() else { break };
            // The indent is cut off at the beginning of a line, and not after an interpolation.
            let Some(cut) = written.strip_suffix(line).map(str::len) else { return Text { runs: Vec::new(), ..text } };
            text.runs.push((Span::new(at, at).start, Span::new(place + cut, place + written.len())));
            (at, place) = (at + line.len(), place + written.len());
        }
        text
    }

    /// A text in quotation marks.
    fn quoted(&self, value: &str, span: Span) -> Text {
        crate::literal::text(self.text, value, span)
    }

    fn plain(&self, value: &str, span: Span) -> Text {
        let is_there = !value.is_empty() && self.text.get(span.range()) == Some(value);
        let runs = if is_there { vec![(0, span)] } else { Vec::new() };
        Text { text: value.to_owned(), runs }
    }
}

/// Whether an element takes the space before it and after it away.
fn strips(element: &Element) -> (bool, bool) {
    let (before, after) = match element {
        Element::Literal(_) => return (false, false),
        Element::Interpolation(interpolation) => (interpolation.strip, interpolation.strip),
        Element::Directive(directive) => match &**directive {
            Directive::If(branch) => (branch.if_expr.strip, branch.endif_expr.strip),
            Directive::For(each) => (each.for_expr.strip, each.endfor_expr.strip),
        },
    };
    (matches!(before, Strip::Start | Strip::Both), matches!(after, Strip::End | Strip::Both))
}

fn stripped(text: &Text, start: bool, end: bool) -> Text {
    let all = &text.text;
    let from = if start { all.len() - all.trim_start().len() } else { 0 };
    let to = if end { all.trim_end().len() } else { all.len() };
    text.part(from..to.max(from))
}

fn operator(operator: BinaryOperator) -> Operator {
    match operator {
        BinaryOperator::Eq => Operator::Equal,
        BinaryOperator::NotEq => Operator::NotEqual,
        BinaryOperator::LessEq => Operator::LessOrEqual,
        BinaryOperator::GreaterEq => Operator::GreaterOrEqual,
        BinaryOperator::Less => Operator::Less,
        BinaryOperator::Greater => Operator::Greater,
        BinaryOperator::Plus => Operator::Add,
        BinaryOperator::Minus => Operator::Subtract,
        BinaryOperator::Mul => Operator::Multiply,
        BinaryOperator::Div => Operator::Divide,
        BinaryOperator::Mod => Operator::Remainder,
        BinaryOperator::And => Operator::And,
        BinaryOperator::Or => Operator::Or,
    }
}

/// The same parts, all of which stand at one place.
pub(super) fn placed(parts: Vec<Part>, span: Span) -> Vec<Part> {
    let bare = |text: Text| Text { runs: Vec::new(), ..text };
    let all = |parts: Vec<Part>| placed(parts, span);
    let part = |part| match part {
        Part::Literal(text) => Part::Literal(bare(text)),
        Part::Value(value) => Part::Value(at(value, span)),
        Part::If { condition, then, otherwise } => {
            Part::If { condition: at(condition, span), then: all(then), otherwise: all(otherwise) }
        }
        Part::For { key, value, of, parts } => Part::For { key, value, of: at(of, span), parts: all(parts) },
    };
    parts.into_iter().map(part).collect()
}

fn at(expression: Expr, span: Span) -> Expr {
    let one = |inner: Box<Expr>| Box::new(at(*inner, span));
    let all = |inner: Vec<Expr>| inner.into_iter().map(|inner| at(inner, span)).collect();
    let kind = match expression.kind {
        ExprKind::Text(text) => ExprKind::Text(Text { runs: Vec::new(), ..text }),
        ExprKind::Template(parts) => ExprKind::Template(placed(parts, span)),
        ExprKind::List(items) => ExprKind::List(all(items)),
        ExprKind::Map(entries) => {
            ExprKind::Map(entries.into_iter().map(|(key, value)| (at(key, span), at(value, span))).collect())
        }
        ExprKind::Attribute(of, name) => ExprKind::Attribute(one(of), name),
        ExprKind::Index(of, key) => ExprKind::Index(one(of), one(key)),
        ExprKind::Splat(of, each) => ExprKind::Splat(one(of), one(each)),
        ExprKind::Conditional(parts) => ExprKind::Conditional(Box::new(parts.map(|part| at(part, span)))),
        ExprKind::Call { name, arguments, expands } => ExprKind::Call { name, arguments: all(arguments), expands },
        ExprKind::Not(inner) => ExprKind::Not(one(inner)),
        ExprKind::Negative(inner) => ExprKind::Negative(one(inner)),
        ExprKind::Binary(left, operator, right) => ExprKind::Binary(one(left), operator, one(right)),
        ExprKind::For(each) => {
            let For { key, value, of, result_key, result, groups, condition } = *each;
            ExprKind::For(Box::new(For {
                key,
                value,
                of: at(of, span),
                result_key: result_key.map(|key| at(key, span)),
                result: at(result, span),
                groups,
                condition: condition.map(|condition| at(condition, span)),
            }))
        }
        kind => kind,
    };
    Expr { span, kind }
}
