//! The rules of STYLE.md that a machine can check. Each has a name, and a line with its reason in STYLE.md.

mod floors;
mod manifests;
mod pages;
mod prose;
mod sources;
mod texts;
mod tree;

use std::fmt;
use std::path::Path;
use tree::Tree;

/// A rule and what finds its breaches.
struct Rule {
    /// As STYLE.md has it.
    name: &'static str,
    check: fn(&Tree) -> Vec<Finding>,
}

const RULES: [Rule; 21] = [
    Rule { name: "floors", check: floors::check },
    Rule { name: "pure", check: sources::pure },
    Rule { name: "sql-in-store", check: sources::sql_in_store },
    Rule { name: "unsafe-in-sockets", check: sources::unsafe_in_sockets },
    Rule { name: "no-allow", check: sources::no_allow },
    Rule { name: "no-unfinished", check: sources::no_unfinished },
    Rule { name: "no-banners", check: sources::no_banners },
    Rule { name: "crate-docs", check: sources::crate_docs },
    Rule { name: "one-test-binary", check: sources::one_test_binary },
    Rule { name: "no-mod-rs", check: sources::no_mod_rs },
    Rule { name: "file-length", check: sources::file_length },
    Rule { name: "function-length", check: sources::function_length },
    Rule { name: "workspace-versions", check: manifests::workspace_versions },
    Rule { name: "workspace-lints", check: manifests::workspace_lints },
    Rule { name: "no-inline", check: pages::no_inline },
    Rule { name: "no-foreign-hosts", check: pages::no_foreign_hosts },
    Rule { name: "checked-scripts", check: pages::checked_scripts },
    Rule { name: "texts", check: texts::check },
    Rule { name: "no-machine-paths", check: prose::no_machine_paths },
    Rule { name: "clean-lines", check: prose::clean_lines },
    Rule { name: "links", check: prose::links },
];

/// A breach of a rule.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    path: String,
    /// From 1; 0 where the whole file is meant.
    line: usize,
    what: String,
    rule: &'static str,
}

impl Finding {
    fn new(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, what: what.into(), rule: "" }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        write!(f, ": {} [{}]", self.what, self.rule)
    }
}

/// Checks the repository at `root`; gives what breaks the rules, by file and line.
///
/// # Errors
///
/// When the repository cannot be read.
pub fn check(root: &Path) -> anyhow::Result<Vec<Finding>> {
    let tree = Tree::read(root)?;
    let mut findings = Vec::new();
    for rule in &RULES {
        findings.extend((rule.check)(&tree).into_iter().map(|finding| Finding { rule: rule.name, ..finding }));
    }
    findings.sort();
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_house_is_tidy() {
        let findings = check(&crate::shell::root()).expect("reads");
        let findings: Vec<String> = findings.iter().map(ToString::to_string).collect();
        assert!(findings.is_empty(), "{}", findings.join("\n"));
    }

    #[test]
    fn every_rule_has_its_reason() {
        let style = std::fs::read_to_string(crate::shell::root().join("STYLE.md")).expect("reads");
        for rule in &RULES {
            assert!(style.contains(&format!("| `{}` |", rule.name)), "STYLE.md does not tell `{}`", rule.name);
        }
    }
}
