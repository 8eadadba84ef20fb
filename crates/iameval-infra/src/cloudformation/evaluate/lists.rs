//! Functions of lists and maps: `Fn::Select`, `Fn::FindInMap`, `Fn::GetAZs`, `Fn::Cidr`, `Fn::Length`.

use super::{At, Evaluated, Evaluator, Told, Tree};
use crate::codes;
use crate::value::{Value, ValueKind};
use iameval::Diagnostic;
use iameval::json::{self, Node};
use iameval::suggest;
use iameval::symbol::SymbolKind;
use iameval::text::Span;
use std::net::Ipv4Addr;

/// So many values of a map are taken together where the key is not known.
const MAX_ROWS: usize = 32;

impl<'t> Evaluator<'t> {
    /// `Fn::Select`.
    pub(super) fn select(&mut self, at: At, node: &'t Tree, _: &'t Tree) -> Evaluated {
        let [index, list] = self.operands(at, node, "Fn::Select", "an index and a list")?;
        let number = index;
        let index = self.value(at, index)?;
        // Of a text that can be split only in part, the first pieces may be certain.
        let split = list.members().and_then(|members| match members {
            [member] if member.key == "Fn::Split" => match &member.value.value {
                json::Value::Array(items) => match &**items {
                    [delimiter, text] => delimiter.as_str().filter(|text| !text.is_empty()).zip(Some(text)),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        });
        let from = match split {
            Some((_, text)) => self.value(at, text)?,
            None => self.value(at, list)?,
        };
        self.for_each_choice(at, node, "Fn::Select", vec![index, from], &mut |this, mut arguments| {
            let from = arguments.pop().flatten();
            let kind = this.kind_of_pieces(split.and(from.as_ref()));
            let index = arguments.pop().flatten().and_then(|index| index.to_text());
            let Some(index) = index.and_then(|index| index.text.trim().parse::<usize>().ok()) else {
                return this.unnamed(at, node, "Fn::Select").map(Some);
            };
            let (mut items, is_whole) = match (split, from) {
                (Some((delimiter, _)), from) => this.pieces(at, node, delimiter, vec![from])?,
                (None, Some(Value { kind: ValueKind::List(items), .. })) => (items, true),
                (None, Some(Value { kind: ValueKind::Unknown(_) | ValueKind::Text(_), .. })) => (Vec::new(), false),
                (None, _) => return Err(this.misused(at, list.span, "Fn::Select", "an index and a list")),
            };
            if index < items.len() {
                let item = items.swap_remove(index);
                // One of a list that may lack some is not certain, but the list is whole where it is known.
                return Ok(Some(Value { span: node.span, ..item }));
            }
            if is_whole {
                let message = format!("the list has {} items, and there is none at index {index}", items.len());
                let help = "the first is at index 0";
                return Err(this.wrong(at, codes::INVALID_TEMPLATE, number.span, message, help));
            }
            this.unnamed_of(at, node, "Fn::Select", kind).map(Some)
        })
    }

    /// `Fn::FindInMap`.
    pub(super) fn find_in_map(&mut self, at: At, node: &'t Tree, argument: &'t Tree) -> Evaluated {
        const TAKES: &str = "the name of a map and two keys";
        let json::Value::Array(items) = &argument.value else {
            return Err(self.misused(at, argument.span, "Fn::FindInMap", TAKES));
        };
        let (keys, default) = match &**items {
            [keys @ .., default] if keys.len() == 3 => (keys, default.get("DefaultValue")),
            keys if keys.len() == 3 => (keys, None),
            _ => return Err(self.misused(at, argument.span, "Fn::FindInMap", TAKES)),
        };
        let mut arguments = Vec::with_capacity(keys.len());
        for key in keys {
            arguments.push(self.value(at, key)?);
        }
        self.for_each_choice(at, node, "Fn::FindInMap", arguments, &mut |this, arguments| {
            let texts: Option<Vec<String>> =
                arguments.iter().map(|argument| Some(argument.as_ref()?.to_text()?.text)).collect();
            let Some([map, first, second]) = texts.as_deref() else {
                return Err(this.misused(at, argument.span, "Fn::FindInMap", TAKES));
            };
            let is_known = |text: &str| this.symbols.within(text).next().is_none();
            if !is_known(map) || !(is_known(first) || is_known(second)) {
                return this.unnamed(at, node, "Fn::FindInMap").map(Some);
            }
            let (known_first, known_second) = (is_known(first), is_known(second));
            let rows = this.sections(at).mappings.get(&**map).map(|rows| &rows.value);
            let row = rows.filter(|_| known_first).and_then(|rows| this.member(rows, first));
            if known_first && known_second {
                return match (row.and_then(|row| this.member(row, second)), default) {
                    (Some(found), _) => this.found(at, found, node.span),
                    (None, Some(default)) => this.value(at, default),
                    (None, None) => Err(this.not_in_map(at, argument.span, [map, first, second])),
                };
            }
            // One key is not known: it is one of those that are there.
            let (among, label, key) =
                if known_first { (row, format!("{map}.{first}"), second) } else { (rows, map.clone(), first) };
            let Some(among) = among.and_then(Node::members) else {
                return Err(this.not_in_map(at, argument.span, [map, first, second]));
            };
            if among.is_empty() || among.len() > MAX_ROWS || default.is_some() {
                return this.unnamed(at, node, "Fn::FindInMap").map(Some);
            }
            let found =
                among.iter().map(|member| if known_first { Some(&member.value) } else { member.value.get(second) });
            this.any_of(at, node, &label, key, found)
        })
    }

    /// What a map holds where a key is not known.
    fn any_of(
        &mut self,
        at: At,
        node: &'t Tree,
        map: &str,
        key: &str,
        found: impl Iterator<Item = Option<&'t Tree>>,
    ) -> Evaluated {
        let mut choices = Vec::new();
        for node_found in found {
            choices.push(match node_found {
                Some(found) => self.found(at, found, node.span)?,
                None => None,
            });
        }
        let texts: Vec<Option<&str>> = choices.iter().map(|choice| choice.as_ref().and_then(Value::as_text)).collect();
        if texts.first().is_some_and(Option::is_some) && texts.windows(2).all(|pair| pair.first() == pair.last()) {
            return Ok(choices.pop().flatten());
        }
        let key = match self.symbols.within(key).next() {
            Some(symbol) if symbol.to_string() == key => self.symbols.name(symbol).to_owned(),
            _ => self.symbols.display(key).into_owned(),
        };
        let address = format!("{}{map} by {key}", self.template(at).prefix);
        let on = self.symbol(at, node.span, &address, SymbolKind::Text, None)?;
        Ok(Some(Value { span: node.span, kind: ValueKind::OneOf { on: on.into(), choices } }))
    }

    fn found(&mut self, at: At, node: &'t Tree, span: Span) -> Evaluated {
        Ok(self.value(at, node)?.map(|value| value.placed(span)))
    }

    fn not_in_map(&mut self, at: At, span: Span, [map, first, second]: [&str; 3]) -> Told {
        let mappings = &self.sections(at).mappings;
        let names = |node: Option<&'t Node<'static>>| -> Vec<&'t str> {
            let members = node.and_then(Node::members).unwrap_or_default();
            members.iter().map(|member| &*member.key).collect()
        };
        let rows = mappings.get(map).map(|member| &member.value);
        let row = rows.and_then(|rows| rows.get(first));
        let (message, help) = if rows.is_none() {
            let near = suggest::did_you_mean(map, mappings.keys().copied());
            (format!("the template has no map `{map}`"), near)
        } else if row.is_none() {
            (format!("map `{map}` has no key `{first}`"), suggest::did_you_mean(first, names(rows)))
        } else {
            let near = suggest::did_you_mean(second, names(row));
            (format!("map `{map}` has no key `{second}` in `{first}`"), near)
        };
        self.wrong_with(at, Diagnostic::new(codes::UNDEFINED_REFERENCE, span, message).with_any_help(help))
    }

    /// `Fn::GetAZs`: which zones an account has is not known.
    pub(super) fn zones(&mut self, at: At, node: &'t Tree, argument: &'t Tree) -> Result<Value, Told> {
        let region = self.value(at, argument)?.and_then(|region| region.to_text()).unwrap_or_default().text;
        let region = if region.is_empty() { self.region(at)? } else { region };
        let region = match self.symbols.within(&region).next() {
            Some(symbol) if symbol.to_string() == region => self.symbols.name(symbol).to_owned(),
            _ => self.symbols.display(&region).into_owned(),
        };
        let address = format!("{}Fn::GetAZs {region}", self.template(at).shared_prefix);
        let symbol = self.symbol(at, node.span, &address, SymbolKind::Input, None)?;
        Ok(Value { span: node.span, kind: ValueKind::Unknown(symbol) })
    }

    /// `Fn::Cidr`.
    pub(super) fn cidr(&mut self, at: At, node: &'t Tree, argument: &'t Tree) -> Evaluated {
        let json::Value::Array(items) = &argument.value else {
            return Err(self.misused(at, argument.span, "Fn::Cidr", "an address block, a count and a number of bits"));
        };
        let mut arguments = Vec::new();
        for item in items {
            arguments.push(self.value(at, item)?);
        }
        self.for_each_choice(at, node, "Fn::Cidr", arguments, &mut |this, arguments| {
            let texts: Vec<String> =
                arguments.iter().flatten().filter_map(|argument| Some(argument.to_text()?.text)).collect();
            match blocks(&texts) {
                Some(blocks) => {
                    let items = blocks.into_iter().map(|block| Value::text(node.span, block)).collect();
                    Ok(Some(Value { span: node.span, kind: ValueKind::List(items) }))
                }
                None => this.unnamed(at, node, "Fn::Cidr").map(Some),
            }
        })
    }

    /// `Fn::Length`.
    pub(super) fn length(&mut self, at: At, node: &'t Tree, argument: &'t Tree) -> Evaluated {
        let list = self.value(at, argument)?;
        self.for_each_choice(at, node, "Fn::Length", vec![list], &mut |this, mut lists| match lists
            .pop()
            .flatten()
            .map(|list| list.kind)
        {
            Some(ValueKind::List(items)) => {
                Ok(Some(Value { span: node.span, kind: ValueKind::Number(items.len().to_string()) }))
            }
            Some(ValueKind::Unknown(_) | ValueKind::Text(_)) => this.unnamed(at, node, "Fn::Length").map(Some),
            _ => Err(this.misused(at, argument.span, "Fn::Length", "a list")),
        })
    }
}

/// The first blocks of an IPv4 block, so many, with so many bits for hosts.
fn blocks(texts: &[String]) -> Option<Vec<String>> {
    let [block, count, bits] = texts else { return None };
    let (address, length) = block.split_once('/')?;
    let first = u32::from(address.parse::<Ipv4Addr>().ok()?);
    let (length, count, bits) = (length.parse::<u32>().ok()?, count.parse::<u32>().ok()?, bits.parse::<u32>().ok()?);
    let size = 1_u32.checked_shl(bits)?;
    let room = 32_u32.checked_sub(length).and_then(|room| room.checked_sub(bits))?;
    if count > 256 || (room < 9 && count > 1 << room) {
        return None;
    }
    let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
    let block = |index: u32| {
        let start = (first & mask).checked_add(index.checked_mul(size)?)?;
        Some(format!("{}/{}", Ipv4Addr::from(start), 32 - bits))
    };
    (0..count).map(block).collect()
}
