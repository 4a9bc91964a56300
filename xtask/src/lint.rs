use crate::shell::Shell;
use crate::{dependencies, needs, suite, tidy};
use anyhow::bail;

/// Runs every check that is not a test, the cheapest first.
///
/// # Errors
///
/// At the first check that finds something.
pub fn run(shell: &Shell) -> anyhow::Result<()> {
    shell.step("formatting", shell.cargo().args(["fmt", "--all", "--check"]))?;
    run_tidy(shell)?;
    dependencies::run(shell)?;
    run_scripts(shell)?;
    let mut clippy = shell.cargo();
    clippy.args(["clippy", "--workspace", "--all-targets", "--", "--deny=warnings"]);
    shell.step("clippy", &mut clippy)
}

/// Checks the house rules and prints what breaks them.
///
/// # Errors
///
/// When a rule is broken.
pub fn run_tidy(shell: &Shell) -> anyhow::Result<()> {
    let findings = tidy::check(&shell.root)?;
    for finding in &findings {
        println!("{finding}");
    }
    if !findings.is_empty() {
        bail!("tidy: {} findings; STYLE.md has the reasons of the rules", findings.len());
    }
    println!("» tidy: nothing found");
    Ok(())
}

/// Checks the types that the pages' scripts and the browser tests write in JSDoc.
fn run_scripts(shell: &Shell) -> anyhow::Result<()> {
    needs::for_scripts(shell)?;
    suite::install_scripts(shell)?;
    for project in ["tsconfig.json", "tsconfig.pages.json", "tsconfig.worker.json"] {
        let mut check = shell.program("node");
        check.args(["node_modules/typescript/bin/tsc", "--project", project]).current_dir(shell.root.join("e2e"));
        shell.step(&format!("types of {project}"), &mut check)?;
    }
    Ok(())
}
