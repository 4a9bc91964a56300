//! The data folder: keys, database, backups. Its files are their owner's alone.

use crate::config::Config;
use anyhow::{Context, bail};
use preau_base::{Clock, SystemClock, SystemRng};
use preau_files::Files;
use preau_files::limits::DISK_RESERVE_BYTES;
use preau_gate::KeyRing;
use preau_store::{Database, Store};
use std::fs::{File, OpenOptions, Permissions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

#[derive(Clone, Debug)]
pub struct DataFolder(PathBuf);

impl DataFolder {
    /// Makes the folder (mode 0700) if it is not there.
    pub fn make(path: &Path) -> anyhow::Result<Self> {
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.with_context(|| format!("cannot make the data folder {}", path.display()))?;
        Ok(Self(path.to_path_buf()))
    }

    /// The folder as it is.
    ///
    /// # Errors
    /// When it is not there.
    pub fn existing(path: &Path) -> anyhow::Result<Self> {
        if !path.is_dir() {
            bail!("there is no data folder {}; `preau serve` makes it, or name another with --data", path.display());
        }
        Ok(Self(path.to_path_buf()))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn keys_file(&self) -> PathBuf {
        self.0.join("keys")
    }

    /// What an operator has set at the gate, live.
    pub fn gate_settings_file(&self) -> PathBuf {
        self.0.join("gate.json")
    }

    /// The files beside the database that a backup holds.
    pub fn backed_up(&self) -> Vec<PathBuf> {
        // Nothing was ever set on most machines.
        let settings = Some(self.gate_settings_file()).filter(|file| file.exists());
        std::iter::once(self.keys_file()).chain(settings).collect()
    }

    pub fn backups(&self) -> PathBuf {
        self.0.join("backups")
    }

    pub fn database(&self, config: &Config) -> Database {
        match &config.database_url {
            Some(url) => Database::Postgres { url: url.reveal().clone() },
            None => Database::Sqlite { path: self.0.join("preau.sqlite") },
        }
    }

    pub async fn open_store(&self, config: &Config) -> anyhow::Result<Store> {
        let database = self.database(config);
        Store::open(&database, &self.backups()).await.with_context(|| format!("{database:?}"))
    }

    /// Where lessons are recorded while they are on.
    pub fn recordings(&self) -> PathBuf {
        self.0.join("recordings")
    }

    pub fn files(&self) -> PathBuf {
        self.0.join("files")
    }

    /// The object store: what people hand in and attach.
    pub fn open_files(&self) -> anyhow::Result<Files> {
        let path = self.files();
        Files::in_folder(&path, DISK_RESERVE_BYTES).with_context(|| path.display().to_string())
    }

    /// Reads the keys; makes them at the first start; rotates them when it is time.
    pub fn keys(&self) -> anyhow::Result<KeyRing> {
        let path = self.keys_file();
        let now = SystemClock.now();
        let mut ring = match std::fs::read_to_string(&path) {
            Ok(text) => {
                check_private(&path)?;
                KeyRing::from_text(&text).with_context(|| path.display().to_string())?
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let ring = KeyRing::generate(now, &mut SystemRng);
                self.write_keys(&ring)?;
                ring
            }
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        };
        if ring.rotate_if_due(now, &mut SystemRng) {
            self.write_keys(&ring)?;
        }
        Ok(ring)
    }

    /// As [`write_whole`].
    pub fn write_keys(&self, ring: &KeyRing) -> anyhow::Result<()> {
        let path = self.keys_file();
        let written = write_whole(&path, ring.to_text().reveal().as_bytes());
        written.with_context(|| format!("cannot write {}", path.display()))
    }
}

/// Writes a file whole or not at all, mode 0600, on the disk when it returns.
pub fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let no_file = || std::io::Error::from(ErrorKind::InvalidInput);
    let (folder, name) = (path.parent().ok_or_else(no_file)?, path.file_name().ok_or_else(no_file)?);
    let part = folder.join(format!(".{}-{}", name.to_string_lossy(), std::process::id()));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&part, path)?;
    File::open(folder)?.sync_all()
}

/// Keys that others on the machine can read are closed to them, and that is said.
fn check_private(path: &Path) -> anyhow::Result<()> {
    let mode = std::fs::metadata(path)?.permissions().mode();
    if mode & 0o077 != 0 {
        tracing::warn!(file = %path.display(), mode = format!("{mode:o}"), "the keys were readable by others; now they are not");
        std::fs::set_permissions(path, Permissions::from_mode(0o600))
            .with_context(|| format!("cannot protect {}", path.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_once_and_private() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = DataFolder::make(&folder.path().join("data")).expect("made");
        let first = data.keys().expect("keys").to_text();
        assert_eq!(data.keys().expect("keys").to_text(), first, "the same keys again");
        let mode = std::fs::metadata(data.keys_file()).expect("the file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::set_permissions(data.keys_file(), Permissions::from_mode(0o644)).expect("opened");
        data.keys().expect("keys");
        let mode = std::fs::metadata(data.keys_file()).expect("the file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "closed again");
        std::fs::write(data.keys_file(), "not keys").expect("written");
        assert!(format!("{:#}", data.keys().expect_err("broken")).contains("keys"));
    }
}
