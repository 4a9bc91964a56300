//! Embeds `static/`, the style sheets as one `app.css`, and `texts/`, so that the binary needs no files beside it.
//!
//! Static files are served below one hash of them all: modules that import each other by relative paths then come from the
//! same version, and a browser that has kept an old page never mixes two.

use std::fmt::Write as _;
use std::fs;
use std::io::{Error, Result};
use std::path::{Path, PathBuf};

/// The order of the cascade; each sheet puts its rules into one of these layers.
const LAYERS: &str = "@layer tokens, base, layout, parts, screens;\n";
const SERVED: &[&str] = &["css", "ico", "js", "json", "mp3", "ogg", "png", "svg", "wasm", "webp"];

fn main() -> Result<()> {
    let root = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(variable("OUT_DIR")?);
    for folder in ["static", "texts", "templates"] {
        println!("cargo::rerun-if-changed={folder}");
    }
    let files = files_of(&root.join("static"))?;
    let sheet = out.join("app.css");
    fs::write(&sheet, style_sheet(&root.join("static"), &files)?)?;

    let mut served = vec![("app.css".to_owned(), sheet)];
    served.extend(files.into_iter().filter(|(name, _)| is_served(name)));
    served.sort();

    let mut hash = Fnv::default();
    let mut code = String::from("pub(crate) static FILES: &[(&str, &[u8])] = &[\n");
    for (name, path) in &served {
        hash.eat(name.as_bytes());
        hash.eat(&fs::read(path)?);
        let _ = writeln!(code, "    ({name:?}, include_bytes!({path:?})),");
    }
    let _ = writeln!(code, "];\npub(crate) const VERSION: &str = \"{:016x}\";", hash.0);
    for lang in ["fr", "en"] {
        let _ = writeln!(code, "pub(crate) static TEXTS_{}: &[(&str, &str)] = &[", lang.to_uppercase());
        for (name, path) in files_of(&root.join("texts").join(lang))? {
            let _ = writeln!(code, "    ({name:?}, include_str!({path:?})),");
        }
        code.push_str("];\n");
    }
    fs::write(out.join("embedded.rs"), code)
}

fn variable(name: &str) -> Result<String> {
    std::env::var(name).map_err(Error::other)
}

fn is_served(name: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    // Sheets of `css/` are served as one.
    SERVED.contains(&extension) && !name.starts_with("css/") && name != "tsconfig.json"
}

fn style_sheet(folder: &Path, files: &[(String, PathBuf)]) -> Result<String> {
    let mut sheet = String::from(LAYERS);
    for (name, path) in files.iter().filter(|(name, _)| name.starts_with("css/")) {
        println!("cargo::rerun-if-changed={}", folder.join(name).display());
        sheet.push_str(&fs::read_to_string(path)?);
    }
    Ok(sheet)
}

/// Every file below a folder, by its path with `/`, sorted.
fn files_of(folder: &Path) -> Result<Vec<(String, PathBuf)>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        println!("cargo::rerun-if-changed={}", next.display());
        for entry in fs::read_dir(next)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Some(name) = path.strip_prefix(folder).ok().and_then(Path::to_str) {
                files.push((name.replace('\\', "/"), path));
            }
        }
    }
    files.sort();
    Ok(files)
}

/// FNV-1a, 64 bits (draft-eastlake-fnv): names a version, protects nothing.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn eat(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
