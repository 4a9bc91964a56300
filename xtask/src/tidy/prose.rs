use super::Finding;
use super::tree::{File, Tree};

/// Folders of one machine. Written in parts, so that this file does not break its own rule.
const MACHINE_PATHS: [&str; 4] =
    [concat!("/", "root/"), concat!("/", "work/"), concat!("/", "home/"), concat!("/", "Users/")];

/// Endings of files that people read.
const TEXT: [&str; 16] = [
    ".rs",
    ".md",
    ".toml",
    ".js",
    ".mjs",
    ".css",
    ".html",
    ".sql",
    ".ftl",
    ".json",
    ".txt",
    ".sh",
    ".yml",
    ".service",
    ".ci/run",
    ".gitignore",
];

/// The repository works on every machine.
pub fn no_machine_paths(tree: &Tree) -> Vec<Finding> {
    each_line(tree, |line| {
        let path = MACHINE_PATHS.iter().find(|path| names_a_folder(line, path))?;
        Some(format!("`{path}`, a path of one machine"))
    })
}

/// Whether `line` has `path` as a path's beginning: not inside an address, and not without a name behind.
fn names_a_folder(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + path.len()..].chars().next();
        before.is_none_or(|c| !c.is_alphanumeric() && !"._-~}".contains(c)) && after.is_some_and(char::is_alphanumeric)
    })
}

/// No tabs in code, no blanks at the end of a line, one newline at the end of a file.
pub fn clean_lines(tree: &Tree) -> Vec<Finding> {
    let mut findings = each_line(tree, |line| {
        if line.ends_with([' ', '\t', '\r']) {
            return Some("blanks at the end of the line".to_owned());
        }
        line.starts_with('\t').then(|| "a tab".to_owned())
    });
    for file in texts(tree).filter(|file| !file.text.is_empty()) {
        if !file.text.ends_with('\n') || file.text.ends_with("\n\n") {
            findings.push(Finding::new(&file.path, 0, "ends with one newline"));
        }
    }
    findings
}

/// Links of Markdown files lead to files that are there.
pub fn links(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.written(&[".md"]) {
        for (number, line) in file.lines() {
            let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
            for target in targets.filter(|target| !target.contains("://") && !target.starts_with(['#', '<'])) {
                if !leads_somewhere(tree, file, target) {
                    findings.push(Finding::new(&file.path, number, format!("`{target}` leads nowhere")));
                }
            }
        }
    }
    findings
}

fn leads_somewhere(tree: &Tree, from: &File, target: &str) -> bool {
    let path = target.split('#').next().unwrap_or(target).trim_end_matches('/');
    let mut place: Vec<&str> = from.path.split('/').collect();
    place.pop();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                place.pop();
            }
            part => place.push(part),
        }
    }
    let place = place.join("/");
    let folder = format!("{place}/");
    place.is_empty() || tree.files.iter().any(|file| file.path == place || file.path.starts_with(&folder))
}

fn texts(tree: &Tree) -> impl Iterator<Item = &File> {
    tree.written(&TEXT).filter(|file| file.path != "LICENSE" && file.path != "e2e/package-lock.json")
}

fn each_line(tree: &Tree, breach: impl Fn(&str) -> Option<String>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in texts(tree) {
        for (number, line) in file.lines() {
            findings.extend(breach(line).map(|what| Finding::new(&file.path, number, what)));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_a_machine_are_found() {
        let root = MACHINE_PATHS[0];
        let home = MACHINE_PATHS[2];
        assert!(names_a_folder(&format!("see {root}notes"), root));
        assert!(names_a_folder(&format!("\"{home}max\""), home));
        assert!(!names_a_folder(&format!("https://example.org{home}max"), home));
        assert!(!names_a_folder(&format!("under {home}, say"), home));
        assert!(!names_a_folder("crates/network/src", MACHINE_PATHS[1]));
    }

    #[test]
    fn unclean_lines_are_found() {
        let tree = Tree::of(&[("a.md", "one \n\ttwo\nthree"), ("b.md", "one\n"), ("c.md", "one\n\n")]);
        assert_eq!(clean_lines(&tree).len(), 4);
    }

    #[test]
    fn dead_links_are_found() {
        let text = "[a](docs/a.md) [b](docs/b.md#b) [c](https://example.org) [d](#d) [e](docs/) [f](gone.md)\n";
        let deeper = "[up](../README.md) [here](a.md) [gone](../../README.md/x)\n";
        let tree = Tree::of(&[("README.md", text), ("docs/a.md", ""), ("docs/b.md", deeper)]);
        let found: Vec<String> = links(&tree).iter().map(|finding| finding.what.clone()).collect();
        assert_eq!(found, ["`gone.md` leads nowhere", "`../../README.md/x` leads nowhere"]);
    }
}
