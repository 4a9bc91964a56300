use crate::expression;
use crate::shell::Shell;
use anyhow::{Context, bail};
use std::collections::BTreeSet;
use std::process::Stdio;
use toml::Table;

/// What `deny.toml` says about dependencies, as far as it is checked here.
struct Policy {
    targets: Vec<String>,
    banned: Vec<Ban>,
    licences: Vec<String>,
}

/// A crate that nothing may bring but these.
struct Ban {
    name: String,
    wrappers: Vec<String>,
}

/// Checks the dependencies of every crate against `deny.toml`, and runs cargo-deny too where it is installed.
///
/// # Errors
///
/// When a banned crate or a licence that is not allowed is in the tree, for any of the targets in `deny.toml`.
pub fn run(shell: &Shell) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(shell.root.join("deny.toml")).context("deny.toml")?;
    let policy = read_policy(&text)?;
    let tree = dependency_tree(shell, &policy.targets)?;
    let mut findings = check(&tree, &policy);
    for ban in policy.banned.iter().filter(|ban| !ban.wrappers.is_empty()) {
        findings.extend(check_wrappers(&dependents(shell, &ban.name)?, ban));
    }
    for finding in &findings {
        println!("{finding}");
    }
    if !findings.is_empty() {
        bail!("dependencies: {} findings against deny.toml", findings.len());
    }
    println!("» dependencies: {} crates, nothing found", tree.lines().map(package_of).collect::<BTreeSet<_>>().len());
    let deny = shell.program("cargo-deny").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if deny.is_ok_and(|status| status.success()) {
        shell.step("cargo-deny", shell.program("cargo-deny").args(["check", "bans", "licenses", "sources"]))?;
    }
    Ok(())
}

/// Lines of `name version|licence expression`, some of them repeated and then marked `(*)`.
fn dependency_tree(shell: &Shell, targets: &[String]) -> anyhow::Result<String> {
    let mut tree = shell.cargo();
    tree.args(["tree", "--locked", "--workspace", "--edges=normal,build,dev", "--prefix=none", "--format={p}|{l}"]);
    for target in targets {
        tree.args(["--target", target]);
    }
    let tree = tree.stderr(Stdio::inherit()).output().context("cargo tree")?;
    if !tree.status.success() {
        bail!("cargo tree ended with {}", tree.status);
    }
    String::from_utf8(tree.stdout).context("cargo tree")
}

/// The crates that depend on this one, a line each; none when it is not in the tree.
fn dependents(shell: &Shell, name: &str) -> anyhow::Result<String> {
    let mut tree = shell.cargo();
    tree.args(["tree", "--locked", "--workspace", "--edges=normal,build,dev", "--prefix=depth", "--depth=1"]);
    let tree = tree.args(["--format={p}", "--invert", name]).output().context("cargo tree")?;
    Ok(String::from_utf8_lossy(&tree.stdout).into_owned())
}

fn check_wrappers(dependents: &str, ban: &Ban) -> BTreeSet<String> {
    let direct = dependents.lines().filter_map(|line| line.strip_prefix('1')?.split(' ').next());
    let others = direct.filter(|name| !ban.wrappers.iter().any(|wrapper| wrapper == name));
    others.map(|name| format!("{}: {name} may not bring it, only {}", ban.name, ban.wrappers.join(", "))).collect()
}

fn read_policy(text: &str) -> anyhow::Result<Policy> {
    let deny: Table = text.parse().context("deny.toml")?;
    let list = |section: &str, key: &str| -> anyhow::Result<Vec<toml::Value>> {
        let list = deny.get(section).and_then(|section| section.get(key)).and_then(toml::Value::as_array);
        list.cloned().with_context(|| format!("deny.toml: {section}.{key} is not a list"))
    };
    let texts = |list: Vec<toml::Value>| list.iter().filter_map(toml::Value::as_str).map(str::to_owned).collect();
    let banned = list("bans", "deny")?;
    let ban_of = |ban: &toml::Value| {
        let wrappers = ban.get("wrappers").and_then(toml::Value::as_array).cloned().unwrap_or_default();
        Some(Ban { name: ban.get("crate")?.as_str()?.to_owned(), wrappers: texts(wrappers) })
    };
    Ok(Policy {
        targets: texts(list("graph", "targets")?),
        banned: banned.iter().filter_map(ban_of).collect(),
        licences: texts(list("licenses", "allow")?),
    })
}

fn check(tree: &str, policy: &Policy) -> BTreeSet<String> {
    let mut findings = BTreeSet::new();
    for line in tree.lines().filter(|line| !line.is_empty()) {
        let package = package_of(line);
        let licence = line.split_once('|').map_or("", |(_, licence)| licence.trim_end_matches(" (*)"));
        let name = package.split(' ').next().unwrap_or(package);
        if policy.banned.iter().any(|ban| ban.name == name && ban.wrappers.is_empty()) {
            findings.insert(format!("{package}: banned; `cargo tree -i {name}` tells who brings it"));
        }
        if !expression::is_allowed(licence, &policy.licences) {
            findings.insert(format!("{package}: the licence `{licence}` is not allowed"));
        }
    }
    findings
}

fn package_of(line: &str) -> &str {
    line.split('|').next().unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapper_may_bring_what_others_may_not() {
        let ban = Ban { name: "chrono".to_owned(), wrappers: vec!["rrule".to_owned()] };
        let tree = "0chrono v0.4.45\n1rrule v0.14.0\n1preau-web v0.1.0 (/preau/crates/web)\n";
        let findings: Vec<String> = check_wrappers(tree, &ban).into_iter().collect();
        assert_eq!(findings, ["chrono: preau-web may not bring it, only rrule"]);
        assert!(check_wrappers("", &ban).is_empty());
    }

    #[test]
    fn finds_bans_and_licences() {
        let policy = read_policy(
            r#"
            graph.targets = ["t"]
            bans.deny = [{ crate = "ring", reason = "" }]
            licenses.allow = ["MIT", "ISC"]
            "#,
        )
        .expect("reads");
        let tree = "ring v0.17.14|Apache-2.0 AND ISC\nring-of v1.0.0|MIT (*)\n\nfree v2.0.0|MIT OR GPL-2.0-only\n";
        let findings: Vec<String> = check(tree, &policy).into_iter().collect();
        assert_eq!(
            findings,
            [
                "ring v0.17.14: banned; `cargo tree -i ring` tells who brings it",
                "ring v0.17.14: the licence `Apache-2.0 AND ISC` is not allowed",
            ]
        );
    }
}
