use anyhow::{Context, bail};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Where commands run, and with what environment.
pub struct Shell {
    /// The repository's top folder.
    pub root: PathBuf,
    /// Where cargo builds: outside the repository, so that a fresh clone finds the dependencies built.
    pub target: PathBuf,
}

impl Shell {
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self { root: root(), target: target_folder()? })
    }

    /// A cargo command in the repository's top folder, building in the shared target folder.
    pub fn cargo(&self) -> Command {
        let mut cargo = self.program(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.env("CARGO_TARGET_DIR", &self.target);
        cargo
    }

    /// A command in the repository's top folder.
    pub fn program(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }

    /// Runs one step with its output in view.
    ///
    /// # Errors
    ///
    /// When the command does not start or does not end with success.
    pub fn step(&self, title: &str, command: &mut Command) -> anyhow::Result<()> {
        println!("\n» {title}");
        let started = now();
        let status = command.status().with_context(|| format!("{title}: {} does not start", program_of(command)))?;
        let took_s = started.elapsed().as_secs();
        if !status.success() {
            bail!("{title}: {} ended with {status} after {took_s} s", program_of(command));
        }
        println!("» {title}: done in {took_s} s");
        Ok(())
    }

    /// Runs one step with its output in view, and shows each line of it to `hear`. Gives whether it succeeded.
    ///
    /// # Errors
    ///
    /// When the command does not start, or its output cannot be read.
    pub fn heard(&self, title: &str, command: &mut Command, mut hear: impl FnMut(&str)) -> anyhow::Result<bool> {
        println!("\n» {title}");
        let started = now();
        let program = program_of(command);
        let child = command.stdout(Stdio::piped()).spawn();
        let mut child = child.with_context(|| format!("{title}: {program} does not start"))?;
        let output = child.stdout.take().with_context(|| format!("{title}: {program} has no output"))?;
        for line in BufReader::new(output).split(b'\n') {
            let line = line.with_context(|| format!("{title}: the output of {program}"))?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            hear(&line);
        }
        let status = child.wait().with_context(|| format!("{title}: {program}"))?;
        println!("» {title}: ended with {status} after {} s", started.elapsed().as_secs());
        Ok(status.success())
    }
}

fn now() -> Instant {
    Instant::now()
}

fn program_of(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

/// The repository's top folder: of the checkout that `cargo xtask` runs in, which need not be the one it was built in.
pub fn root() -> PathBuf {
    let folder = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let xtask = Path::new(&folder);
    xtask.parent().unwrap_or(xtask).to_owned()
}

fn target_folder() -> anyhow::Result<PathBuf> {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => std::path::absolute(folder).context("CARGO_TARGET_DIR"),
        None => Ok(cache_folder()?.join("target")),
    }
}

/// What is kept from one run to the next.
pub fn cache_folder() -> anyhow::Result<PathBuf> {
    let cache = match std::env::var_os("XDG_CACHE_HOME").filter(|folder| !folder.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => {
            PathBuf::from(std::env::var_os("HOME").context("neither HOME nor XDG_CACHE_HOME is set")?).join(".cache")
        }
    };
    Ok(cache.join("preau"))
}
