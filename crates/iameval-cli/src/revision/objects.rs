//! Objects of a repository, of which one `git` gives one after another.

use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Result, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A `git cat-file` that runs in a folder.
#[derive(Debug)]
pub(super) struct Objects {
    folder: Option<PathBuf>,
    git: Child,
    names: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// What is at a path.
pub(super) enum Object {
    File(Vec<u8>),
    Folder,
    /// Nothing, or what is neither a file nor a folder.
    Other,
}

impl Objects {
    /// Starts git in a folder, or in the current one.
    pub(super) fn of(folder: Option<&Path>) -> Result<Self> {
        let mut git = Command::new("git");
        if let Some(folder) = folder {
            git.arg("-C").arg(folder);
        }
        git.args(["cat-file", "--batch"]).env("LC_ALL", "C");
        let mut git = git.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let (Some(names), Some(answers)) = (git.stdin.take(), git.stdout.take()) else {
            return Err(Error::from(ErrorKind::BrokenPipe));
        };
        Ok(Self { folder: folder.map(Path::to_owned), git, names, answers: BufReader::new(answers) })
    }

    pub(super) fn are_of(&self, folder: Option<&Path>) -> bool {
        self.folder.as_deref() == folder
    }

    /// The object that a name such as `main:./a.tf` means. Names stand on lines of their own.
    pub(super) fn get(&mut self, name: &str) -> Result<Object> {
        if name.contains('\n') {
            return Ok(Object::Other);
        }
        self.names.write_all(format!("{name}\n").as_bytes())?;
        let mut line = String::new();
        if self.answers.read_line(&mut line)? == 0 {
            return Err(Error::from(ErrorKind::UnexpectedEof));
        }
        // `ID TYPE SIZE`, or the name and what is wrong with it.
        let mut words = line.trim_end_matches('\n').rsplitn(3, ' ');
        let size = words.next().and_then(|size| size.parse::<u64>().ok());
        let (Some(size), Some(kind)) = (size, words.next()) else { return Ok(Object::Other) };
        let mut bytes = Vec::new();
        // A newline stands after it.
        let read = self.answers.by_ref().take(size + 1).read_to_end(&mut bytes)?;
        if read as u64 != size + 1 {
            return Err(Error::from(ErrorKind::UnexpectedEof));
        }
        bytes.pop();
        Ok(match kind {
            "blob" => Object::File(bytes),
            "tree" => Object::Folder,
            _ => Object::Other,
        })
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        // Whatever it still does is of no use to anyone.
        drop(self.git.kill());
        drop(self.git.wait());
    }
}
