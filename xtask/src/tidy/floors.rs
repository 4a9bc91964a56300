use super::Finding;
use super::tree::{File, Tree};
use std::collections::BTreeMap;
use toml::Table;

/// Where the floors stand: the rows `| `crate` | floor | … |` of its code map.
const MAP: &str = "ARCHITECTURE.md";

/// How high a crate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Floor {
    House(u8),
    /// Only for tests; may use every crate, and no crate's product may use it.
    Tests,
}

/// A crate's normal and build dependencies are on lower floors; those of its tests are at most on its own floor, or are for tests.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let Some(map) = tree.get(MAP) else {
        return vec![Finding::new(MAP, 0, "is missing")];
    };
    let floors = read_map(map);
    let mut findings = Vec::new();
    for name in floors.keys() {
        if tree.get(&format!("crates/{name}/Cargo.toml")).is_none() {
            findings.push(Finding::new(MAP, 0, format!("the code map has `{name}`, which is no crate")));
        }
    }
    for manifest in tree.files.iter().filter(|file| file.path.ends_with("/Cargo.toml")) {
        let Some(name) = manifest.crate_folder() else { continue };
        match floors.get(name) {
            Some(&floor) => findings.extend(check_crate(manifest, floor, &floors)),
            None => findings.push(Finding::new(&manifest.path, 0, format!("`{name}` is not in the code map of {MAP}"))),
        }
    }
    findings
}

fn check_crate(manifest: &File, floor: Floor, floors: &BTreeMap<String, Floor>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Ok(table) = manifest.text.parse::<Table>() else {
        return vec![Finding::new(&manifest.path, 0, "cannot be read")];
    };
    for section in ["dependencies", "build-dependencies", "dev-dependencies"] {
        let Some(dependencies) = table.get(section).and_then(toml::Value::as_table) else { continue };
        for dependency in dependencies.keys() {
            let Some(folder) = dependency.strip_prefix("preau-") else { continue };
            let allowed = floors.get(folder).is_some_and(|&other| may_use(floor, other, section));
            if !allowed {
                let what = format!("{section}: `{dependency}` is not on a lower floor");
                findings.push(Finding::new(&manifest.path, 0, what));
            }
        }
    }
    findings
}

fn may_use(user: Floor, used: Floor, section: &str) -> bool {
    match (user, used) {
        (Floor::Tests, _) => true,
        (Floor::House(_), Floor::Tests) => section == "dev-dependencies",
        (Floor::House(user), Floor::House(used)) => used < user || section == "dev-dependencies" && used == user,
    }
}

fn read_map(map: &File) -> BTreeMap<String, Floor> {
    map.text.lines().filter_map(read_row).collect()
}

fn read_row(line: &str) -> Option<(String, Floor)> {
    let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
    let name = cells.next()?.strip_prefix('`')?.strip_suffix('`')?;
    let floor = match cells.next()? {
        "tests" => Floor::Tests,
        floor => Floor::House(floor.parse().ok()?),
    };
    Some((name.to_owned(), floor))
}

/// The crates of the floors that do no I/O.
pub fn pure_crates(tree: &Tree) -> Vec<String> {
    let Some(map) = tree.get(MAP) else { return Vec::new() };
    let floors = read_map(map);
    floors.into_iter().filter(|(_, floor)| matches!(floor, Floor::House(0 | 1))).map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(user: &str, manifest: &str) -> usize {
        let map =
            "| `base` | 0 | x |\n| `store` | 2 | x |\n| `media` | 2 | x |\n| `live` | 3 | x |\n| `kit` | tests | x |\n";
        let empty = "[package]\n";
        let mut files = vec![("ARCHITECTURE.md", map)];
        let paths = ["base", "store", "media", "live", "kit"].map(|name| format!("crates/{name}/Cargo.toml"));
        for path in &paths {
            files.push((path, if path.split('/').nth(1) == Some(user) { manifest } else { empty }));
        }
        check(&Tree::of(&files)).len()
    }

    #[test]
    fn only_lower_floors_are_used() {
        assert_eq!(findings("live", "[dependencies]\npreau-store.workspace = true\npreau-base.workspace = true\n"), 0);
        assert_eq!(findings("media", "[dependencies]\npreau-store.workspace = true\n"), 1);
        assert_eq!(findings("store", "[dependencies]\npreau-live.workspace = true\n"), 1);
        assert_eq!(findings("store", "[dependencies]\npreau-kit.workspace = true\n"), 1);
        assert_eq!(findings("store", "[dependencies]\npreau-unheard-of.workspace = true\n"), 1);
    }

    #[test]
    fn tests_may_use_more() {
        assert_eq!(
            findings("store", "[dev-dependencies]\npreau-kit.workspace = true\npreau-media.workspace = true\n"),
            0
        );
        assert_eq!(findings("store", "[dev-dependencies]\npreau-live.workspace = true\n"), 1);
        assert_eq!(findings("kit", "[dependencies]\npreau-live.workspace = true\n"), 0);
    }

    #[test]
    fn the_map_and_the_crates_agree() {
        let tree = Tree::of(&[("ARCHITECTURE.md", "| `gone` | 1 | x |\n"), ("crates/new/Cargo.toml", "")]);
        assert_eq!(check(&tree).len(), 2);
    }
}
