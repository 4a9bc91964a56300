use crate::shell::Shell;
use anyhow::bail;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The oldest major version of Node.js that the browser tests run on.
const NODE_MAJOR_MIN: u32 = 20;

/// Something of the machine that a part of the checks needs.
#[derive(Clone, Copy)]
struct Need {
    /// Its package in Debian.
    package: &'static str,
    is_there: fn() -> bool,
}

/// What the tests of the crates need: a second database, a certificate authority to speak ACME with, and for the kernel's
/// help its firewall's program, namespaces with wires between, and the compiler of the program at the network card.
/// What is recorded is read back by a program of others.
const RUST_TESTS: [Need; 6] = [
    Need { package: "postgresql", is_there: || preau_pgtest::is_installed() },
    Need { package: "pebble", is_there: || on_path("pebble") },
    Need { package: "nftables", is_there: || Path::new("/usr/sbin/nft").is_file() },
    Need { package: "iproute2", is_there: || Path::new("/usr/sbin/ip").is_file() },
    Need { package: "clang", is_there: || on_path("clang") },
    Need { package: "ffmpeg", is_there: || on_path("ffmpeg") },
];

/// What checking the types of the pages' scripts needs.
const SCRIPTS: [Need; 2] =
    [Need { package: "nodejs", is_there: || on_path("node") }, Need { package: "npm", is_there: || on_path("npm") }];

/// What the tests in real browsers need.
const BROWSERS: [Need; 4] = [
    Need { package: "chromium", is_there: || on_path("chromium") },
    Need { package: "firefox-esr", is_there: || on_path("firefox-esr") || on_path("firefox") },
    Need { package: "espeak-ng", is_there: || on_path("espeak-ng") },
    Need { package: "fonts-noto-core", is_there: || Path::new("/usr/share/fonts/truetype/noto").is_dir() },
];

/// The peers of the gate's bench.
const GATE_BENCH: [Need; 4] = [
    Need { package: "nginx-light", is_there: || Path::new("/usr/sbin/nginx").is_file() },
    Need { package: "haproxy", is_there: || Path::new("/usr/sbin/haproxy").is_file() },
    Need { package: "nftables", is_there: || Path::new("/usr/sbin/nft").is_file() },
    Need { package: "iproute2", is_there: || Path::new("/usr/sbin/ip").is_file() },
];

/// The peer of the media's bench, and the network of its own that both run in.
const MEDIA_BENCH: [Need; 3] = [
    Need { package: "janus", is_there: || Path::new("/usr/bin/janus").is_file() },
    Need { package: "iproute2", is_there: || Path::new("/usr/sbin/ip").is_file() },
    Need { package: "valgrind", is_there: || Path::new("/usr/bin/valgrind").is_file() },
];

/// Sees to what the crates' tests need.
///
/// # Errors
///
/// When something is missing and cannot be installed; the message says what to install.
pub fn for_rust_tests(shell: &Shell) -> anyhow::Result<()> {
    provide(shell, &RUST_TESTS)
}

/// Sees to what the gate's bench needs. Errors as [`for_rust_tests`].
pub fn for_gate_bench(shell: &Shell) -> anyhow::Result<()> {
    provide(shell, &GATE_BENCH)
}

/// Sees to what the media's bench needs. Errors as [`for_rust_tests`].
pub fn for_media_bench(shell: &Shell) -> anyhow::Result<()> {
    provide(shell, &MEDIA_BENCH)
}

/// Sees to what checking scripts needs. Errors as [`for_rust_tests`].
pub fn for_scripts(shell: &Shell) -> anyhow::Result<()> {
    provide(shell, &SCRIPTS)?;
    check_node(shell)
}

/// Sees to what all tests need. Errors as [`for_rust_tests`].
pub fn for_all_tests(shell: &Shell) -> anyhow::Result<()> {
    provide(shell, &[&RUST_TESTS[..], &SCRIPTS, &BROWSERS].concat())?;
    check_node(shell)
}

fn provide(shell: &Shell, needs: &[Need]) -> anyhow::Result<()> {
    let missing = missing(needs);
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    if !is_root() || !on_path("apt-get") {
        bail!("the machine lacks what the checks need; on Debian, as root: apt-get install {list}");
    }
    shell.step("apt-get update", shell.program("apt-get").args(["-qq", "update"]))?;
    let mut install = shell.program("apt-get");
    install.args(["-qq", "install", "--yes", "--no-install-recommends"]).args(&missing);
    install.env("DEBIAN_FRONTEND", "noninteractive");
    shell.step(&format!("apt-get install {list}"), &mut install)?;
    let still = self::missing(needs);
    if !still.is_empty() {
        bail!("installed, and not found all the same: {}", still.join(" "));
    }
    Ok(())
}

fn missing(needs: &[Need]) -> Vec<&'static str> {
    needs.iter().filter(|need| !(need.is_there)()).map(|need| need.package).collect()
}

fn check_node(shell: &Shell) -> anyhow::Result<()> {
    let said = shell.program("node").arg("--version").output()?;
    let version = String::from_utf8_lossy(&said.stdout).trim().to_owned();
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(major) if major >= NODE_MAJOR_MIN => Ok(()),
        _ => bail!("Node.js {version} is too old, the browser tests need {NODE_MAJOR_MIN} or newer"),
    }
}

fn on_path(program: &str) -> bool {
    find_on_path(program).is_some()
}

fn find_on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|path| path.is_file())
}

fn is_root() -> bool {
    // The owner of a process's folder under /proc is the process's effective user.
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_packages_that_are_missing() {
        let needs = [
            Need { package: "there", is_there: || true },
            Need { package: "not-there", is_there: || on_path("a program that nobody wrote") },
        ];
        assert_eq!(missing(&needs), ["not-there"]);
    }
}
