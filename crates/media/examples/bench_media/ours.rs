//! Our server from outside: this program again, and its lines of JSON.

use crate::Outcome;
use crate::forwarder::Forwarder;
use crate::namespace::{CLIENTS, SERVERS};
use crate::process::Process;
use crate::served::{self, Reply, Request};
use preau_media::client::{Client, ClientConfig};
use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

pub struct Ours {
    process: Process,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    /// Transport-wide feedback on everything, as browsers offer it; without, as Janus gives it to its viewers.
    feedback: bool,
    peers: u64,
    viewers: Vec<(usize, u64)>,
}

impl Ours {
    pub fn start(feedback: bool) -> Outcome<Self> {
        Self::start_by(Command::new(std::env::current_exe()?), feedback)
    }

    /// With a command that runs this program.
    pub fn start_by(mut command: Command, feedback: bool) -> Outcome<Self> {
        command.args([served::ARGUMENT, &SERVERS.to_string()]);
        let mut process = Process::start(&command, Stdio::piped())?;
        let (to, from) = process.take_pipes().ok_or("the server has no pipes")?;
        let mut ours = Self { process, to, from: BufReader::new(from), feedback, peers: 0, viewers: Vec::new() };
        match ours.reply()? {
            Reply::Ready => Ok(ours),
            _ => Err("the server does not begin as it should".into()),
        }
    }

    fn join(&mut self, lesson: usize, publishes: bool) -> Outcome<Client> {
        let mut config = ClientConfig { address: CLIENTS, ..ClientConfig::default() };
        if publishes {
            (config.voices, config.pictures) = (0, 0);
        }
        let (mut client, offer) = Client::new(config, Instant::now())?;
        let offer = if self.feedback { offer } else { without_feedback(&offer) };
        let pictures = client.pictures.iter().map(ToString::to_string).collect();
        self.peers += 1;
        match self.ask(&Request::Join { lesson, peer: self.peers, publishes, offer, pictures })? {
            Reply::Answer(answer) => client.accept(&answer)?,
            Reply::Failed(error) => return Err(error.into()),
            Reply::Ready | Reply::Done => return Err("an answer that is none".into()),
        }
        Ok(client)
    }

    fn ask(&mut self, request: &Request) -> Outcome<Reply> {
        let mut line = serde_json::to_vec(request)?;
        line.push(b'\n');
        self.to.write_all(&line)?;
        self.to.flush()?;
        self.reply()
    }

    fn reply(&mut self) -> Outcome<Reply> {
        let mut line = String::new();
        self.from.read_line(&mut line)?;
        Ok(serde_json::from_str(&line)?)
    }
}

impl Forwarder for Ours {
    fn process(&self) -> &Process {
        &self.process
    }

    fn join_publisher(&mut self, lesson: usize) -> Outcome<Client> {
        self.join(lesson, true)
    }

    fn wait_for_publishers(&mut self) -> Outcome<()> {
        Ok(())
    }

    fn join_viewer(&mut self, lesson: usize) -> Outcome<Client> {
        let client = self.join(lesson, false)?;
        self.viewers.push((lesson, self.peers));
        Ok(client)
    }

    fn dismiss_viewers(&mut self) -> Outcome<()> {
        let viewers = std::mem::take(&mut self.viewers);
        self.ask(&Request::Leave { viewers }).map(drop)
    }

    fn end(&mut self) -> Outcome<()> {
        self.ask(&Request::End).map(drop)
    }
}

/// The offer without transport-wide feedback: neither its header extension nor its reports.
fn without_feedback(offer: &str) -> String {
    let kept = offer.lines().filter(|line| !line.contains("transport-wide-cc") && !line.contains("transport-cc"));
    kept.map(|line| format!("{line}\r\n")).collect()
}
