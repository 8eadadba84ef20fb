//! Standard output for answers, standard error for everything else.

use crate::args::Color;
use crate::codes;
use crate::exit::{Exit, Failure};
use clap::error::ErrorKind;
use iameval::json::Node;
use iameval_report::{FindingRenderer, Names, Style, Writing, plain, screened, screened_json};
use iameval_world::{Finding, World};
use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use terminal_size::{Height, Width, terminal_size_of};

/// Where answers and messages go.
pub(crate) struct Output {
    answers: Style,
    messages: FindingRenderer,
    verbose: bool,
    /// Whether the reader of the answers has seen enough.
    closed: bool,
    /// The warnings that were given.
    warned: BTreeSet<String>,
    /// Whether a finding is the last thing on standard error.
    after_finding: bool,
    /// What is not known in the worlds that were loaded.
    names: Names,
}

impl Output {
    pub(crate) fn new(color: Color, verbose: bool) -> Self {
        let environment = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
        let wanted = |terminal: bool| match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
                    && (terminal || environment("CLICOLOR_FORCE"))
            }
        };
        let style = |terminal, size: Option<(Width, Height)>| Style { colour: wanted(terminal), width: width(size) };
        Self {
            answers: style(io::stdout().is_terminal(), terminal_size_of(io::stdout())),
            messages: FindingRenderer::new(style(io::stderr().is_terminal(), terminal_size_of(io::stderr()))),
            verbose,
            closed: false,
            warned: BTreeSet::new(),
            after_finding: false,
            names: Names::default(),
        }
    }

    /// How answers are to look.
    pub(crate) fn style(&self) -> Style {
        self.answers
    }

    /// Whether details are wanted.
    pub(crate) fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// Whether no one reads the answers any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Takes note of a world that was loaded: what is not known in it has a name in everything that is written from now on.
    pub(crate) fn knows(&mut self, world: &World) {
        self.names.add(world.symbols());
    }

    /// The names of what is not known in the worlds that were loaded.
    pub(crate) fn names(&self) -> &Names {
        &self.names
    }

    /// Writes an answer for people.
    pub(crate) fn answer(&mut self, text: &str) {
        let text = self.names.shown(text, Writing::Plain).into_owned();
        self.raw(&screened(&text));
    }

    /// Writes an answer as JSON.
    pub(crate) fn json(&mut self, document: &Node<'_>) {
        self.json_text(&format!("{document:#}\n"));
    }

    /// Writes an answer that is JSON already, or a piece of it.
    pub(crate) fn json_text(&mut self, text: &str) {
        let text = self.names.shown(text, Writing::Json).into_owned();
        self.raw(&screened_json(&text));
    }

    /// Writes what another program reads, as it is. When no one reads answers any more, that is no reason to complain, nor to
    /// leave out the reports or the exit status.
    pub(crate) fn raw(&mut self, text: &str) {
        if self.closed {
            return;
        }
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => self.closed = true,
            Err(error) => stop_writing(&error),
            Ok(()) => {}
        }
    }

    /// Writes findings as the answer, each with a line between it and the next.
    pub(crate) fn findings(&mut self, findings: &[Finding]) {
        let mut renderer = FindingRenderer::new(self.answers);
        let text: String = findings.iter().map(|finding| renderer.render(finding) + "\n\n").collect();
        self.answer(&text);
    }

    /// Says what stopped the command.
    pub(crate) fn failure(&mut self, failure: &Failure) {
        const ENOUGH: usize = 50;
        for finding in failure.0.iter().take(ENOUGH) {
            let text = self.messages.render(finding);
            self.finding(&text);
        }
        if let Some(more) = failure.0.len().checked_sub(ENOUGH).filter(|more| *more > 0) {
            self.message(&format!("… and {more} more"));
        }
    }

    /// Says what does not stop the command; the same thing once.
    pub(crate) fn warn(&mut self, finding: &Finding) {
        let text = self.messages.render(finding);
        if !self.warned.contains(&text) {
            self.finding(&text);
            self.warned.insert(text);
        }
    }

    /// Writes a finding to standard error, with a line between it and one before it.
    fn finding(&mut self, text: &str) {
        if self.after_finding {
            self.message("");
        }
        self.message(text);
        self.after_finding = true;
    }

    /// Writes a line for people to standard error.
    pub(crate) fn message(&mut self, text: &str) {
        let text = self.names.shown(text, Writing::Plain).into_owned();
        self.commands(&screened(&text));
    }

    /// Writes lines to standard error that the runner of GitHub Actions reads, as they are.
    pub(crate) fn commands(&mut self, text: &str) {
        self.after_finding = false;
        let _ = writeln!(io::stderr(), "{text}");
    }

    /// The same, only when asked for details.
    pub(crate) fn detail(&mut self, text: &str) {
        if self.verbose {
            self.message(text);
        }
    }

    /// Prints help, the version, or what is wrong with the command line.
    pub(crate) fn usage(error: &clap::Error) -> ExitCode {
        if !error.use_stderr() {
            let _ = error.print();
            return Exit::Wanted.into();
        }
        if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
            let _ = error.print();
            return Exit::NotAnswered.into();
        }
        let text = error.render().to_string();
        let text = text.strip_prefix("error: ").unwrap_or(&text);
        let _ = write!(io::stderr(), "error[{}]: {}", codes::USAGE.id(), screened(text));
        Exit::NotAnswered.into()
    }
}

/// How wide lines are: what `$COLUMNS` says, else as wide as the terminal, within reason. What goes elsewhere is as wide
/// everywhere.
fn width(terminal: Option<(Width, Height)>) -> usize {
    let given = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let measured = terminal.map(|(Width(columns), _)| usize::from(columns).clamp(60, 200));
    given.or(measured).unwrap_or(120)
}

/// A path as a piece of a line for people.
pub(crate) fn shown(path: &Path) -> String {
    plain(&path.display().to_string())
}

/// Ends the program. A closed pipe is not an error: the reader has seen enough. Anything else is.
pub(crate) fn stop_writing(error: &io::Error) -> ! {
    if error.kind() == io::ErrorKind::BrokenPipe {
        std::process::exit(0);
    }
    let _ = writeln!(io::stderr(), "error: cannot write the answer: {error}");
    std::process::exit(2);
}
