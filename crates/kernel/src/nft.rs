use crate::Why;
use crate::limits as l;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Where it is on Debian, Fedora, Alpine and others, whatever `PATH` says: services often lack the folders of the
/// administrator's programs.
const PLACES: [&str; 4] = ["/usr/sbin/nft", "/sbin/nft", "/usr/bin/nft", "/usr/local/sbin/nft"];
/// How often a run is looked at whether it has ended.
const POLL: Duration = Duration::from_millis(1);

/// The program `nft`.
#[derive(Clone, Debug)]
pub struct Nft(PathBuf);

impl Nft {
    pub fn find(configured: Option<&Path>) -> Result<Self, Why> {
        let places = match configured {
            Some(path) => vec![path.to_owned()],
            None => PLACES.iter().map(PathBuf::from).collect(),
        };
        places.into_iter().find(|path| path.is_file()).map(Self).ok_or(Why::NoNft)
    }

    /// Carries out a script as one transaction: all of it or nothing (nft(8), `-f`).
    pub fn apply(&self, script: &str) -> Result<(), Why> {
        self.run(&["-f", "-"], script).map(drop)
    }

    /// Runs it and gives what it prints.
    pub fn ask(&self, arguments: &[&str]) -> Result<String, Why> {
        self.run(arguments, "")
    }

    fn run(&self, arguments: &[&str], input: &str) -> Result<String, Why> {
        let failed = |source| Why::Run { program: self.0.clone(), source };
        let mut command = Command::new(&self.0);
        command.args(arguments).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(failed)?;
        let (stdin, input) = (child.stdin.take(), input.to_owned());
        // The three pipes are served at once: neither side can wait for the other for ever.
        let writer = thread::spawn(move || stdin.map(|mut pipe| pipe.write_all(input.as_bytes())));
        let output = drain(child.stdout.take());
        let errors = drain(child.stderr.take());
        let ended = self.wait(&mut child);
        let _broken_pipe_is_told_by_the_status = writer.join();
        let (output, errors) = (output.join().unwrap_or_default(), errors.join().unwrap_or_default());
        if ended? { Ok(output) } else { Err(Why::Nft(first_line(&errors))) }
    }

    /// Whether it succeeded. One that takes too long is killed.
    fn wait(&self, child: &mut Child) -> Result<bool, Why> {
        let polls = l::NFT_TIME_MAX.as_millis() / POLL.as_millis().max(1);
        for _ in 0..polls {
            match child.try_wait() {
                Ok(Some(status)) => return Ok(status.success()),
                Ok(None) => thread::sleep(POLL),
                Err(source) => return Err(Why::Run { program: self.0.clone(), source }),
            }
        }
        let _gone_already = child.kill();
        let _reaped = child.wait();
        Err(Why::Slow(self.0.clone()))
    }
}

fn drain(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            let most = u64::try_from(l::NFT_ANSWER_BYTES_MAX).unwrap_or(u64::MAX);
            let _what_came_so_far_counts = pipe.by_ref().take(most).read_to_end(&mut bytes);
            let _the_rest_is_thrown_away = std::io::copy(&mut pipe, &mut std::io::sink());
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

fn first_line(errors: &str) -> String {
    errors.lines().find(|line| !line.trim().is_empty()).unwrap_or("nothing").trim().chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_not_there_is_told() {
        assert!(matches!(Nft::find(Some(Path::new("/nowhere/nft"))), Err(Why::NoNft)));
    }

    #[test]
    fn what_a_program_answers_is_bounded_and_its_failure_told() {
        let cat = Nft(PathBuf::from("/bin/cat"));
        let long = "x".repeat(3 * l::NFT_ANSWER_BYTES_MAX);
        assert_eq!(cat.run(&["-"], &long).expect("cat").len(), l::NFT_ANSWER_BYTES_MAX);
        assert!(matches!(cat.ask(&["/nowhere"]), Err(Why::Nft(text)) if text.contains("/nowhere")));
        assert!(matches!(Nft(PathBuf::from("/")).ask(&[]), Err(Why::Run { .. })));
    }
}
