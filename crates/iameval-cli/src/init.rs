//! `iameval init`

use crate::args::Init;
use crate::codes;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::Output;
use crate::world;
use crate::write::{Before, NewText, Reach, write};
use iameval_ask::words::quoted;
use iameval_report::plain;
use std::path::{Path, PathBuf};

/// A file to write: where in the folder, and what.
type File = (&'static str, &'static str);

const WORLD: [File; 3] = [
    ("world.yaml", include_str!("../templates/world.yaml")),
    ("policies/developer.json", include_str!("../templates/policies/developer.json")),
    ("policies.iamtest.yaml", include_str!("../templates/policies.iamtest.yaml")),
];

const AROUND: [File; 2] = [
    ("iameval.toml", include_str!("../templates/iameval.toml")),
    (".github/workflows/iameval.yml", include_str!("../templates/workflow.yml")),
];

pub(crate) fn run(flags: &Init, output: &mut Output) -> Outcome<Exit> {
    let (mut files, first) = match &flags.example {
        None => (WORLD.to_vec(), "iameval simulate ec2:DescribeInstances"),
        Some(name) => {
            let example = world::example(name)?;
            (example.files().collect(), "iameval simulate --mfa=false iam:ChangePassword")
        }
    };
    files.extend(AROUND);
    let files: Vec<(PathBuf, &str)> = files.into_iter().map(|(path, text)| (flags.folder.join(path), text)).collect();
    refuse_to_overwrite(&flags.folder, &files)?;
    let names: Vec<String> = files.iter().map(|(path, _)| shown(path)).collect();
    let roots = std::slice::from_ref(&flags.folder);
    let reach = Reach::Inside { roots, help: "name the folder that the link points to" };
    let new = files.iter().zip(&names).map(|((path, text), name)| {
        // Whatever came between looking and writing stays as it is.
        NewText { path, name, text, before: Before::NoFile, reach }
    });
    write(&new.collect::<Vec<_>>())?;
    let written: Vec<String> = names.iter().map(|name| format!("wrote {}\n", plain(name))).collect();
    let inside = match shown(&flags.folder).as_str() {
        "." | "" => String::new(),
        folder => format!("cd {} && ", plain(folder)),
    };
    output.answer(&format!("{}\ntry: {inside}{first}\n     iameval test\n", written.concat()));
    Ok(Exit::Wanted)
}

/// Nothing is written when any of the files is there, or stands where a folder must be.
fn refuse_to_overwrite(folder: &Path, files: &[(PathBuf, &str)]) -> Outcome<()> {
    let mut taken: Vec<String> = Vec::new();
    for (path, _) in files {
        let above = path.ancestors().skip(1).take_while(|above| above.starts_with(folder));
        // A link that leads nowhere is something, too.
        let is_there = path.symlink_metadata().is_ok().then_some(path.as_path());
        let in_the_way = || above.into_iter().find(|above| above.symlink_metadata().is_ok() && !above.is_dir());
        if let Some(found) = is_there.or_else(in_the_way).map(shown)
            && !taken.contains(&found)
        {
            taken.push(found);
        }
    }
    if taken.is_empty() {
        return Ok(());
    }
    let verb = if taken.len() == 1 { "exists" } else { "exist" };
    let message = format!("{} already {verb}, so nothing was written", quoted(&taken, 20));
    Err(Failure::usage(codes::FILE_EXISTS, message, "choose another folder: `iameval init DIR`"))
}

/// The path as one would write it.
fn shown(path: impl AsRef<Path>) -> String {
    let text = path.as_ref().display().to_string();
    text.strip_prefix("./").map_or(text.clone(), Into::into)
}
