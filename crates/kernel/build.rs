//! Builds the XDP program with clang, for the feature `xdp` only.

use std::path::Path;
use std::process::{Command, ExitCode};

const SOURCE: &str = "src/xdp/deny.c";

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed={SOURCE}");
    println!("cargo::rerun-if-env-changed=PREAU_CLANG");
    if std::env::var_os("CARGO_FEATURE_XDP").is_none() {
        return ExitCode::SUCCESS;
    }
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            println!("cargo::error=the feature xdp: {why}");
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<(), String> {
    let clang = std::env::var("PREAU_CLANG").unwrap_or_else(|_| "clang".to_owned());
    let folder = std::env::var("OUT_DIR").map_err(|error| error.to_string())?;
    let mut command = Command::new(&clang);
    // -g writes the types (BTF) that the maps are declared with.
    command.args(["-target", "bpf", "-O2", "-g", "-Wall", "-Wextra", "-Werror", "-c", SOURCE, "-o"]);
    let ended = command.arg(Path::new(&folder).join("deny.o")).output();
    match ended {
        Ok(ended) if ended.status.success() => Ok(()),
        Ok(ended) => Err(format!("{clang} does not build {SOURCE}: {}", String::from_utf8_lossy(&ended.stderr))),
        Err(error) => Err(format!(
            "{clang} builds {SOURCE} and does not start ({error}); install it (Debian: apt-get install clang), or name it in \
             PREAU_CLANG"
        )),
    }
}
