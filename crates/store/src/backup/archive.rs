use super::{
    FORMAT, FORMAT_MIN, File, MANIFEST_BYTES_MAX, Manifest, Member, Path, PathBuf, Read, StoreError, TABLES, Write,
    broken,
};
use aws_lc_rs::digest::{Context, SHA256};
use preau_base::Instant;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};

/// A private folder for half-made files, removed when dropped.
pub struct WorkFolder(PathBuf);

impl WorkFolder {
    pub fn beside(folder: &Path, now: Instant) -> Result<Self, StoreError> {
        let path = folder.join(format!(".preau-backup-{}-{}", now.as_millis(), std::process::id()));
        std::fs::DirBuilder::new()
            .mode(0o700)
            .recursive(true)
            .create(&path)
            .map_err(StoreError::file("cannot make the work folder", &path))?;
        Ok(Self(path))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for WorkFolder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, folder = %self.0.display(), "the work folder of a backup stays behind");
        }
    }
}

const CHUNK_BYTES: usize = 64 * 1024;

fn copy_hashing(mut from: impl Read, mut to: impl Write) -> std::io::Result<(u64, String)> {
    let mut context = Context::new(&SHA256);
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut total = 0;
    loop {
        let n = from.read(&mut chunk)?;
        if n == 0 {
            break;
        }
        context.update(&chunk[..n]);
        to.write_all(&chunk[..n])?;
        total += n as u64;
    }
    let hex = context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((total, hex))
}

/// Size in bytes and SHA-256 in hexadecimal.
pub fn hash_file(path: &Path) -> Result<(u64, String), StoreError> {
    let file = File::open(path).map_err(StoreError::file("cannot read", path))?;
    copy_hashing(file, std::io::sink()).map_err(StoreError::file("cannot read", path))
}

pub fn create_private(path: &Path) -> Result<File, StoreError> {
    std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(StoreError::file("cannot make", path))
}

pub fn write(manifest: &Manifest, sources: &[(String, PathBuf)], work: &Path, target: &Path) -> Result<(), StoreError> {
    let part = work.join("archive.tar");
    let failed = |error| StoreError::file("cannot write", target)(error);
    let file = create_private(&part)?;
    let mut tar = tar::Builder::new(file);
    let text = serde_json::to_vec_pretty(manifest).map_err(|error| broken(target, error.to_string()))?;
    append(&mut tar, "manifest.json", text.len() as u64, manifest.made_at, text.as_slice()).map_err(failed)?;
    for ((name, path), member) in sources.iter().zip(&manifest.members) {
        let file = File::open(path).map_err(StoreError::file("cannot read", path))?;
        append(&mut tar, name, member.bytes, manifest.made_at, file.take(member.bytes)).map_err(failed)?;
    }
    tar.into_inner().and_then(|file| file.sync_all()).map_err(failed)?;
    std::fs::rename(&part, target).map_err(failed)
}

fn append(tar: &mut tar::Builder<File>, name: &str, bytes: u64, made_at: i64, from: impl Read) -> std::io::Result<()> {
    let mut header = tar::Header::new_ustar();
    header.set_size(bytes);
    header.set_mode(0o600);
    header.set_mtime(u64::try_from(made_at / 1_000).unwrap_or(0));
    tar.append_data(&mut header, name, from)
}

/// Only names that a backup has: nothing that leads out of the folder.
fn is_known(name: &str) -> bool {
    let table = name.strip_prefix("tables/").and_then(|rest| rest.strip_suffix(".copy"));
    let plain = !name.is_empty()
        && !name.starts_with('.')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    table.map_or(plain, |table| TABLES.contains(&table))
}

/// Reads the archive whole, checks it against its manifest, and unpacks it into `into` if given.
pub fn read(path: &Path, into: Option<&Path>) -> Result<Manifest, StoreError> {
    let file = File::open(path).map_err(StoreError::file("cannot open the backup", path))?;
    let mut tar = tar::Archive::new(file);
    let mut entries = tar.entries().map_err(|error| broken(path, error.to_string()))?;
    let manifest = read_manifest(path, entries.next())?;
    let mut expected = manifest.members.iter();
    for entry in entries {
        let entry = entry.map_err(|error| broken(path, format!("is cut off or damaged: {error}")))?;
        let member = expected.next().ok_or_else(|| broken(path, "holds more than its manifest names"))?;
        check_member(path, entry, member, into)?;
    }
    expected.next().map_or(Ok(manifest.clone()), |missing| Err(broken(path, format!("lacks {}", missing.name))))
}

fn read_manifest(path: &Path, first: Option<std::io::Result<tar::Entry<'_, File>>>) -> Result<Manifest, StoreError> {
    let entry = first
        .ok_or_else(|| broken(path, "is empty"))?
        .map_err(|error| broken(path, format!("is not a backup: {error}")))?;
    if entry.path().ok().as_deref() != Some(Path::new("manifest.json")) {
        return Err(broken(path, "is not a backup: manifest.json does not come first"));
    }
    let mut text = Vec::new();
    entry.take(MANIFEST_BYTES_MAX).read_to_end(&mut text).map_err(StoreError::file("cannot read", path))?;
    let manifest: Manifest =
        serde_json::from_slice(&text).map_err(|error| broken(path, format!("manifest.json: {error}")))?;
    if !(FORMAT_MIN..=FORMAT).contains(&manifest.format) {
        let found = manifest.format;
        return Err(broken(path, format!("has format {found}, this program reads {FORMAT_MIN} to {FORMAT}")));
    }
    match manifest.members.iter().find(|member| !is_known(&member.name)) {
        Some(member) => Err(broken(path, format!("names a member that no backup has: {:?}", member.name))),
        None => Ok(manifest),
    }
}

fn check_member(
    path: &Path,
    entry: tar::Entry<'_, File>,
    member: &Member,
    into: Option<&Path>,
) -> Result<(), StoreError> {
    if entry.path().ok().as_deref() != Some(Path::new(&member.name)) {
        return Err(broken(path, format!("has something else where {} should be", member.name)));
    }
    let copied = match into {
        None => copy_hashing(entry, std::io::sink()),
        Some(folder) => {
            let target = folder.join(&member.name);
            if let Some(parent) = target.parent() {
                std::fs::create_dir_all(parent).map_err(StoreError::file("cannot make", parent))?;
            }
            copy_hashing(entry, create_private(&target)?)
        }
    };
    let (bytes, sha256) = copied.map_err(|error| broken(path, format!("{}: {error}", member.name)))?;
    if (bytes, &sha256) != (member.bytes, &member.sha256) {
        return Err(broken(path, format!("{} is damaged: its hash is not the one in the manifest", member.name)));
    }
    Ok(())
}

/// Moves a file to its place and makes sure that it is on the disk.
pub fn place(from: &Path, to: &Path) -> Result<(), StoreError> {
    let file = File::open(from).map_err(StoreError::file("cannot read", from))?;
    file.sync_all().map_err(StoreError::file("cannot write", from))?;
    std::fs::rename(from, to).map_err(StoreError::file("cannot place", to))?;
    let folder = to.parent().unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(StoreError::file("cannot write", folder))
}
