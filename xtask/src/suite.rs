use crate::needs;
use crate::shell::Shell;
use crate::wheel::fetch_ffmpeg;
use anyhow::{Context, bail};
use preau_pgtest::{Server, URL_VARIABLE};
use std::fs;

/// Where the browser tests are, under the repository's top folder.
const SCENARIOS: &str = "e2e/scenarios";

/// The longest that one file of browser tests may take; each wait in it has a shorter limit of its own.
const SCENARIO_MS_MAX: u32 = 900_000;

/// So many files of browser tests may be played a second time. Browsers, servers and the sound of a class share one machine,
/// and a machine that others use too stalls for seconds: what fails then and never again is told, and is no fault of the
/// product. More than this fail for another reason.
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
    let mut tests = shell.cargo();
    tests.args(["test", "--workspace", "--no-fail-fast"]).env(URL_VARIABLE, server.url());
    shell.step("tests of the crates", &mut tests)?;
    let mut driver = shell.cargo();
    driver.args(["test", "--package", "preau-kernel", "--features", "xdp"]);
    shell.step("tests of the kernel's help with the program at the network card", &mut driver)
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
