use super::Finding;
use super::tree::Tree;

/// The crates that serve pages, each with its templates and its files.
const TEMPLATES: [&str; 2] = ["crates/web/templates/", "crates/front/templates/"];
const STATIC: [&str; 2] = ["crates/web/static/", "crates/front/static/"];

/// What is written to a file and opened from there, without a server, a policy or anything beside it.
const FILES_ALONE: [&str; 1] = ["crates/web/templates/school/sheet.html"];

/// The content security policy forbids inline script and style; a page that has some is broken.
pub fn no_inline(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let served = |path: &str| is_in(&TEMPLATES, path) && !FILES_ALONE.contains(&path);
    for file in tree.files.iter().filter(|file| served(&file.path)) {
        for (number, line) in file.lines() {
            findings.extend(inline_in(line).map(|what| Finding::new(&file.path, number, what)));
        }
    }
    findings
}

fn is_in(folders: &[&str], path: &str) -> bool {
    folders.iter().any(|folder| path.starts_with(folder))
}

fn inline_in(line: &str) -> Option<String> {
    let line = line.to_ascii_lowercase();
    if let Some(script) = line.split("<script").nth(1)
        && !script.split('>').next().unwrap_or(script).contains("src=")
    {
        return Some("an inline script".to_owned());
    }
    if line.contains("<style") || line.contains(" style=") {
        return Some("an inline style".to_owned());
    }
    if line.contains("javascript:") {
        return Some("a script in an address".to_owned());
    }
    let handler = line.split([' ', '\t', '"', '\'']).find(|word| {
        let name = word.split('=').next().unwrap_or(word);
        word.contains('=') && name.len() > 3 && name.starts_with("on") && name.chars().all(|c| c.is_ascii_lowercase())
    });
    handler.map(|handler| format!("an inline handler `{}`", handler.split('=').next().unwrap_or(handler)))
}

/// Pages load nothing from anywhere else.
pub fn no_foreign_hosts(tree: &Tree) -> Vec<Finding> {
    let loads =
        ["src=\"http", "src=\"//", "url(http", "url(\"http", "url(//", "@import", "from \"http", "import(\"http"];
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| is_in(&TEMPLATES, &file.path) || is_in(&STATIC, &file.path)) {
        for (number, line) in file.lines() {
            let foreign = loads.iter().find(|load| line.contains(**load));
            findings.extend(
                foreign.map(|load| Finding::new(&file.path, number, format!("`{load}…` loads from elsewhere"))),
            );
        }
    }
    findings
}

/// Scripts have types, in JSDoc, that tsc checks.
pub fn checked_scripts(tree: &Tree) -> Vec<Finding> {
    let scripts = tree.written(&[".js", ".mjs"]);
    let unchecked = scripts.filter(|file| file.text.lines().next().map(str::trim) != Some("// @ts-check"));
    unchecked.map(|file| Finding::new(&file.path, 1, "begins with `// @ts-check`")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(html: &str, expect: Option<&str>) {
        assert_eq!(inline_in(html).as_deref(), expect, "{html}");
    }

    #[test]
    fn inline_script_and_style_are_found() {
        check("<script type=\"module\" src=\"/static/a.js\"></script>", None);
        check("<script>alert(1)</script>", Some("an inline script"));
        check("<p style=\"color: red\">", Some("an inline style"));
        check("<style>", Some("an inline style"));
        check("<a href=\"javascript:void(0)\">", Some("a script in an address"));
        check("<button onclick=\"go()\">", Some("an inline handler `onclick`"));
        check("<p>only one = 1</p><a href=\"/lessons?one=1\">", None);
    }

    #[test]
    fn foreign_and_unchecked_files_are_found() {
        let tree = Tree::of(&[
            ("crates/web/static/a.js", "// @ts-check\n"),
            ("crates/web/static/b.js", "let a;\n"),
            ("crates/web/static/c.css", "@import \"d.css\";\n"),
            ("crates/web/templates/e.html", "<img src=\"https://example.org/a.png\">\n"),
            ("crates/front/templates/f.html", "<p style=\"color: red\">\n"),
        ]);
        assert_eq!(no_inline(&tree).len(), 1);
        assert_eq!(checked_scripts(&tree).len(), 1);
        assert_eq!(no_foreign_hosts(&tree).len(), 2);
    }
}
