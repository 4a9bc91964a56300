use super::tree::{File, Tree};
use super::{Finding, floors};

/// The longest file of code, in lines.
const FILE_LINES_MAX: usize = 600;

/// The longest function, from its name to its closing brace, in lines.
const FUNCTION_LINES_MAX: usize = 70;

/// The crates whose socket code may be unsafe.
const UNSAFE_CRATES: [&str; 2] = ["media", "front"];

/// What code without I/O, clock and randomness has no use for. Addresses (`std::net::IpAddr`) are values and stay allowed.
const IMPURE: [&str; 12] = [
    "std::fs",
    "std::env",
    "std::process",
    "std::thread",
    "std::io::stdin",
    "SystemTime",
    "std::time::Instant",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "ToSocketAddrs",
    "tokio::",
];

/// The files that give the machine's clock and randomness to everybody else.
const SOURCES_OF_TIME_AND_CHANCE: [&str; 2] = ["crates/base/src/clock.rs", "crates/base/src/rng.rs"];

/// How statements begin in a string.
const STATEMENTS: [&str; 6] =
    ["\"SELECT ", "\"INSERT INTO ", "\"UPDATE ", "\"DELETE FROM ", "\"CREATE TABLE ", "sqlx::"];

/// Crates of the floors 0 and 1 do no I/O and read no clock; their tests may.
pub fn pure(tree: &Tree) -> Vec<Finding> {
    let pure = floors::pure_crates(tree);
    let tests = test_modules(tree);
    let is_pure = |file: &&File| {
        let of_pure_crate = file.crate_folder().is_some_and(|name| pure.iter().any(|pure| pure == name));
        let exempt = SOURCES_OF_TIME_AND_CHANCE.contains(&file.path.as_str()) || is_one_of(&tests, &file.path);
        of_pure_crate && file.path.contains("/src/") && !exempt
    };
    find(tree.written(&[".rs"]).filter(is_pure), |code| {
        IMPURE.iter().find(|word| code.contains(**word)).map(|word| format!("`{word}` in a crate without I/O"))
    })
}

/// Statements stand in `store`; the crate that makes test databases talks to `psql`.
pub fn sql_in_store(tree: &Tree) -> Vec<Finding> {
    let elsewhere = |file: &&File| {
        file.crate_folder().is_some_and(|name| name != "store" && name != "pgtest") && !file.path.contains("/tests/")
    };
    find(tree.written(&[".rs"]).filter(elsewhere), |code| {
        STATEMENTS
            .iter()
            .find(|word| code.contains(**word))
            .map(|word| format!("`{}` outside `store`", word.trim_matches(['"', ' '])))
    })
}

/// `unsafe` is for sockets.
pub fn unsafe_in_sockets(tree: &Tree) -> Vec<Finding> {
    let elsewhere = |file: &&File| file.crate_folder().is_none_or(|name| !UNSAFE_CRATES.contains(&name));
    find(tree.written(&[".rs"]).filter(elsewhere), |code| {
        let code = code.trim_start();
        let uses = ["unsafe {", "unsafe fn ", "unsafe impl ", "unsafe extern "].iter().any(|word| code.contains(word));
        (uses && !code.contains('"')).then(|| "`unsafe` outside the socket code of `media` and `front`".to_owned())
    })
}

/// `#[expect]` goes away with its cause, `#[allow]` stays for ever.
pub fn no_allow(tree: &Tree) -> Vec<Finding> {
    find(tree.written(&[".rs"]), |code| {
        let code = code.trim_start();
        let allows = code.starts_with("#[allow(") || code.starts_with("#![allow(");
        allows.then(|| "`allow` instead of `expect` with a reason".to_owned())
    })
}

/// What is not finished stands in an issue, not in the code.
pub fn no_unfinished(tree: &Tree) -> Vec<Finding> {
    let marks = ["TODO", "FIXME", "XXX", "HACK"];
    let macros = ["todo", "unimplemented"];
    let code = tree.written(&[".rs", ".js", ".mjs", ".css", ".sql", ".html", ".toml"]);
    let code = code.filter(|file| file.path != "xtask/src/tidy/sources.rs" && file.path != "Cargo.toml");
    find_lines(code, |line| {
        let word =
            marks.iter().find(|mark| line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == **mark));
        let call = macros.iter().find(|name| line.contains(&format!("{name}!(")));
        word.or(call).map(|word| format!("`{word}`"))
    })
}

/// Comments are sentences, not rules across the page.
pub fn no_banners(tree: &Tree) -> Vec<Finding> {
    find_lines(tree.written(&[".rs", ".js", ".mjs", ".css", ".sql", ".toml"]), |line| {
        let comment = ["//", "#", "--", "/*", "*"].iter().find_map(|mark| line.trim_start().strip_prefix(mark))?;
        let ruled =
            ["----", "====", "****", "####", "////", "~~~~", "────", "━━━━"].iter().any(|rule| comment.contains(rule));
        ruled.then(|| "a banner".to_owned())
    })
}

/// A crate says what it is.
pub fn crate_docs(tree: &Tree) -> Vec<Finding> {
    let is_top = |file: &&File| file.path.ends_with("/src/lib.rs") || file.path.ends_with("/src/main.rs");
    let tops = tree.written(&[".rs"]).filter(is_top).filter(|file| !file.text.starts_with("//! "));
    tops.map(|file| Finding::new(&file.path, 1, "begins with `//!` and what the crate is for")).collect()
}

/// Each file in `tests/` is linked with everything; one is enough.
pub fn one_test_binary(tree: &Tree) -> Vec<Finding> {
    let is_binary = |file: &&File| {
        let mut below = file.path.splitn(4, '/').skip(2);
        below.next() == Some("tests") && below.next().is_some_and(|rest| !rest.contains('/'))
    };
    let binaries = tree.written(&[".rs"]).filter(|file| file.crate_folder().is_some()).filter(is_binary);
    binaries.map(|file| Finding::new(&file.path, 0, "a test binary of its own; tests/it/main.rs is the one")).collect()
}

/// A module is `module.rs` beside `module/`.
pub fn no_mod_rs(tree: &Tree) -> Vec<Finding> {
    tree.written(&["/mod.rs"])
        .map(|file| Finding::new(&file.path, 0, "is named as its module is, beside the folder"))
        .collect()
}

/// A file can be read in one sitting.
pub fn file_length(tree: &Tree) -> Vec<Finding> {
    let long = tree.written(&[".rs", ".js", ".mjs", ".css"]).filter(|file| file.text.lines().count() > FILE_LINES_MAX);
    long.map(|file| Finding::new(&file.path, 0, format!("has more than {FILE_LINES_MAX} lines"))).collect()
}

/// A function fits on a screen. What rustfmt has laid out ends with a brace under its beginning.
pub fn function_length(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.written(&[".rs"]) {
        let lines: Vec<&str> = file.text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let Some(name) = function_begun_by(line) else { continue };
            let length = lines_of_function(&lines[at..]);
            if length > FUNCTION_LINES_MAX {
                let what = format!("`{name}` has {length} lines, more than {FUNCTION_LINES_MAX}");
                findings.push(Finding::new(&file.path, at + 1, what));
            }
        }
    }
    findings
}

fn function_begun_by(line: &str) -> Option<&str> {
    let (before, rest) = line.split_once("fn ")?;
    let is_beginning = before
        .split_whitespace()
        .all(|word| word.starts_with("pub") || ["const", "async", "unsafe", "extern", "\"C\""].contains(&word));
    let name = rest.split(['(', '<']).next()?;
    (is_beginning && rest.len() > name.len()).then_some(name)
}

/// How many lines the function takes that begins with the first line; 1 when it has no body.
fn lines_of_function(lines: &[&str]) -> usize {
    let indent = lines.first().map_or(0, |line| line.len() - line.trim_start().len());
    let end = format!("{}}}", &lines.first().unwrap_or(&"")[..indent]);
    let signature = lines.iter().position(|line| line.ends_with(['{', '}', ';'])).unwrap_or(0);
    if lines.get(signature).is_none_or(|line| !line.ends_with('{')) {
        return signature + 1;
    }
    lines.iter().position(|line| *line == end).map_or(1, |last| last + 1)
}

/// The modules in files of their own that are only compiled for tests, as paths without `.rs`.
fn test_modules(tree: &Tree) -> Vec<String> {
    let mut modules = Vec::new();
    for file in tree.written(&[".rs"]) {
        let mut before = "";
        for line in file.text.lines().map(str::trim) {
            if let Some(name) = line.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';'))
                && before == "#[cfg(test)]"
            {
                let parent = file.path.trim_end_matches(".rs").trim_end_matches("/lib").trim_end_matches("/main");
                modules.push(format!("{parent}/{name}"));
            }
            before = line;
        }
    }
    modules
}

fn is_one_of(modules: &[String], path: &str) -> bool {
    modules
        .iter()
        .any(|module| path.strip_prefix(module.as_str()).is_some_and(|rest| rest == ".rs" || rest.starts_with('/')))
}

/// Looks at what is code in each line: not at lines that are comments.
fn find<'a>(files: impl Iterator<Item = &'a File>, mut breach: impl FnMut(&str) -> Option<String>) -> Vec<Finding> {
    find_lines(files, |line| if line.trim_start().starts_with("//") { None } else { breach(line) })
}

fn find_lines<'a>(
    files: impl Iterator<Item = &'a File>,
    mut breach: impl FnMut(&str) -> Option<String>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        for (number, line) in file.lines() {
            findings.extend(breach(line).map(|what| Finding::new(&file.path, number, what)));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rule: fn(&Tree) -> Vec<Finding>, path: &str, text: &str, expect: usize) {
        let tree = Tree::of(&[("ARCHITECTURE.md", "| `gate` | 1 | x |\n"), (path, text)]);
        assert_eq!(rule(&tree).len(), expect, "{path}: {text}");
    }

    #[test]
    fn pure_crates_do_no_io() {
        check(pure, "crates/gate/src/lib.rs", "use std::net::IpAddr;\n// std::fs is not for us\n", 0);
        check(pure, "crates/gate/src/lib.rs", "use std::fs;\nuse tokio::time;\n", 2);
        check(pure, "crates/gate/examples/bench_pass.rs", "use std::time::Instant;\n", 0);
        check(pure, "crates/web/src/lib.rs", "use std::fs;\n", 0);
    }

    #[test]
    fn long_functions_are_found() {
        let body = |lines: usize| "        step();\n".repeat(lines);
        let function =
            |lines| format!("    pub async fn go<T>(\n        a: T,\n    ) -> u8\n    {{\n{}    }}\n", body(lines));
        check(function_length, "crates/web/src/a.rs", &function(FUNCTION_LINES_MAX - 5), 0);
        check(function_length, "crates/web/src/a.rs", &function(FUNCTION_LINES_MAX - 4), 1);
        let bodyless = format!("trait A {{\n    fn a(\n        b: u8,\n    ) -> u8;\n{}}}\n", body(FUNCTION_LINES_MAX));
        check(function_length, "crates/web/src/a.rs", &bodyless, 0);
        check(function_length, "crates/web/src/a.rs", &format!("fn a() {{}}\n{}}}\n", body(FUNCTION_LINES_MAX)), 0);
    }

    #[test]
    fn modules_of_tests_are_left_out() {
        let tree = Tree::of(&[
            ("ARCHITECTURE.md", "| `gate` | 1 | x |\n"),
            ("crates/gate/src/lib.rs", "mod budget;\n#[cfg(test)]\nmod sim;\n"),
            ("crates/gate/src/sim.rs", "std::env::var(\"SEED\")"),
            ("crates/gate/src/sim/world.rs", "std::thread::yield_now()"),
            ("crates/gate/src/budget.rs", "#[cfg(test)]\nmod tests;\nstd::env::var(\"SEED\")"),
            ("crates/gate/src/budget/tests.rs", "std::env::var(\"SEED\")"),
        ]);
        let found: Vec<String> = pure(&tree).into_iter().map(|finding| finding.path).collect();
        assert_eq!(found, ["crates/gate/src/budget.rs"]);
    }

    #[test]
    fn statements_stand_in_the_store() {
        check(sql_in_store, "crates/web/src/home.rs", "let rows = query(\"SELECT 1\");", 1);
        check(sql_in_store, "crates/store/src/people.rs", "let rows = query(\"SELECT 1\");", 0);
        check(sql_in_store, "crates/web/src/home.rs", "let title = \"Select one\";", 0);
    }

    #[test]
    fn unsafe_is_for_sockets() {
        check(unsafe_in_sockets, "crates/web/src/a.rs", "    unsafe { f() }", 1);
        check(unsafe_in_sockets, "crates/media/src/a.rs", "    unsafe { f() }", 0);
        check(unsafe_in_sockets, "crates/web/src/a.rs", "// unsafe { f() }", 0);
    }

    #[test]
    fn allow_todo_and_banners_are_found() {
        check(no_allow, "crates/web/src/a.rs", "    #[allow(dead_code)]", 1);
        check(no_allow, "crates/web/src/a.rs", "    #[expect(dead_code, reason = \"x\")]", 0);
        check(no_unfinished, "crates/web/src/a.rs", "    todo!()", 1);
        check(no_unfinished, "crates/web/src/a.rs", "// TODO: later", 1);
        check(no_unfinished, "crates/web/src/a.rs", "// todos and hackers", 0);
        check(no_banners, "crates/web/src/a.rs", "// ---- Types ----", 1);
        check(no_banners, "crates/web/static/a.css", "/* ==== */", 1);
        check(no_banners, "crates/web/src/a.rs", "let a = \"----\"; // a - b", 0);
    }

    #[test]
    fn files_stand_where_one_looks() {
        check(crate_docs, "crates/web/src/lib.rs", "pub mod a;", 1);
        check(crate_docs, "crates/web/src/lib.rs", "//! Pages.\npub mod a;", 0);
        check(one_test_binary, "crates/web/tests/pages.rs", "", 1);
        check(one_test_binary, "crates/web/tests/it/main.rs", "", 0);
        check(no_mod_rs, "crates/web/src/a/mod.rs", "", 1);
        check(file_length, "crates/web/src/a.rs", &"x\n".repeat(FILE_LINES_MAX), 0);
        check(file_length, "crates/web/src/a.rs", &"x\n".repeat(FILE_LINES_MAX + 1), 1);
    }
}
