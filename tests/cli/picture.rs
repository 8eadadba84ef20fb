//! The picture of the README: an answer as a terminal shows it, as SVG, for light and dark pages. With `UPDATE_PAGES=1` in
//! the environment it is written where it differs.

use crate::run::{Run, in_repository, repository};
use std::fmt::Write;

const COMMAND: &str = "simulate --mfa=false iam:GetAccountPasswordPolicy";

/// Columns of the terminal.
const COLUMNS: &str = "100";

/// Pixels of a line, of all columns at a size of 14, and around the text.
const LINE: usize = 20;
const WIDTH: usize = 843;
const MARGIN: usize = 16;

/// Colours for the page, the text, and what SGR codes ask for.
struct Theme {
    file: &'static str,
    page: &'static str,
    text: &'static str,
    faint: &'static str,
    red: &'static str,
    green: &'static str,
    yellow: &'static str,
}

const THEMES: [Theme; 2] = [
    Theme {
        file: "docs/answer-light.svg",
        page: "#f6f8fa",
        text: "#1f2328",
        faint: "#59636e",
        red: "#cf222e",
        green: "#1a7f37",
        yellow: "#9a6700",
    },
    Theme {
        file: "docs/answer-dark.svg",
        page: "#151b23",
        text: "#f0f6fc",
        faint: "#9198a1",
        red: "#ff7b72",
        green: "#3fb950",
        yellow: "#d29922",
    },
];

#[test]
fn the_picture_shows_what_is_printed() {
    let mut command = in_repository();
    command.env("COLUMNS", COLUMNS).args(["--color", "always"]).args(COMMAND.split(' '));
    let run = Run::of(command, COMMAND);
    run.ends(1);
    let screen = format!("\u{1b}[2m$\u{1b}[0m \u{1b}[1miameval {COMMAND}\u{1b}[0m\n{}", run.stdout);
    for theme in &THEMES {
        let path = repository().join(theme.file);
        let picture = svg(&screen, theme);
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        if kept != picture && std::env::var_os("UPDATE_PAGES").is_some() {
            std::fs::write(&path, &picture).expect("the picture");
        } else {
            assert_eq!(kept, picture, "UPDATE_PAGES=1 writes {}", theme.file);
        }
    }
}

#[test]
fn codes_become_classes_and_text_stays_text() {
    assert_eq!(line("a \u{1b}[1m\u{1b}[31m<b>\u{1b}[0m & c"), r#"a <tspan class="bold red">&lt;b&gt;</tspan> &amp; c"#);
    assert_eq!(line("\u{1b}[2mx\u{1b}[0m"), r#"<tspan class="faint">x</tspan>"#);
}

/// The screen of a terminal. Each line must end in the style that it began in, as ours do.
fn svg(screen: &str, theme: &Theme) -> String {
    let Theme { page, text, faint, red, green, yellow, .. } = theme;
    let width = 2 * MARGIN + WIDTH;
    let height = 2 * MARGIN + LINE * screen.lines().count();
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">
<title>iameval {COMMAND}</title>
<style>
text {{ font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre; fill: {text} }}
.bold {{ font-weight: bold }}
.faint {{ fill: {faint} }}
.red {{ fill: {red} }}
.green {{ fill: {green} }}
.yellow {{ fill: {yellow} }}
</style>
<rect width="100%" height="100%" rx="8" fill="{page}"/>
"#
    );
    for (number, text) in screen.lines().enumerate() {
        let below = MARGIN + LINE * number + 14;
        writeln!(svg, r#"<text x="{MARGIN}" y="{below}" xml:space="preserve">{}</text>"#, line(text)).expect("a text");
    }
    svg + "</svg>\n"
}

/// A line with its colours.
fn line(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut line = escaped(parts.next().unwrap_or_default());
    let mut classes = Vec::new();
    for part in parts {
        let (code, text) = part.split_once('m').expect("a code of colours");
        match code {
            "0" => classes.clear(),
            "1" => classes.push("bold"),
            "2" => classes.push("faint"),
            "31" => classes.push("red"),
            "32" => classes.push("green"),
            "33" => classes.push("yellow"),
            _ => panic!("a code that has no class yet: {code}"),
        }
        match (text, classes.as_slice()) {
            ("", _) => {}
            (text, []) => line.push_str(&escaped(text)),
            (text, classes) => {
                write!(line, r#"<tspan class="{}">{}</tspan>"#, classes.join(" "), escaped(text)).expect("a text");
            }
        }
    }
    line
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
