use super::world::Place;
use crate::db::Raw;
use sqlx::{AssertSqlSafe, Executor, SqlSafeStr};
use std::path::Path;

/// The statements that the sources of this crate give to the macros of `sql.rs`, read as Rust reads string literals.
fn statements() -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found
}

fn collect(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).expect("the sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "tests") {
                collect(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).expect("a source");
            for literal in literals(&text) {
                let first = literal.split_whitespace().next().unwrap_or("");
                if ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"].contains(&first) {
                    found.push((path.display().to_string(), literal));
                }
            }
        }
    }
}

/// The plain string literals of a Rust source, escapes of line ends and quotes undone.
pub(super) fn literals(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line_start in source.match_indices('"').map(|(at, _)| at) {
        let rest = &source[line_start + 1..];
        if !["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH "].iter().any(|word| rest.starts_with(word)) {
            continue;
        }
        let mut text = String::new();
        let mut chars = rest.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '"' => break,
                '\\' if chars.peek() == Some(&'\n') => {
                    while chars.peek().is_some_and(|next| next.is_whitespace()) {
                        chars.next();
                    }
                }
                '\\' => text.extend(chars.next()),
                _ => text.push(c),
            }
        }
        found.push(text);
    }
    found
}

async fn prepare_all(place: &Place) {
    let statements = statements();
    assert!(
        statements.len() > 60,
        "the sources hold {} statements only: does the search still find them?",
        statements.len()
    );
    for (file, statement) in statements {
        let only_postgres = file.ends_with("/postgres.rs");
        let sql = AssertSqlSafe(statement.clone()).into_sql_str();
        let mut conn = place.store.read().await.expect("a connection");
        let prepared = match conn.raw() {
            Raw::Sqlite(_) if only_postgres => continue,
            Raw::Sqlite(conn) => conn.prepare(sql).await.map(drop),
            Raw::Postgres(conn) => conn.prepare(sql).await.map(drop),
        };
        assert!(prepared.is_ok(), "{file}: {statement}: {prepared:?}");
    }
}

super::on_both! {
    async fn every_statement_is_prepared(place) {
        prepare_all(place).await;
    }
}

/// The text of every source below a folder that `wanted` picks by its path.
fn sources(folder: &Path, wanted: &dyn Fn(&Path) -> bool, text: &mut String) {
    for entry in std::fs::read_dir(folder).expect("the sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, wanted, text);
        } else if wanted(&path) {
            text.push_str(&std::fs::read_to_string(&path).expect("a source"));
        }
    }
}

/// The tests of this crate run on both databases, so a function that one of them calls runs on both.
#[test]
fn every_public_function_of_an_entity_is_called_by_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let in_tests = |path: &Path| path.components().any(|part| part.as_os_str() == "tests");
    let (mut tests, mut code) = (String::new(), String::new());
    sources(&root, &|path| in_tests(path), &mut tests);
    sources(&root, &|path| !in_tests(path), &mut code);
    let names: Vec<&str> =
        code.split("\npub async fn ").skip(1).filter_map(|rest| rest.split(['(', '<']).next()).collect();
    assert!(names.len() > 60, "{} functions only: does the search still find them?", names.len());
    // Of modules that are not public: opening a store and making a backup run them.
    let inner = ["found_version", "run", "make_version", "copy", "vacuum_into", "copy_out", "copy_in", "name_files"];
    let uncalled: Vec<&&str> =
        names.iter().filter(|name| !inner.contains(*name) && !tests.contains(&format!("{name}("))).collect();
    assert!(uncalled.is_empty(), "no test calls {uncalled:?}");
}

/// SQLite (3.46 and later) looks at the value of a bare `LIMIT $1` when it plans, and therefore plans the statement anew
/// each time that one is bound: a seventh of what the home page cost. A value that is cast stays unseen.
#[test]
fn no_statement_of_a_page_is_planned_anew_for_its_limit() {
    // Asked once for a person who leaves, or takes their data home.
    let seldom = ["people/export/", "people/leaving.rs"];
    let bare = |(file, text): &(String, String)| {
        text.contains("LIMIT $") && !seldom.iter().any(|seldom| file.contains(seldom))
    };
    let found: Vec<_> = statements().into_iter().filter(bare).collect();
    assert!(found.is_empty(), "LIMIT $… without CAST($… AS BIGINT): {found:#?}");
}
