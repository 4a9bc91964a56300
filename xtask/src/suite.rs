use crate::needs;
use crate::shell::Shell;
use crate::wheel::fetch_ffmpeg;
use anyhow::{Context, bail};
use preau_pgtest::{Server, URL_VARIABLE};
use std::fs;
use std::process::Command;

/// Where the browser tests are, under the repository's top folder.
const SCENARIOS: &str = "e2e/scenarios";

/// The longest that one file of browser tests may take; each wait in it has a shorter limit of its own.
const SCENARIO_MS_MAX: u32 = 900_000;

/// So many tests of the crates, and so many files of browser tests, may be played a second time. Servers, databases,
/// browsers and the sound of a class share one machine, and a machine that others use too stalls for seconds: what fails then
/// and never again is told, and is no fault of the product. More than this fail for another reason.
const AGAIN_MAX: usize = 3;

/// Runs every test: those of the crates, then those in real browsers.
///
/// # Errors
///
/// When a test fails, or something that a test needs is missing and cannot be installed. Nothing is skipped.
pub fn run(shell: &Shell) -> anyhow::Result<()> {
    needs::for_all_tests(shell)?;
    run_crates(shell)?;
    run_browsers(shell)
}

/// Runs the tests of the crates only.
///
/// # Errors
///
/// As [`run`].
pub fn run_rust(shell: &Shell) -> anyhow::Result<()> {
    needs::for_rust_tests(shell)?;
    run_crates(shell)
}

/// Runs the tests in real browsers only.
///
/// # Errors
///
/// As [`run`].
pub fn run_e2e(shell: &Shell) -> anyhow::Result<()> {
    needs::for_all_tests(shell)?;
    run_browsers(shell)
}

fn run_crates(shell: &Shell) -> anyhow::Result<()> {
    let server = Server::start().context("PostgreSQL for the tests")?;
    let test = |more: &[&str]| {
        let mut tests = shell.cargo();
        tests.args(["test", "--workspace", "--no-fail-fast"]).args(more).env(URL_VARIABLE, server.url());
        tests
    };
    let mut told = Told::default();
    if !shell.heard("tests of the crates", &mut test(&[]), |line| told.hear(line))? {
        again(shell, &told, test)?;
    }
    let mut driver = shell.cargo();
    driver.args(["test", "--package", "preau-kernel", "--features", "xdp"]);
    shell.step("tests of the kernel's help with the program at the network card", &mut driver)
}

/// Plays tests once more that failed, if they are few and no target failed otherwise, as by not compiling.
fn again<'a>(shell: &Shell, told: &'a Told, test: impl Fn(&[&'a str]) -> Command) -> anyhow::Result<()> {
    let failed: Vec<&str> = told.failed.iter().map(String::as_str).collect();
    let is_known = failed.len() == told.failures && told.unended == 0;
    if failed.is_empty() || !is_known || failed.len() > AGAIN_MAX {
        bail!("tests of the crates: {} failed: {failed:?}", told.failures);
    }
    let mut second = Told::default();
    let mut words = vec!["--lib", "--bins", "--tests", "--", "--exact"];
    words.extend(&failed);
    let succeeded = shell.heard("tests that failed, once more", &mut test(&words), |line| second.hear(line))?;
    if let Some(missing) = failed.iter().find(|name| !second.passed.iter().any(|passed| passed == *name)) {
        bail!("tests of the crates: {missing} failed, and did not pass the second time");
    }
    if !succeeded {
        bail!("tests of the crates: {:?} failed the second time", second.failed);
    }
    for name in failed {
        println!("» unsteady: {name} failed the first time, and passed the second");
    }
    Ok(())
}

/// What the harness says of tests, line by line.
#[derive(Default)]
struct Told {
    passed: Vec<String>,
    failed: Vec<String>,
    /// Failed tests, by the counts at the end of each target.
    failures: usize,
    /// Targets that began and have not said how they ended.
    unended: usize,
}

impl Told {
    fn hear(&mut self, line: &str) {
        if let Some((name, outcome)) = line.strip_prefix("test ").and_then(|rest| rest.split_once(" ... ")) {
            match outcome {
                "ok" => self.passed.push(name.to_owned()),
                "FAILED" => self.failed.push(name.to_owned()),
                _ => {}
            }
        }
        if line.starts_with("running ") && (line.ends_with(" tests") || line.ends_with(" test")) {
            self.unended += 1;
        }
        if let Some(counts) = line.strip_prefix("test result: ") {
            self.unended = self.unended.saturating_sub(1);
            let words: Vec<&str> = counts.split_whitespace().collect();
            let failed = words.iter().position(|word| *word == "failed;").and_then(|at| words.get(at.checked_sub(1)?));
            self.failures += failed.and_then(|count| count.parse::<usize>().ok()).unwrap_or(0);
        }
    }
}

fn run_browsers(shell: &Shell) -> anyhow::Result<()> {
    let scenarios = scenarios(shell)?;
    // With the tests as targets, dependencies have the features that they had a moment ago, and none is built twice.
    let mut build = shell.cargo();
    build.args(["build", "--workspace", "--bins", "--tests"]);
    shell.step("the server for the browsers", &mut build)?;
    install_scripts(shell)?;
    fetch_ffmpeg(shell)?;
    let failed: Vec<&String> = scenarios.iter().filter(|file| play(shell, file).is_err()).collect();
    if failed.len() > AGAIN_MAX {
        bail!("{} of {} files of browser tests failed: {failed:?}", failed.len(), scenarios.len());
    }
    for file in &failed {
        println!("\n» {file} failed; it is played once more");
        play(shell, file)?;
    }
    for file in &failed {
        println!("» unsteady: {file} failed the first time, and passed the second");
    }
    println!("» tests in real browsers: {} files played, {} of them twice", scenarios.len(), failed.len());
    Ok(())
}

fn play(shell: &Shell, file: &str) -> anyhow::Result<()> {
    let mut browsers = shell.program("node");
    browsers.args(["--test", "--test-reporter=spec"]).arg(format!("--test-timeout={SCENARIO_MS_MAX}")).arg(file);
    browsers.env("PREAU_BIN", shell.target.join("debug").join("preau"));
    let played = shell.step(file, &mut browsers);
    if let Err(why) = &played {
        println!("» failed: {why:#}");
    }
    played
}

/// The test files of `e2e/`, in order. Node's runner succeeds when it is given none, so that none is an error here.
fn scenarios(shell: &Shell) -> anyhow::Result<Vec<String>> {
    let folder = shell.root.join(SCENARIOS);
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".test.mjs") {
            files.push(format!("{SCENARIOS}/{name}"));
        }
    }
    files.sort();
    if files.is_empty() {
        bail!("{} holds no test", folder.display());
    }
    Ok(files)
}

/// Installs the packages that `e2e/package-lock.json` pins.
pub fn install_scripts(shell: &Shell) -> anyhow::Result<()> {
    let mut install = shell.program("npm");
    install.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(shell.root.join("e2e"));
    shell.step("npm ci", &mut install)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_tests_are_named_and_counted() {
        let mut told = Told::default();
        for line in [
            "running 3 tests",
            "test door::opens ... ok",
            "test door::shuts ... FAILED",
            "test src/lib.rs - door (line 3) ... ignored",
            "test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "running 1 test",
            "test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "running 12 tests",
        ] {
            told.hear(line);
        }
        assert_eq!((told.passed, told.failed), (vec!["door::opens".to_owned()], vec!["door::shuts".to_owned()]));
        assert_eq!(told.failures, 2, "one of them was not named");
        assert_eq!(told.unended, 1, "the last target ended without a word");
    }
}
