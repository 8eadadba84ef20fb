//! Files at a git revision, read with the user's own `git`.

mod objects;

use iameval::Problem;
use iameval_infra::Infrastructure;
use iameval_world::{Files, Finding, Formats, Limits, Source, codes, without_dots};
use objects::{Object, Objects};
use std::cell::RefCell;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

/// A git revision, as files: what a world of that revision uses is of that revision too.
#[derive(Debug)]
pub(crate) struct Revision {
    name: String,
    limits: Limits,
    /// The infrastructure code among them.
    formats: Infrastructure,
    /// Those of the folder that was last read in.
    objects: RefCell<Option<Objects>>,
}

/// What git calls a path.
struct Named {
    /// The folder that git runs in, where it is not the current one: a path in a folder that is here may be of another
    /// repository than the current folder.
    folder: Option<PathBuf>,
    object: String,
}

impl Revision {
    /// The revision and the path that a text such as `main:policy.json` names. `None` where there is a file of that name, or
    /// the text has no revision in it.
    pub(crate) fn read(text: &str, limits: Limits, formats: &Infrastructure) -> Option<(Self, PathBuf)> {
        let (name, path) = text.split_once(':').filter(|(name, path)| !name.is_empty() && !path.is_empty())?;
        // Git would take it for a flag.
        let is_revision = !name.starts_with('-') && !Path::new(text).exists();
        let revision = || Self { name: name.into(), limits, formats: formats.clone(), objects: RefCell::default() };
        is_revision.then(|| (revision(), PathBuf::from(path)))
    }

    fn named(&self, path: &Path) -> Named {
        let path = without_dots(path);
        let folder = path.parent().filter(|folder| folder.is_dir());
        let within = folder.and_then(|folder| path.strip_prefix(folder).ok()).unwrap_or(&path);
        let start = if within.starts_with("..") { "" } else { "./" };
        let object = format!("{}:{start}{}", self.name, within.display());
        Named { folder: folder.map(Path::to_owned), object }
    }

    /// Runs git on what is at a path.
    fn git(&self, command: &[&str], path: &Path) -> std::io::Result<Output> {
        let Named { folder, object } = self.named(path);
        let mut git = Command::new("git");
        if let Some(folder) = folder {
            git.arg("-C").arg(folder);
        }
        git.args(command).args(["--end-of-options", &object]).env("LC_ALL", "C").stdin(Stdio::null()).output()
    }

    /// What is at a path.
    fn object(&self, path: &Path) -> std::io::Result<Object> {
        let Named { folder, object } = self.named(path);
        let mut objects = self.objects.borrow_mut();
        let mut running = match objects.take() {
            Some(objects) if objects.are_of(folder.as_deref()) => objects,
            _ => Objects::of(folder.as_deref())?,
        };
        let found = running.get(&object)?;
        *objects = Some(running);
        Ok(found)
    }

    /// The bytes of a file, or what is wrong.
    fn bytes(&self, path: &Path) -> Result<Vec<u8>, Problem> {
        match self.object(path) {
            Ok(Object::File(bytes)) => return Ok(bytes),
            Ok(Object::Folder) => return Err(self.folder(path)),
            // Why there is none, git says to those who ask for it alone.
            Ok(Object::Other) | Err(_) => {}
        }
        let shown = self.git(&["show"], path).map_err(|error| self.without_git(path, &error))?;
        if shown.status.success() {
            return Ok(shown.stdout);
        }
        let said = String::from_utf8_lossy(&shown.stderr);
        let said = said.lines().find_map(|line| line.strip_prefix("fatal: ")).unwrap_or("git gave no reason");
        Err(self.refused(path, said))
    }

    fn without_git(&self, path: &Path, error: &std::io::Error) -> Problem {
        let what = match error.kind() {
            ErrorKind::NotFound => "`git` is not installed".to_owned(),
            _ => format!("`git` cannot be run: {error}"),
        };
        let help = "install git, or save the earlier version as a file";
        Problem::new(codes::UNREADABLE, format!("cannot read `{}`: {what}", self.name(path))).with_help(help)
    }

    fn folder(&self, path: &Path) -> Problem {
        let message = format!("`{}` is a folder, not a file", self.name(path));
        Problem::new(codes::IS_FOLDER, message).with_help("name a file in it, or a folder of Terraform or of the CDK")
    }

    fn refused(&self, path: &Path, said: &str) -> Problem {
        let Self { name, .. } = self;
        let (why, help) = if said.contains("not a git repository") {
            ("this folder is not in a git repository".to_owned(), "`REV:PATH` is a file at a git revision")
        } else if said.contains("invalid object name") || said.contains("unknown revision") {
            (
                format!("`{name}` is neither a file nor a git revision"),
                "in CI, fetch the branch first, such as with `git fetch origin main`",
            )
        } else if said.contains("does not exist in") || said.contains("exists on disk, but not in") {
            (format!("the revision `{name}` has no such file"), "paths are relative to the current folder")
        } else {
            (format!("git says: {said}"), "`REV:PATH` is a file at a git revision")
        };
        Problem::new(codes::UNREADABLE, format!("cannot read `{}`: {why}", self.name(path))).with_help(help)
    }
}

impl Files for Revision {
    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
        let name = self.name(path);
        let about = |problem| Finding::about_file(&name, problem);
        let bytes = self.bytes(path).map_err(about)?;
        if bytes.len() as u64 > self.limits.file {
            let message = format!("cannot read `{name}`: file too large");
            let problem = Problem::new(iameval::codes::OVER_LIMIT, message);
            return Err(about(problem.with_help("`--max-file-size` raises the limit")));
        }
        Source::from_bytes(name, bytes).map(Arc::new)
    }

    fn name(&self, path: &Path) -> String {
        format!("{}:{}", self.name, path.display())
    }

    fn limits(&self) -> Limits {
        self.limits
    }

    fn list(&self, folder: &Path) -> Vec<String> {
        let listed = self.git(&["ls-tree", "-z", "--name-only", "--full-tree"], folder);
        let Some(listed) = listed.ok().filter(|listed| listed.status.success()) else { return Vec::new() };
        let names = listed.stdout.split(|byte| *byte == 0).filter(|name| !name.is_empty());
        names.filter_map(|name| String::from_utf8(name.to_vec()).ok()).collect()
    }

    fn formats(&self) -> &dyn Formats {
        &self.formats
    }
}
