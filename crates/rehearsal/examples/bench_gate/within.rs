//! Programs that end in time, or are ended.

use anyhow::{Context, bail};
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const LOOK: Duration = Duration::from_millis(100);

/// What `command` says; fails when it does, or takes longer than `most`.
pub fn output(command: &mut Command, most: Duration) -> anyhow::Result<Vec<u8>> {
    let program = command.get_program().to_string_lossy().into_owned();
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.with_context(|| format!("cannot start {program}"))?;
    let (said, errors) = (reader(child.stdout.take()), reader(child.stderr.take()));
    let status = wait(&mut child, most).with_context(|| program.clone())?;
    let (said, errors) = (said.join().unwrap_or_default(), errors.join().unwrap_or_default());
    if !status.success() {
        bail!("{program} ({status}): {}", String::from_utf8_lossy(&errors));
    }
    Ok(said)
}

/// The same of a program whose exit code is part of what it says.
pub fn any_output(command: &mut Command, most: Duration) -> anyhow::Result<Vec<u8>> {
    let program = command.get_program().to_string_lossy().into_owned();
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn();
    let mut child = child.with_context(|| format!("cannot start {program}"))?;
    let said = reader(child.stdout.take());
    wait(&mut child, most).with_context(|| program)?;
    Ok(said.join().unwrap_or_default())
}

/// Read beside, as a full pipe would hold the program up.
fn reader(from: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _whatever_came = from.map(|mut from| from.read_to_end(&mut bytes));
        bytes
    })
}

fn wait(child: &mut Child, most: Duration) -> anyhow::Result<std::process::ExitStatus> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if begun.elapsed() > most {
            let _ended = child.kill();
            let _status = child.wait();
            bail!("did not end within {} s", most.as_secs());
        }
        std::thread::sleep(LOOK);
    }
}
