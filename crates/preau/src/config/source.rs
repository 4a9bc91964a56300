//! Reads the file and the environment into one table, and names what is wrong and where.

use super::keys::{KEYS, Key, Kind, find, nearest};
use std::collections::BTreeMap;
use std::path::Path;
use toml::Value;

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ConfigError {
    #[error("{place}: cannot be read: {why}")]
    Unreadable { place: String, why: String },
    #[error("{place}: unknown key {written}{}", suggestion.as_ref().map(|it| format!("; did you mean {it}?")).unwrap_or_default())]
    UnknownKey { place: String, written: String, suggestion: Option<String> },
    #[error("{place}: {key} {why}")]
    Value { place: String, key: String, why: String },
}

/// Configuration file: at most this many bytes.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// A secret file: at most this many bytes.
const SECRET_BYTES_MAX: u64 = 64 << 10;

/// A value and where it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    pub value: Value,
    pub place: String,
}

pub type Values = BTreeMap<(&'static str, &'static str), Found>;

/// Defaults, then the file, then the environment.
pub fn read(file: Option<&Path>, environment: impl Iterator<Item = (String, String)>) -> Result<Values, ConfigError> {
    let mut values = defaults()?;
    if let Some(path) = file {
        from_file(path, &mut values)?;
    }
    from_environment(environment, &mut values)?;
    Ok(values)
}

fn defaults() -> Result<Values, ConfigError> {
    let mut values = Values::new();
    for key in KEYS {
        let document = format!("value = {}", key.default);
        let mut table: toml::Table = document.parse().map_err(|error: toml::de::Error| ConfigError::Value {
            place: "default".to_owned(),
            key: dotted(key),
            why: error.to_string(),
        })?;
        if let Some(value) = table.remove("value") {
            values.insert((key.section, key.name), Found { value, place: "default".to_owned() });
        }
    }
    Ok(values)
}

fn dotted(key: &Key) -> String {
    format!("{}.{}", key.section, key.name)
}

fn read_bounded(path: &Path, bytes_max: u64) -> Result<String, ConfigError> {
    use std::io::Read;
    let unreadable = |why: String| ConfigError::Unreadable { place: path.display().to_string(), why };
    let file = std::fs::File::open(path).map_err(|error| unreadable(error.to_string()))?;
    let mut text = String::new();
    file.take(bytes_max + 1).read_to_string(&mut text).map_err(|error| unreadable(error.to_string()))?;
    if text.len() as u64 > bytes_max {
        return Err(unreadable(format!("larger than {bytes_max} bytes")));
    }
    Ok(text)
}

fn from_file(path: &Path, values: &mut Values) -> Result<(), ConfigError> {
    let place = path.display().to_string();
    let text = read_bounded(path, FILE_BYTES_MAX)?;
    let table: toml::Table = text
        .parse()
        .map_err(|error: toml::de::Error| ConfigError::Unreadable { place: place.clone(), why: error.to_string() })?;
    for (section, content) in table {
        let Value::Table(content) = content else {
            return Err(unknown(&place, section));
        };
        if !KEYS.iter().any(|key| key.section == section) {
            return Err(unknown(&place, section));
        }
        for (name, value) in content {
            let key = find(&section, &name).ok_or_else(|| unknown(&place, format!("{section}.{name}")))?;
            check_kind(key, &value, &place)?;
            values.insert((key.section, key.name), Found { value, place: place.clone() });
        }
    }
    Ok(())
}

fn unknown(place: &str, written: String) -> ConfigError {
    ConfigError::UnknownKey { place: place.to_owned(), suggestion: nearest(&written), written }
}

fn check_kind(key: &Key, value: &Value, place: &str) -> Result<(), ConfigError> {
    let (fits, expected) = match key.kind {
        Kind::Text | Kind::Secret => (value.is_str(), "must be a text"),
        Kind::Number => (value.is_integer(), "must be a whole number"),
        Kind::List => {
            let texts = value.as_array().is_some_and(|list| list.iter().all(Value::is_str));
            (texts, "must be a list of texts")
        }
    };
    let wrong = || ConfigError::Value { place: place.to_owned(), key: dotted(key), why: expected.to_owned() };
    if fits { Ok(()) } else { Err(wrong()) }
}

/// `PREAU_SECTION__KEY`; for secrets also `PREAU_SECTION__KEY_FILE`.
fn from_environment(
    environment: impl Iterator<Item = (String, String)>,
    values: &mut Values,
) -> Result<(), ConfigError> {
    for (variable, text) in environment {
        let Some((section, name)) = variable.strip_prefix("PREAU_").and_then(|rest| rest.split_once("__")) else {
            continue;
        };
        let (section, name) = (section.to_lowercase(), name.to_lowercase());
        let secret_file = name.strip_suffix("_file").and_then(|name| find(&section, name));
        let (key, text) = match (find(&section, &name), secret_file) {
            (Some(key), _) => (key, text),
            (None, Some(key)) if key.kind == Kind::Secret => {
                let text = read_bounded(Path::new(&text), SECRET_BYTES_MAX)?;
                (key, text.trim_end_matches(['\r', '\n']).to_owned())
            }
            _ => {
                let written = format!("{section}.{name}");
                return Err(ConfigError::UnknownKey { place: variable, suggestion: nearest(&written), written });
            }
        };
        let value = parse(key, &text, &variable)?;
        values.insert((key.section, key.name), Found { value, place: variable });
    }
    Ok(())
}

fn parse(key: &Key, text: &str, place: &str) -> Result<Value, ConfigError> {
    match key.kind {
        Kind::Text | Kind::Secret => Ok(Value::String(text.to_owned())),
        Kind::List => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            Ok(Value::Array(items.map(|item| Value::String(item.to_owned())).collect()))
        }
        Kind::Number => text.trim().parse().map(Value::Integer).map_err(|_not_a_number| ConfigError::Value {
            place: place.to_owned(),
            key: dotted(key),
            why: "must be a whole number".to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> std::vec::IntoIter<(String, String)> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<Vec<_>>().into_iter()
    }

    fn file(text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("preau.toml");
        std::fs::write(&path, text).expect("written");
        (folder, path)
    }

    #[test]
    fn the_environment_goes_over_the_file_and_the_file_over_the_defaults() {
        let (_folder, path) = file("[media]\nudp_port = 5000\nthreads = 2\n");
        let pairs = [("PREAU_MEDIA__UDP_PORT", "6000"), ("PREAU_TLS__NAMES", "a.example, b.example"), ("HOME", "/")];
        let values = read(Some(&path), environment(&pairs)).expect("good");
        assert_eq!(values[&("media", "udp_port")].value.as_integer(), Some(6000));
        assert_eq!(values[&("media", "threads")].value.as_integer(), Some(2));
        assert_eq!(values[&("admin", "listen")].value.as_str(), Some("127.0.0.1:9090"));
        assert_eq!(values[&("tls", "names")].value.as_array().map(Vec::len), Some(2));
    }

    #[test]
    fn secrets_come_from_files() {
        let (_folder, path) = file("postgres://x\n");
        let pairs = [("PREAU_DATABASE__URL_FILE", path.to_str().expect("a path"))];
        let values = read(None, environment(&pairs)).expect("good");
        assert_eq!(values[&("database", "url")].value.as_str(), Some("postgres://x"));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place_and_a_suggestion() {
        let check = |text: &str, expected: &str| {
            let (_folder, path) = file(text);
            let error = read(Some(&path), environment(&[])).expect_err(text).to_string();
            assert!(error.contains(expected) && error.contains("preau.toml"), "{error}");
        };
        check("[media]\nudp_prot = 1", "did you mean media.udp_port?");
        check("[medai]\nudp_port = 1", "did you mean media?");
        check("[media]\nudp_port = \"x\"", "media.udp_port must be a whole number");
        check("[server]\nlisten = \"x\"", "server.listen must be a list of texts");
        check("media = 1", "unknown key media");
        check("[media", "cannot be read");
        let error = read(None, environment(&[("PREAU_MEDIA__UDP_PROT", "1")])).expect_err("unknown").to_string();
        assert!(error.contains("PREAU_MEDIA__UDP_PROT") && error.contains("media.udp_port"), "{error}");
    }
}
