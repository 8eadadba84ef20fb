//! `iameval completions`, and the names of principals that its scripts ask for.

use crate::args::{self, CompletePrincipals, Completions, WorldSource};
use crate::exit::Exit;
use crate::output::Output;
use crate::setup::Setup;
use crate::world;
use clap_complete::Shell;

pub(crate) fn run(flags: &Completions, output: &mut Output) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(flags.shell, &mut args::command(), "iameval", &mut script);
    output.raw(&with_principals(flags.shell, &String::from_utf8_lossy(&script)));
    Exit::Wanted
}

/// The script with the names of the world's principals behind `--as` and `--expect`. They are asked for when somebody
/// completes: `iameval complete-principals -- WORD…` reads the world that the line is about.
fn with_principals(shell: Shell, script: &str) -> String {
    match shell {
        Shell::Bash => format!("{script}\n{BASH}"),
        Shell::Zsh => {
            let script = script.replace(":PRINCIPAL:_default", ":PRINCIPAL:_iameval_principals");
            script.replacen("#compdef iameval\n", &format!("#compdef iameval\n{ZSH}"), 1)
        }
        Shell::Fish => format!("{script}{FISH}"),
        _ => script.to_owned(),
    }
}

const BASH: &str = r#"_iameval_with_principals() {
    local word="${COMP_WORDS[COMP_CWORD]}" flag="${COMP_WORDS[COMP_CWORD-1]}"
    if [[ $flag == --as || ( $flag == what-can && $word != -* ) || ( $flag == --expect && " ${COMP_WORDS[*]} " == *" who-can "* ) ]]; then
        local IFS=$'\n'
        COMPREPLY=($(compgen -W "$(iameval complete-principals -- "${COMP_WORDS[@]}" 2>/dev/null)" -- "$word"))
        return 0
    fi
    _iameval "$@"
}
complete -F _iameval_with_principals -o bashdefault -o default iameval
"#;

const ZSH: &str = r#"
_iameval_principals() {
    local -a names
    names=(${(f)"$(iameval complete-principals -- $words 2>/dev/null)"})
    compadd -a names
}
"#;

const FISH: &str = r#"complete -c iameval -l as -x -a "(iameval complete-principals -- (commandline -opc) 2>/dev/null)"
complete -c iameval -n "__fish_seen_subcommand_from what-can" -x -a "(iameval complete-principals -- (commandline -opc) 2>/dev/null)"
complete -c iameval -n "__fish_seen_subcommand_from who-can" -l expect -x -a "(iameval complete-principals -- (commandline -opc) 2>/dev/null)"
"#;

/// The names of the principals of the world that a line is about, each on a line. Whoever completes reads no messages, so that
/// nothing is said where there is no world.
pub(crate) fn principals(flags: &CompletePrincipals, setup: &Setup, output: &mut Output) -> Exit {
    let mut source = WorldSource { world: Vec::new(), example: None, deployment: args::Deployment::default() };
    let mut words = flags.words.iter();
    while let Some(word) = words.next() {
        let (flag, value) = match word.split_once('=') {
            Some((flag, value)) => (flag, Some(value)),
            None => (word.as_str(), None),
        };
        let mut value = || value.map(str::to_owned).or_else(|| words.next().cloned());
        match flag {
            "-w" | "--world" => source.world.extend(value().map(Into::into)),
            "--example" => source.example = value(),
            _ => {}
        }
    }
    if let Ok(Some(world)) = world::load(&source, setup, output) {
        for name in world.principals().keys() {
            output.answer(&format!("{name}\n"));
        }
    }
    Exit::Wanted
}
