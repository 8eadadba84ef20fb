//! Pseudo parameters: where the stack is deployed.

use super::{At, Evaluator, Told};
use crate::value::{Value, ValueKind};
use iameval::symbol::SymbolKind;
use iameval::text::Span;

impl Evaluator<'_> {
    /// The value of a pseudo parameter; `None` for other names.
    pub(super) fn pseudo(&mut self, at: At, name: &str, span: Span) -> Result<Option<Value>, Told> {
        let text = match name {
            "AWS::AccountId" => self.account(at)?,
            "AWS::Region" => self.region(at)?,
            "AWS::Partition" => self.partition(at)?.to_owned(),
            "AWS::URLSuffix" => self.url_suffix(at)?.to_owned(),
            "AWS::StackName" => self.stack_name(at)?,
            "AWS::StackId" => {
                let (partition, region) = (self.partition(at)?, self.region(at)?);
                let (account, stack) = (self.account(at)?, self.stack_name(at)?);
                let id = self.of_stack(at, "AWS::StackId", SymbolKind::Name)?;
                if id.starts_with("arn:") {
                    id
                } else {
                    format!("arn:{partition}:cloudformation:{region}:{account}:stack/{stack}/{id}")
                }
            }
            "AWS::NotificationARNs" => {
                let address = format!("{}{name}", self.template(at).prefix);
                let symbol = self.symbol(at, span, &address, SymbolKind::Input, None)?;
                return Ok(Some(Value { span, kind: ValueKind::Unknown(symbol) }));
            }
            _ => return Ok(None),
        };
        Ok(Some(Value::text(span, text)))
    }

    /// The account, as twelve digits or a symbol.
    pub(super) fn account(&mut self, at: At) -> Result<String, Told> {
        let template = self.template(at);
        match &template.settings.account {
            Some(account) => Ok(account.clone()),
            None => self.of_source(at, "AWS::AccountId", SymbolKind::Account),
        }
    }

    /// The region, or a symbol.
    pub(super) fn region(&mut self, at: At) -> Result<String, Told> {
        let template = self.template(at);
        match &template.settings.region {
            Some(region) => Ok(region.clone()),
            None => self.of_source(at, "AWS::Region", SymbolKind::Region),
        }
    }

    /// The partition: that of the region, or else the one that most accounts are in.
    pub(super) fn partition(&mut self, at: At) -> Result<&'static str, Told> {
        let region = self.region(at)?;
        let known = |given: &str| ["aws-cn", "aws-us-gov"].into_iter().find(|name| *name == given).unwrap_or("aws");
        if let Some(given) = self.given_for(&format!("{}AWS::Partition", self.template(at).shared_prefix)) {
            return Ok(known(&given));
        }
        let of_region = [("cn-", "aws-cn"), ("us-gov-", "aws-us-gov")];
        let found = of_region.into_iter().find(|(start, _)| region.starts_with(start));
        Ok(found.map_or("aws", |(_, partition)| partition))
    }

    pub(super) fn url_suffix(&mut self, at: At) -> Result<&'static str, Told> {
        Ok(if self.partition(at)? == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" })
    }

    fn stack_name(&mut self, at: At) -> Result<String, Told> {
        match &self.template(at).settings.stack {
            Some(stack) => Ok(stack.clone()),
            None => self.of_stack(at, "AWS::StackName", SymbolKind::Name),
        }
    }

    fn of_source(&mut self, at: At, name: &str, kind: SymbolKind) -> Result<String, Told> {
        let address = format!("{}{name}", self.template(at).shared_prefix);
        self.text_of(at, Span::START, &address, kind)
    }

    fn of_stack(&mut self, at: At, name: &str, kind: SymbolKind) -> Result<String, Told> {
        let address = format!("{}{name}", self.template(at).prefix);
        self.text_of(at, Span::START, &address, kind)
    }
}
