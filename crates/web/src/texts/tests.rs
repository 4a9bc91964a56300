use super::*;
use crate::errors::PageError;
use fluent_bundle::FluentResource;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Keys, each once, and the files in which they stand.
fn keys(files: &[(&str, &str)]) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for (file, text) in files {
        if let Err((_, errors)) = FluentResource::try_new((*text).to_owned()) {
            panic!("{file}: {errors:?}");
        }
        for line in text.lines() {
            let name = line.split(" =").next().unwrap_or_default();
            let is_key = line.contains(" =") && name.starts_with(|first: char| first.is_ascii_lowercase());
            if is_key && !name.contains(' ') {
                assert!(keys.insert(name.to_owned()), "{file}: {name} occurs twice");
            }
        }
    }
    keys
}

#[test]
fn both_languages_have_the_same_keys() {
    let (fr, en) = (keys(TEXTS_FR), keys(TEXTS_EN));
    let apart: Vec<_> = fr.symmetric_difference(&en).collect();
    assert!(apart.is_empty(), "in one language only: {apart:?}");
    assert!(fr.len() > 50);
}

/// Every string literal after one of our calls.
fn used(text: &str, into: &mut BTreeSet<String>) {
    for call in [".t(\"", ".t1(\"", ".t2(\"", "see_other_saying(\"", ".t(\n            \"", "key: \""] {
        for after in text.split(call).skip(1) {
            let key = after.split('"').next().unwrap_or_default();
            into.insert(key.to_owned());
        }
    }
    // The keys of notices stand after a path.
    for after in text.split("\"notice-").skip(1) {
        into.insert(format!("notice-{}", after.split('"').next().unwrap_or_default()));
    }
}

fn walk(folder: &Path, into: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, into);
        } else if !path.ends_with("tests.rs") {
            used(&fs::read_to_string(&path).unwrap(), into);
        }
    }
}

#[test]
fn no_page_uses_a_key_that_is_missing() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut wanted = BTreeSet::new();
    walk(&root.join("templates"), &mut wanted);
    walk(&root.join("src"), &mut wanted);
    for word in PageError::WORDS {
        wanted.extend(["title", "what", "do"].map(|part| format!("error-{word}-{part}")));
    }
    let known = keys(TEXTS_FR);
    let is_key = |key: &&String| !key.is_empty() && !key.contains(['{', ' ', '/']) && *key != "notice-";
    let missing: Vec<_> = wanted.iter().filter(is_key).filter(|key| !known.contains(*key)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(wanted.len() > 30);
}

#[test]
fn pupils_are_told_tu_and_everybody_else_vous() {
    let text = |voice| text(Lang::Fr, voice, "error-not-found-do", FluentArgs::new());
    assert!(text(Voice::Tu).starts_with("Vérifie l’adresse"));
    assert!(text(Voice::Vous).starts_with("Vérifiez l’adresse"));
}

#[test]
fn french_has_its_spaces_and_apostrophes() {
    for (file, text) in TEXTS_FR {
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let bad = [" ;", " !", " ?", " »", "« ", "'"].into_iter().find(|bad| line.contains(bad));
            assert_eq!(bad, None, "{file}: {line}");
        }
    }
}
