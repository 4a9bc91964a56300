use super::Finding;
use super::tree::{File, Tree};
use toml::{Table, Value};

/// The version of a dependency stands once, in the workspace's manifest.
pub fn workspace_versions(tree: &Tree) -> Vec<Finding> {
    let check = |file: &File, table: &Table| {
        let mut findings = Vec::new();
        for section in ["dependencies", "build-dependencies", "dev-dependencies"] {
            let Some(dependencies) = table.get(section).and_then(Value::as_table) else { continue };
            for (name, how) in dependencies {
                // A crate's tests may ask for features of the crate itself.
                let is_itself = section == "dev-dependencies" && how.get("path").and_then(Value::as_str) == Some(".");
                if how.get("workspace").and_then(Value::as_bool) != Some(true) && !is_itself {
                    let what =
                        format!("{section}: `{name}` takes its version from the workspace (`{name}.workspace = true`)");
                    findings.push(Finding::new(&file.path, 0, what));
                }
            }
        }
        findings
    };
    each(tree, check)
}

/// Every crate obeys the workspace's lints.
pub fn workspace_lints(tree: &Tree) -> Vec<Finding> {
    let check = |file: &File, table: &Table| {
        let obeys = table.get("lints").and_then(|lints| lints.get("workspace")).and_then(Value::as_bool) == Some(true);
        if obeys { Vec::new() } else { vec![Finding::new(&file.path, 0, "`[lints] workspace = true` is missing")] }
    };
    each(tree, check)
}

fn each(tree: &Tree, check: impl Fn(&File, &Table) -> Vec<Finding>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.written(&["/Cargo.toml"]) {
        match file.text.parse::<Table>() {
            Ok(table) => findings.extend(check(file, &table)),
            Err(error) => findings.push(Finding::new(&file.path, 0, format!("cannot be read: {}", error.message()))),
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(manifest: &str, versions: usize, lints: usize) {
        let tree = Tree::of(&[("crates/a/Cargo.toml", manifest)]);
        assert_eq!((workspace_versions(&tree).len(), workspace_lints(&tree).len()), (versions, lints), "{manifest}");
    }

    #[test]
    fn versions_and_lints_are_the_workspaces() {
        check("[lints]\nworkspace = true\n[dependencies]\na.workspace = true\n", 0, 0);
        check("[dependencies]\na = \"1\"\n[dev-dependencies]\nb = { path = \"../b\" }\n", 2, 1);
        check("[lints]\nworkspace = true\n[dependencies]\na = { workspace = true, features = [\"b\"] }\n", 0, 0);
        check("[lints]\nworkspace = true\n[dev-dependencies]\na = { path = \".\", features = [\"b\"] }\n", 0, 0);
        check("[[[", 1, 1);
    }
}
