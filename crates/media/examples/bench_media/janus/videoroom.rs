//! Janus's API over a Unix socket, as far as VideoRoom needs it: <https://janus.conf.meetecho.com/docs/videoroom>.

use crate::Outcome;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

const PUBLISHERS_MAX: u64 = 8;
const ANSWER_MAX: Duration = Duration::from_secs(10);
const MESSAGE_BYTES_MAX: usize = 64 * 1_024;

/// A participant: its session, and the plugin's handle in it.
#[derive(Clone, Copy)]
pub struct Handle {
    session: u64,
    handle: u64,
}

/// What the publisher publishes.
pub struct Feed {
    pub number: u64,
    pub mids: [String; 2],
}

pub struct VideoRoom {
    socket: UnixDatagram,
    /// What Janus says, read by a thread: its own threads wait while their messages are not taken.
    said: Receiver<Value>,
    transaction: u64,
    /// Handles whose connection is up.
    up: BTreeSet<u64>,
}

impl VideoRoom {
    /// Talks to the API at `api` from a socket at `own`, where the answers come.
    pub fn connect(api: &Path, own: &Path) -> Outcome<Self> {
        let socket = UnixDatagram::bind(own)?;
        socket.connect(api)?;
        let reader = socket.try_clone()?;
        let (sender, said) = channel();
        std::thread::spawn(move || {
            let mut buffer = vec![0; MESSAGE_BYTES_MAX];
            while let Ok(count) = reader.recv(&mut buffer) {
                let Ok(message) = serde_json::from_slice(&buffer[..count]) else { continue };
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        Ok(Self { socket, said, transaction: 0, up: BTreeSet::new() })
    }

    /// A room without a cap on what may be published. Numbers of rooms begin with 1.
    pub fn create_room(&mut self, room: u64) -> Outcome<()> {
        let handle = self.attach()?;
        let body = json!({
            "request": "create", "room": room, "publishers": PUBLISHERS_MAX, "audiocodec": "opus", "videocodec": "vp8", "bitrate": 0,
        });
        self.message(handle, body, None).map(drop)
    }

    /// A new session with a handle of VideoRoom.
    pub fn attach(&mut self) -> Outcome<Handle> {
        let session = number(&self.ask(json!({ "janus": "create" }))?, "/data/id")?;
        let attach = json!({ "janus": "attach", "session_id": session, "plugin": "janus.plugin.videoroom" });
        Ok(Handle { session, handle: number(&self.ask(attach)?, "/data/id")? })
    }

    /// Gives the number of the feed, and the answer. Layers are named from the narrowest up.
    pub fn publish(&mut self, (handle, room): (Handle, u64), offer: &str) -> Outcome<(u64, String)> {
        let body = json!({ "request": "joinandconfigure", "ptype": "publisher", "room": room });
        let jsep = json!({ "type": "offer", "sdp": offer, "trickle": false, "rid_order": "lmh" });
        let answer = self.message(handle, body, Some(jsep))?;
        Ok((number(&answer, "/plugindata/data/id")?, sdp(&answer)?))
    }

    /// Gives Janus's offer.
    pub fn subscribe(&mut self, (handle, room): (Handle, u64), feeds: &[(Handle, Feed)]) -> Outcome<String> {
        let of_feed = |feed: &Feed| feed.mids.clone().map(|mid| json!({ "feed": feed.number, "mid": mid }));
        let streams: Vec<Value> = feeds.iter().flat_map(|(_, feed)| of_feed(feed)).collect();
        let body = json!({ "request": "join", "ptype": "subscriber", "room": room, "streams": streams });
        sdp(&self.message(handle, body, None)?)
    }

    pub fn start(&mut self, handle: Handle, answer: &str) -> Outcome<()> {
        let jsep = json!({ "type": "answer", "sdp": answer, "trickle": false });
        self.message(handle, json!({ "request": "start" }), Some(jsep)).map(drop)
    }

    pub fn destroy(&mut self, handle: Handle) -> Outcome<()> {
        self.ask(json!({ "janus": "destroy", "session_id": handle.session })).map(drop)
    }

    /// Waits for the word that the connection of `handle` is up.
    pub fn wait_until_up(&mut self, handle: Handle) -> Outcome<()> {
        let begun = Instant::now();
        while !self.up.contains(&handle.handle) {
            self.hear(begun)?;
        }
        Ok(())
    }

    fn message(&mut self, handle: Handle, body: Value, jsep: Option<Value>) -> Outcome<Value> {
        let Handle { session, handle } = handle;
        let mut message = json!({ "janus": "message", "session_id": session, "handle_id": handle, "body": body });
        if let Some(jsep) = jsep {
            message["jsep"] = jsep;
        }
        let answer = self.ask(message)?;
        match answer.pointer("/plugindata/data/error") {
            Some(error) => Err(format!("VideoRoom refuses: {error}").into()),
            None => Ok(answer),
        }
    }

    /// The answer to a request: what follows when it was only acknowledged at first.
    fn ask(&mut self, mut request: Value) -> Outcome<Value> {
        self.transaction += 1;
        let transaction = self.transaction.to_string();
        request["transaction"] = Value::from(transaction.as_str());
        self.socket.send(&serde_json::to_vec(&request)?)?;
        let begun = Instant::now();
        loop {
            let message = self.hear(begun)?;
            if message["transaction"] != transaction.as_str() || message["janus"] == "ack" {
                continue;
            }
            return match message.pointer("/error/reason") {
                Some(reason) => Err(format!("Janus refuses: {reason}").into()),
                None => Ok(message),
            };
        }
    }

    fn hear(&mut self, since: Instant) -> Outcome<Value> {
        let left = ANSWER_MAX.saturating_sub(since.elapsed());
        let message = self.said.recv_timeout(left).map_err(|error| match error {
            RecvTimeoutError::Timeout => "Janus does not answer",
            RecvTimeoutError::Disconnected => "Janus has hung up",
        })?;
        if message["janus"] == "webrtcup" {
            self.up.extend(message["sender"].as_u64());
        }
        Ok(message)
    }
}

fn number(message: &Value, pointer: &str) -> Outcome<u64> {
    let number = message.pointer(pointer).and_then(Value::as_u64);
    number.ok_or_else(|| format!("no {pointer} in what Janus says: {message}").into())
}

fn sdp(message: &Value) -> Outcome<String> {
    let text = message.pointer("/jsep/sdp").and_then(Value::as_str);
    Ok(text.ok_or_else(|| format!("no SDP in what Janus says: {message}"))?.to_owned())
}
