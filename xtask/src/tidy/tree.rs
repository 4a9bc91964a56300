use anyhow::Context;
use std::fs;
use std::path::Path;

/// Folders that hold what was built or installed, not what was written.
const NOT_OURS: [&str; 5] = [".git", "target", "node_modules", "e2e/out", ".idea"];

/// A file of the repository.
pub struct File {
    /// From the repository's top folder, with `/`.
    pub path: String,
    /// Without what is not UTF-8: such files are pictures and fixtures.
    pub text: String,
}

/// Every file of the repository, in order of path.
pub struct Tree {
    pub files: Vec<File>,
}

impl Tree {
    /// Reads the folder `root`.
    ///
    /// # Errors
    ///
    /// When a folder or a file cannot be read.
    pub fn read(root: &Path) -> anyhow::Result<Self> {
        let mut files = Vec::new();
        read_folder(root, "", &mut files)?;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self { files })
    }

    pub fn get(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// The files that were written here, fixtures left out, whose name ends with one of `endings`.
    pub fn written<'a>(&'a self, endings: &'a [&str]) -> impl Iterator<Item = &'a File> {
        self.files.iter().filter(|file| !file.is_fixture() && endings.iter().any(|ending| file.path.ends_with(ending)))
    }

    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Self {
        let file = |&(path, text): &(&str, &str)| File { path: path.to_owned(), text: text.to_owned() };
        Self { files: files.iter().map(file).collect() }
    }
}

impl File {
    /// The folder of the crate under `crates/` that this file is in.
    pub fn crate_folder(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }

    pub fn is_fixture(&self) -> bool {
        self.path.contains("/fixtures/")
            || self.path.contains("/snapshots/")
            || self.path.contains("proptest-regressions")
    }

    /// The lines with their numbers from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(before, line)| (before + 1, line))
    }
}

fn read_folder(root: &Path, folder: &str, files: &mut Vec<File>) -> anyhow::Result<()> {
    let place = root.join(folder);
    for entry in fs::read_dir(&place).with_context(|| place.display().to_string())? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        if NOT_OURS.contains(&name.as_str()) || NOT_OURS.contains(&path.as_str()) {
            continue;
        }
        let kind = entry.file_type()?;
        if kind.is_dir() {
            read_folder(root, &path, files)?;
        } else if kind.is_file() {
            let bytes = fs::read(entry.path()).with_context(|| path.clone())?;
            files.push(File { path, text: String::from_utf8(bytes).unwrap_or_default() });
        }
    }
    Ok(())
}
