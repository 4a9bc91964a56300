//! Janus from Debian's package, with its VideoRoom and nothing else, in a folder of its own.

mod videoroom;

use crate::Outcome;
use crate::forwarder::Forwarder;
use crate::namespace::{CLIENTS, SERVERS};
use crate::process::Process;
use preau_media::client::{Client, ClientConfig};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use videoroom::{Feed, Handle, VideoRoom};

const PROGRAM: &str = "/usr/bin/janus";
const START_MAX: Duration = Duration::from_secs(10);

pub struct Janus {
    process: Process,
    api: VideoRoom,
    /// Those who publish, by lesson; a lesson's room has its number and one.
    feeds: BTreeMap<usize, Vec<(Handle, Feed)>>,
    viewers: Vec<Handle>,
    /// Removed with its end.
    _folder: TempDir,
}

impl Janus {
    /// Starts it with one event loop, as its makers advise for many viewers.
    pub fn start() -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let at = folder.path();
        let socket = at.join("api");
        configure(at, &socket)?;
        let mut command = Command::new(PROGRAM);
        command.arg("--configs-folder").arg(at).arg("--config").arg(at.join("janus.jcfg"));
        let log = at.join("log");
        let mut process = Process::start(&command, Stdio::from(File::create(&log)?))?;
        let begun = Instant::now();
        while !socket.exists() {
            if process.has_ended() || begun.elapsed() > START_MAX {
                return Err(format!("Janus does not start: {}", last_lines(&log)).into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let api = VideoRoom::connect(&socket, &at.join("client"));
        let api = api.map_err(|error| format!("{error}; Janus says: {}", last_lines(&log)))?;
        Ok(Self { process, api, feeds: BTreeMap::new(), viewers: Vec::new(), _folder: folder })
    }
}

impl Forwarder for Janus {
    fn process(&self) -> &Process {
        &self.process
    }

    fn join_publisher(&mut self, lesson: usize) -> Outcome<Client> {
        if !self.feeds.contains_key(&lesson) {
            self.api.create_room(room_of(lesson))?;
        }
        let config = ClientConfig { voices: 0, pictures: 0, address: CLIENTS, ..ClientConfig::default() };
        let (mut client, offer) = Client::new(config, Instant::now())?;
        let handle = self.api.attach()?;
        let (number, answer) = self.api.publish((handle, room_of(lesson)), &offer)?;
        client.accept(&answer)?;
        let mids = [client.microphone, client.camera].map(|mid| mid.to_string());
        self.feeds.entry(lesson).or_default().push((handle, Feed { number, mids }));
        Ok(client)
    }

    fn wait_for_publishers(&mut self) -> Outcome<()> {
        self.feeds.values().flatten().try_for_each(|(handle, _)| self.api.wait_until_up(*handle))
    }

    fn join_viewer(&mut self, lesson: usize) -> Outcome<Client> {
        let feeds = self.feeds.get(&lesson).ok_or("nobody publishes")?;
        let handle = self.api.attach()?;
        let offer = self.api.subscribe((handle, room_of(lesson)), feeds)?;
        let config = ClientConfig { address: CLIENTS, ..ClientConfig::default() };
        let (client, answer) = Client::answering(config, &offer, Instant::now())?;
        self.api.start(handle, &answer)?;
        self.viewers.push(handle);
        Ok(client)
    }

    fn dismiss_viewers(&mut self) -> Outcome<()> {
        self.viewers.drain(..).try_for_each(|handle| self.api.destroy(handle))
    }
}

fn room_of(lesson: usize) -> u64 {
    lesson as u64 + 1
}

/// Its configuration: what Debian's has, but for what the bench is about and what would reach outside of it.
fn configure(at: &Path, socket: &Path) -> Outcome<()> {
    let installed = plugins_of_the_package()?;
    for folder in ["plugins", "transports", "events", "loggers"] {
        fs::create_dir(at.join(folder))?;
    }
    for library in ["plugins/libjanus_videoroom.so", "transports/libjanus_pfunix.so"] {
        symlink(installed.join(library), at.join(library))?;
    }
    let folder = at.display();
    let core = format!(
        "general: {{\n  configs_folder = \"{folder}\"\n  plugins_folder = \"{folder}/plugins\"\n  \
         transports_folder = \"{folder}/transports\"\n  events_folder = \"{folder}/events\"\n  \
         loggers_folder = \"{folder}/loggers\"\n  debug_level = 2\n  event_loops = 1\n  session_timeout = 0\n}}\n\
         nat: {{\n  ice_enforce_list = \"{SERVERS}\"\n}}\n"
    );
    fs::write(at.join("janus.jcfg"), core)?;
    let transport = format!(
        "general: {{\n  enabled = true\n  json = \"compact\"\n  path = \"{}\"\n  type = \"SOCK_DGRAM\"\n}}\n\
         admin: {{\n  admin_enabled = false\n}}\n",
        socket.display()
    );
    Ok(fs::write(at.join("janus.transport.pfunix.jcfg"), transport)?)
}

/// The package's folder of plugins and transports, which is below that of the machine's architecture.
fn plugins_of_the_package() -> Outcome<PathBuf> {
    let found = fs::read_dir("/usr/lib")?.flatten().map(|entry| entry.path().join("janus"));
    let mut found = found.filter(|folder| folder.join("plugins/libjanus_videoroom.so").is_file());
    Ok(found.next().ok_or("the VideoRoom of Janus is not installed (Debian: janus)")?)
}

fn last_lines(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().rev().take(5).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join(" | ")
}
