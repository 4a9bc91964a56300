//! What the gate shows of itself: console, terminal, status page and counters are all made from this.

use crate::decision::{Lane, Outcome, Reason};
use crate::request::{Kind, Sign};
use crate::settings::Settings;
use preau_base::{Cidr, Instant, Level};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    pub at: Instant,
    pub ladder: LadderState,
    pub people: People,
    /// Decisions since the start, one entry for each combination that occurred.
    pub counts: Vec<Count>,
    /// Decisions of the last 60 s by lane, all five lanes.
    pub lanes: Vec<LaneState>,
    pub limit: LimitState,
    pub room: RoomState,
    /// The last [`crate::limits::MINUTES_KEPT`] minutes and the forecast for those to come, oldest first.
    pub curve: Vec<Minute>,
    pub verdict: Verdict,
    #[serde(default)]
    pub split: Split,
    pub signatures: Vec<SignatureState>,
    /// Networks with the most refusals in the last minute, most first.
    pub networks: Vec<NetworkState>,
    pub settings: Settings,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LadderState {
    pub level: Level,
    pub by_hand: bool,
    pub since: Instant,
    /// 0 to 100: how near the next level up is.
    pub pressure_percent: u8,
    pub cause: Cause,
}

/// What moved the ladder last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    #[default]
    Calm,
    /// Requests queue in front of the application.
    Queue,
    /// The application answers slower than it can.
    Latency,
    /// The application answers with errors.
    Errors,
    /// Memory of this machine.
    Machine,
    Hand,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    /// People seen in the last 30 minutes who were let in.
    pub inside: u64,
    /// Of these, people with a lesson on or about to start.
    pub inside_with_lesson: u64,
    /// Tickets that came back and have not been used.
    pub waiting: u64,
    /// Pass holders who were told to wait in the last minute.
    pub known_waiting: u64,
    /// People let in since the start.
    pub entered_total: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    pub lane: Lane,
    pub outcome: Outcome,
    pub kind: Kind,
    pub requests: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaneState {
    pub lane: Lane,
    pub admitted: u64,
    pub held: u64,
    pub waits: u64,
    pub turned_away: u64,
}

/// The adaptive limit of the application behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LimitState {
    /// Requests that may be at work at once.
    pub limit: u32,
    pub at_work: u32,
    pub held: u32,
    /// Latency without load, and now, in milliseconds.
    pub latency_floor_ms: f64,
    pub latency_ms: f64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RoomState {
    pub open: bool,
    pub opens: Option<Instant>,
    pub reason: Option<Reason>,
    /// Tickets given.
    pub issued: u64,
    /// Tickets whose turn has come.
    pub called: u64,
    pub people_per_minute: f64,
    /// What the last in line is told, in seconds.
    pub wait_s: Option<u64>,
    pub memory_bytes: u64,
    /// SHA-256 of the seed of the draw, in hexadecimal; known from the start.
    pub seed_hash: String,
    /// The seed in hexadecimal, once the doors are open.
    pub seed: Option<String>,
}

/// One minute of the morning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Minute {
    pub starts: Instant,
    /// People whom the timetable brings in this minute.
    pub expected: f64,
    /// People who came for the first time in this minute; nothing for minutes to come.
    pub arrived: Option<u64>,
    pub entered: u64,
    pub requests: u64,
    pub turned_away: u64,
    pub verdict: VerdictKind,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is", content = "attack")]
pub enum VerdictKind {
    #[default]
    Calm,
    ExpectedCrowd,
    UnexpectedCrowd,
    Attack(AttackKind),
    /// The application behind is slow by itself.
    OurSlowness,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttackKind {
    ConnectionFlood,
    HandshakeFlood,
    /// Silent, dripping and never-reading connections.
    SlowConnections,
    HttpFlood,
    /// Like it, with a new query each time, past every cache.
    CacheBusting,
    Http2Abuse,
    LargeRequests,
    Smuggling,
    PasswordStuffing,
    TicketFarming,
    ForgedPasses,
    SharedPass,
}

impl AttackKind {
    pub const ALL: [Self; 12] = [
        Self::ConnectionFlood,
        Self::HandshakeFlood,
        Self::SlowConnections,
        Self::HttpFlood,
        Self::CacheBusting,
        Self::Http2Abuse,
        Self::LargeRequests,
        Self::Smuggling,
        Self::PasswordStuffing,
        Self::TicketFarming,
        Self::ForgedPasses,
        Self::SharedPass,
    ];
}

/// What goes on, and how we know.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    pub kind: VerdictKind,
    /// All attacks that are under way.
    pub attacks: Vec<AttackKind>,
    pub since: Instant,
    pub grounds: Vec<Ground>,
}

/// A fact that a verdict rests on: `value` against `usual`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ground {
    pub fact: Fact,
    pub value: f64,
    /// What the baseline, the timetable or the limit says; 0 where there is nothing to compare with.
    pub usual: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// New people a minute; usual: what the timetable says.
    Arrivals,
    /// Share of arrivals from networks seen in the last 30 days.
    KnownNetworksShare,
    /// Share of pages whose client fetched no file of theirs.
    PagesWithoutAssetsShare,
    RequestsPerSecond,
    /// Requests a second of the network with the most; usual: the median network.
    BusiestNetwork,
    TurnedAwayPerSecond,
    /// Connections a second that ended in this way.
    Connections(Sign),
    /// Share of requests with a query that occurred once.
    NewQueriesShare,
    /// Wrong passwords a minute.
    WrongPasswords,
    /// Logins tried a minute with a wrong password.
    LoginsTried,
    ForgedPasses,
    /// Networks that one pass was used from in the last hour.
    NetworksOfOnePass,
    TicketsNeverBackShare,
    LatencyMs,
    ErrorsShare,
    /// Requests that a signature has hit a second.
    SignatureHits,
}

/// How the last five seconds divide. Rates are a second, shares 0 to 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Split {
    /// By lane, in the order of [`Lane::ALL`].
    pub requests_per_second: [f64; 5],
    /// Time in the application by lane, in seconds a second.
    pub cost_per_second: [f64; 5],
    pub bytes_per_second: f64,
    /// Share of the networks heard of that were known: somebody with a pass was seen there in the last 30 days.
    pub known_networks_share: f64,
    /// Share of the requests that anybody can send whose networks fetched no file.
    pub pages_without_files_share: f64,
    pub handshakes_without_request_per_second: f64,
    pub http2_abuse_per_second: f64,
    /// Methods and path shapes of people without a pass, most frequent first, with their share; of a sample.
    pub paths: Vec<(String, f64)>,
}

/// A description of an attack's requests, made from what differs from those that are let in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignatureState {
    pub id: u64,
    /// Attribute and value, such as `path` and `/search`.
    pub attributes: Vec<(String, String)>,
    pub since: Instant,
    pub expires: Instant,
    pub pinned: bool,
    pub hits: u64,
    /// Share of the admitted baseline that it would have hit, 0 to 1.
    pub baseline_share: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetworkState {
    pub network: Cidr,
    pub requests_per_second: f64,
    pub turned_away_per_second: f64,
    /// Distinct recently earned passes seen here.
    pub passes: u32,
    /// Seen in the last 30 days.
    pub known: bool,
}
