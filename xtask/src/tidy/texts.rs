use super::Finding;
use super::tree::{File, Tree};
use std::collections::{BTreeMap, BTreeSet};

/// The texts of the pages, a folder or a file a language.
const TEXTS: &str = "crates/web/texts/";
const LANGUAGES: [&str; 2] = ["fr", "en"];

/// Both languages have the same texts, each once, and each text is used.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let [french, english] = LANGUAGES.map(|language| keys_of(tree, language, &mut findings));
    for (keys, others, language) in [(&french, &english, "English"), (&english, &french, "French")] {
        for (key, (path, line)) in keys.iter().filter(|(key, _)| !others.contains_key(*key)) {
            findings.push(Finding::new(path, *line, format!("`{key}` has no {language} text")));
        }
    }
    let used = words_of_pages(tree);
    for (key, (path, line)) in french.iter().filter(|(key, _)| !is_used(key, &used)) {
        findings.push(Finding::new(path, *line, format!("`{key}` is used nowhere")));
    }
    findings
}

type Keys = BTreeMap<String, (String, usize)>;

fn keys_of(tree: &Tree, language: &str, findings: &mut Vec<Finding>) -> Keys {
    let (folder, file) = (format!("{TEXTS}{language}/"), format!("{TEXTS}{language}.ftl"));
    let mut keys = Keys::new();
    for file in tree.written(&[".ftl"]).filter(|text| text.path == file || text.path.starts_with(&folder)) {
        for (number, line) in file.lines() {
            let Some(key) = key_of(line) else { continue };
            if keys.insert(key.to_owned(), (file.path.clone(), number)).is_some() {
                findings.push(Finding::new(&file.path, number, format!("`{key}` stands twice")));
            }
        }
    }
    keys
}

/// The name of the message that begins on this line (Fluent syntax 1.0: an identifier at the margin and `=`).
fn key_of(line: &str) -> Option<&str> {
    let key = line.split('=').next()?.trim_end();
    let is_name = key.starts_with(|c: char| c.is_ascii_alphabetic()) && line.contains('=');
    (is_name && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')).then_some(key)
}

/// Everything between quotes in the pages' code and templates.
fn words_of_pages(tree: &Tree) -> BTreeSet<&str> {
    let is_page = |file: &&File| file.path.starts_with("crates/") && !file.path.ends_with(".ftl");
    let pages = tree.written(&[".rs", ".html", ".js", ".txt", ".ftl"]).filter(is_page);
    pages.flat_map(|file| file.text.split(['"', '\'', '`', '{', '}', '$'])).collect()
}

/// A key is used when it is quoted, or when its beginning is, up to a hyphen: `refused-` with a reason behind.
fn is_used(key: &str, used: &BTreeSet<&str>) -> bool {
    used.contains(key) || key.match_indices('-').any(|(at, _)| used.contains(&key[..=at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_and_pages_agree() {
        let tree = Tree::of(&[
            (
                "crates/web/texts/fr.ftl",
                "# Un commentaire = rien\nsign-in = Se connecter\nrole-pupil = Élève\nold = Vieux\n",
            ),
            (
                "crates/web/texts/en.ftl",
                "sign-in = Sign in\nsign-in = Again\nrole-pupil = Pupil\nnew = New\n    .title = x\n",
            ),
            ("crates/web/templates/a.html", "{{ t.get(\"sign-in\") }}"),
            ("crates/web/src/a.rs", "t.get(&format!(\"role-{role}\"))"),
        ]);
        let found: Vec<String> = check(&tree).iter().map(|finding| finding.what.clone()).collect();
        assert_eq!(
            found,
            [
                "`sign-in` stands twice",
                "`old` has no English text",
                "`new` has no French text",
                "`old` is used nowhere"
            ]
        );
    }
}
