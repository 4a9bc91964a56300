//! Every limit of the edge, with its unit last in its name. [`GuardLimits`](crate::GuardLimits) takes these as defaults.

use preau_gate::budget::Allowance;
use std::time::Duration;

/// Connections open at once, all clients together.
pub const CONNECTIONS_MAX: usize = 16_384;
/// Connections open at once from one IPv4 address: a school of 1,000 pupils may stand behind it.
pub const CONNECTIONS_PER_V4_MAX: usize = 4_096;
/// Connections open at once from one IPv6 /64: a school's may hold all its pupils.
pub const CONNECTIONS_PER_V6_MAX: usize = 2_048;
/// Connections open at once from one IPv6 /56 and from one /48, which one customer may have.
pub const CONNECTIONS_PER_V6_56_MAX: usize = 3_072;
pub const CONNECTIONS_PER_V6_48_MAX: usize = 4_096;
/// Of an address's or network's own connections, one in so many is for pass holders only, with what their passes earn;
/// once half of them are without a pass, these may idle for [`IDLE_WHEN_SCARCE_MS_MAX`] only. Ten programs in a school
/// that keep all open they can leave 1,024 places to its pupils.
pub const PLACES_FOR_PASSES_SHARE: usize = 4;
pub const CROWDED_SHARE: usize = 2;
/// Of all connections, those that only pass holders may use.
pub const CONNECTIONS_RESERVE: usize = 2_048;
/// From accept to the first request of somebody who may stay only with a pass, the TLS handshake included.
pub const PROBATION_MS_MAX: u64 = 3_000;
/// New connections from one IPv4 address: a school of 1,000 at the bell, each browser with up to four; then 100 a second.
pub const ACCEPTS_OF_V4: Allowance = Allowance { burst: 4_096, refill: Duration::from_millis(10) };
/// New connections from one IPv6 /64, /56 and /48.
pub const ACCEPTS_OF_V6_64: Allowance = Allowance { burst: 4_096, refill: Duration::from_millis(10) };
pub const ACCEPTS_OF_V6_56: Allowance = Allowance { burst: 6_144, refill: Duration::from_millis(7) };
pub const ACCEPTS_OF_V6_48: Allowance = Allowance { burst: 8_192, refill: Duration::from_millis(5) };
/// What an IPv4 address or IPv6 /64 with people behind it may open beyond its own and what its passes earn: whoever
/// comes so has to show a pass with the first request. In three seconds of silence ([`PROBATION_MS_MAX`]) these cannot
/// take all the places that are for passes.
pub const ACCEPTS_BEYOND: Allowance = Allowance { burst: 256, refill: Duration::from_millis(4) };
/// What each distinct holder of a recently earned pass brings to a network, once it shows [`PASSES_EARN_MIN`] of them: so
/// many new connections beyond its own, one more each ten seconds, and [`CONNECTIONS_OF_PASS`] open ones. A school of
/// 1,000 behind one IPv4 address has 4,096 + 8,000 at the bell, then 200 a second; at the most it is 4,096 + 16,000, then
/// 300 a second, with as many open as half of the places at ease.
pub const ACCEPTS_OF_PASS: Allowance = Allowance { burst: 8, refill: Duration::from_secs(10) };
pub const CONNECTIONS_OF_PASS: usize = 4;
/// Fewer holders than this raise nothing, as at the gate: one stolen pass is none, however often it is shown.
pub const PASSES_EARN_MIN: usize = preau_gate::limits::VOUCHING_PASSES_MIN as usize;
/// Holders of one network that are counted.
pub const PASSES_OF_NETWORK_MAX: usize = 2_000;
/// A pass that was shown counts for so long at least, twice as long at most.
pub const PASSES_EARN_MS: i64 = 30 * 60_000;
/// Holders of all networks that are remembered, about 20 bytes each, and as many networks of about 150.
pub const PASSES_NOTED_MAX: usize = 200_000;
/// Networks with people that are remembered for the kernel, until it is told of them a second later; about 40 bytes each.
pub const WITH_PEOPLE_TOLD_MAX: usize = 16_384;
/// A network whose connections come to nothing is doubted: so many of them at least within one to two of these times, and
/// so many times as many as come to something.
pub const DOUBT_MIN: u32 = 4;
pub const DOUBT_TIMES: u32 = 2;
pub const DOUBT_MS: i64 = 30_000;
/// Networks whose connections' ends are counted, about 60 bytes each.
pub const DOUBTS_NOTED_MAX: usize = 100_000;
/// New connections of all together, whom networks that showed passes lately are spared from: what one core can shake
/// hands with in a second, and ten seconds of it at once.
pub const ACCEPTS: Allowance = Allowance { burst: 40_000, refill: Duration::from_micros(250) };
/// A network that showed a valid pass counts as known for so long.
pub const NETWORK_KNOWN_MS: u64 = 2 * 3_600_000;
/// Networks that are known at once, about 40 bytes each.
pub const KNOWN_NETWORKS_MAX: usize = 200_000;
/// TLS handshakes under way at once, counted from a complete ClientHello; a network's share is a quarter.
pub const HANDSHAKES_AT_ONCE_MAX: usize = 4_096;
/// Connections with a ClientHello that wait for their turn.
pub const HANDSHAKES_WAITING_MAX: usize = 8_192;
/// From accept to the end of the TLS handshake, the PROXY header before it included.
pub const HANDSHAKE_MS_MAX: u64 = 6_000;
/// How long a client may leave us waiting in the middle of a handshake, once less than a quarter is left of what its network,
/// or all strangers, may have under way: the longest round trips take half of it, and a packet that was lost comes again in a
/// second.
pub const HALF_HANDSHAKE_MS_MAX: u64 = 1_500;
/// Refused connections that get their page at once; those beyond are closed unanswered.
pub const REFUSALS_AT_ONCE_MAX: usize = 256;

/// From accept to the complete first request header, TLS handshake included. With the page that tells of it, a silent
/// or dripping connection is closed within ten seconds.
pub const FIRST_HEADER_MS_MAX: u64 = 7_500;
/// From the first byte of a later request header to its end.
pub const HEADER_MS_MAX: u64 = 7_500;
/// A connection kept open with nothing asked.
pub const IDLE_MS_MAX: u64 = 75_000;
/// The same of somebody without a pass, while what places are left are for those with one, or their network is crowded.
pub const IDLE_WHEN_SCARCE_MS_MAX: u64 = 5_000;
/// From the request header to the end of the request body.
pub const BODY_MS_MAX: u64 = 120_000;
/// A client that is sending a body is measured over so long, while somebody reads it.
pub const BODY_WINDOW_MS: u64 = 7_000;
/// The least that a client must send of a body; the slowest of mobile networks carry ten times as much.
pub const BODY_BYTES_PER_S_MIN: u64 = 512;
/// A client that takes next to nothing of the bytes that we hold for it is measured over so long.
pub const WRITE_STALL_MS_MAX: u64 = 7_000;
/// The least that it must take.
pub const WRITE_BYTES_PER_S_MIN: u64 = 512;
/// After a refusal: how long what the client still sends is read and thrown away, so that it gets to see the page.
pub const LINGER_MS_MAX: u64 = 2_000;
/// What is read and thrown away meanwhile; whoever sends more finds no room.
pub const LINGER_BYTES_MAX: usize = 256 * 1_024;
/// From the order to stop to the end of the requests in flight.
pub const DRAIN_MS_MAX: u64 = 30_000;
/// What hyper's own timers get on top of ours; they are the second line.
pub const SECOND_LINE_MS: u64 = 5_000;

/// Requests over one connection, and over one of somebody who showed a pass; then it ends in order. Balances what one
/// connection may do before it has to be accepted again, by whoever accepts then.
pub const CONNECTION_REQUESTS_MAX: u64 = 1_000;
pub const CONNECTION_REQUESTS_WITH_PASS_MAX: u64 = 10_000;

/// Request line and headers together.
pub const HEADER_BYTES_MAX: usize = 32 * 1_024;
/// Requests over one connection that are turned away as fast as they come; then one each so long. A program that goes on
/// asking costs no more than a connection then, and a person has read the page long before. A proxy's connections bring
/// everybody, and are not slowed down.
pub const TURNED_AWAY_AT_ONCE_MAX: u32 = 50;
pub const TURNED_AWAY_PAUSE_MS: u64 = 1_000;

/// As many as hyper reads without asking for memory.
pub const HEADERS_MAX: usize = 100;
/// A method: no registered one is longer than UNCHECKOUT or VERSION-CONTROL.
pub const METHOD_BYTES_MAX: usize = 24;
/// Extensions of all chunks of one body; nobody needs any.
pub const CHUNK_EXTENSION_BYTES_MAX: usize = 1_024;
/// Header lines after a chunked body; they are read over and not handed on.
pub const TRAILER_BYTES_MAX: usize = 4 * 1_024;
/// Request body, where a route sets no lower limit.
pub const BODY_BYTES_MAX: u64 = 8 * 1_024 * 1_024;
/// A refused request that is remembered, so that it need not be read when it comes again; longer ones are read each time.
pub const AGAIN_BYTES_MAX: usize = 2 * 1_024;
/// What is read at once of a connection of which nobody has been let in.
pub const PORTER_BUFFER_BYTES: usize = 4 * 1_024;
/// What hyper may hold of one HTTP/1 connection.
pub const HTTP1_BUFFER_BYTES_MAX: usize = 128 * 1_024;

pub const HTTP2_STREAMS_MAX: u32 = 128;
/// Streams that a client opened and reset before we looked at them (CVE-2023-44487, “rapid reset”).
pub const HTTP2_PENDING_RESETS_MAX: usize = 20;
/// Streams that we reset for a client's errors before the connection ends (CVE-2025-8671, “made you reset”).
pub const HTTP2_LOCAL_RESETS_MAX: usize = 128;
/// Streams that a client resets, whenever; a browser that leaves a page resets what it was loading.
pub const HTTP2_RESETS_BURST_MAX: u32 = 200;
pub const HTTP2_RESET_REFILL_MS: u64 = 50;
/// PING, SETTINGS, PRIORITY, empty DATA and frames that nobody knows, together.
pub const HTTP2_CONTROL_BURST_MAX: u32 = 1_000;
pub const HTTP2_CONTROL_REFILL_MS: u64 = 10;
/// Frames of one header block (CVE-2024-27316, “CONTINUATION flood”), and its bytes before decoding.
pub const HTTP2_BLOCK_FRAMES_MAX: u32 = 16;
pub const HTTP2_BLOCK_BYTES_MAX: u32 = 64 * 1_024;
/// Header lists up to so many times [`HEADER_BYTES_MAX`], decoded, get our page; h2 answers larger ones by itself.
pub const HTTP2_HEADER_LIST_SLACK: usize = 2;
/// A stream of whose answer the client takes nothing, while it takes that of others.
pub const HTTP2_ANSWER_STALL_MS_MAX: u64 = 120_000;
/// Pieces in which answers are handed to HTTP/2, so that a client that takes nothing is noticed.
pub const HTTP2_ANSWER_PIECE_BYTES: usize = 16 * 1_024;
pub const HTTP2_STREAM_WINDOW_BYTES: u32 = 256 * 1_024;
pub const HTTP2_CONNECTION_WINDOW_BYTES: u32 = 1_024 * 1_024;
pub const HTTP2_SEND_BUFFER_BYTES_MAX: usize = 256 * 1_024;
pub const HTTP2_PING_INTERVAL_MS: u64 = 30_000;
pub const HTTP2_PING_ANSWER_MS_MAX: u64 = 20_000;
/// After GOAWAY on an idle connection.
pub const HTTP2_GOODBYE_MS_MAX: u64 = 1_000;

/// New connections that are handed to whoever serves them before it is known how long they wait for their first turn:
/// at the least, however late they are served, and at the most.
pub const ROUND_MIN: usize = 8;
pub const ROUND_MAX: usize = 128;
/// Longer than this for a first turn, fewer are handed over at once; shorter than half of it, more.
pub const ROUND_MS_MAX: u64 = 20;
/// Connections of doubted networks that wait at the door, and for how long; then they are reset.
pub const DOUBTED_WAITING_MAX: usize = 512;
pub const DOUBTED_WAIT_MS_MAX: u64 = 250;
/// Connections of networks of which nothing is known that wait at the door.
pub const STRANGERS_WAITING_MAX: usize = 4_096;
/// Whoever has waited so long at the door and has spoken meanwhile has its deadlines counted later: by so much at the most,
/// but so that after its first turn it has this long, or all its time where that is less.
pub const WAIT_FORGIVEN_MS_MIN: u64 = 250;
pub const WAIT_FORGIVEN_MS_MAX: u64 = 1_000;
pub const TURN_MS_MIN: u64 = 2_000;
/// So long after the deadline of its first header the door ends a connection itself, whatever those do who serve it; how
/// often it looks for them.
pub const OVERDUE_MS: u64 = 500;
pub const OVERDUE_LOOK_MS: u64 = 250;
/// How often those who wait at the door are looked through.
pub const DOOR_LOOK_MS: u64 = 50;
/// Connections that are accepted before anything else is done.
pub const ACCEPTS_AT_ONCE: usize = 64;
/// Connections that the kernel holds for us until they are accepted; it takes the smaller of this and of
/// `net.core.somaxconn`, and answers with SYN cookies beyond.
pub const BACKLOG_MAX: u32 = 16_384;
/// A client of whom nothing has come for so long is asked whether it is there, and again so often.
pub const KEEPALIVE_IDLE_MS: u64 = 60_000;
pub const KEEPALIVE_INTERVAL_MS: u64 = 15_000;
/// What we sent and nobody acknowledged for so long ends the connection.
pub const UNACKNOWLEDGED_MS_MAX: u64 = 30_000;
/// The kernel asks for more when it has less than this that was not sent yet, so that it holds little for slow clients.
pub const UNSENT_BYTES: u32 = 128 * 1_024;
/// File descriptors that everything but the edge's connections may take: database, files, media, logs; whoever is told
/// that there is no place; and the application behind, where there is one.
pub const OTHER_DESCRIPTORS: usize = 1_024 + REFUSALS_AT_ONCE_MAX + UPSTREAM_CONNECTIONS_MAX + UPSTREAM_TUNNELS_MAX;
/// After a failed accept (out of file descriptors, mostly).
pub const ACCEPT_RETRY_MS: u64 = 50;

/// A PROXY header of version 2 after its fixed part: addresses and what proxies like to add (names, certificates' subjects).
pub const PROXY_HEADER_BYTES_MAX: usize = 2_048;
/// Entries of `X-Forwarded-For` that are looked at, from the right.
pub const FORWARDED_HOPS_MAX: usize = 32;

/// How often certificate files are looked at for a change.
pub const CERTIFICATE_CHECK_MS: u64 = 10_000;
/// A certificate or key file.
pub const CERTIFICATE_FILE_BYTES_MAX: u64 = 1_024 * 1_024;
/// A self-signed certificate; Apple's systems take none of more than 825 days.
pub const SELF_SIGNED_DAYS: u64 = 820;
/// A self-signed certificate with less than this left is made anew at start.
pub const SELF_SIGNED_LEFT_DAYS_MIN: u64 = 30;

/// One attempt to get a certificate, from the directory to the chain.
pub const ACME_ATTEMPT_MS_MAX: u64 = 300_000;
/// Waiting for the authority to look at a challenge, or to issue.
pub const ACME_ORDER_MS_MAX: u64 = 120_000;
/// Between the first failed attempt and the second; doubles from there. Let's Encrypt allows 5 failures an hour.
pub const ACME_RETRY_MS_MIN: u64 = 5 * 60_000;
pub const ACME_RETRY_MS_MAX: u64 = 6 * 3_600_000;
/// The clock is looked at again at the latest after this: machines sleep and clocks are set.
pub const ACME_CLOCK_CHECK_MS: u64 = 3_600_000;
/// Names in one certificate (Let's Encrypt's limit).
pub const ACME_NAMES_MAX: usize = 100;

/// Refusals that are kept ready, of about 8 KB each: some kinds and languages, by the seconds until they end.
pub const READY_MAX: usize = 1_024;
/// Requests that await their release by the gate; the gate's own queue is shorter.
pub const GATE_HELD_MAX: usize = 65_536;
/// What is read of a body before the gate is asked: every form, but no file.
pub const GATE_AHEAD_BYTES: usize = 16 * 1_024;
/// Bodies that are read so at once: 128 MB of them.
pub const GATE_AHEAD_AT_ONCE_MAX: usize = 8_192;
/// A place at work is lent to others when its client has let the application wait for this long.
pub const GATE_LENT_AFTER_MS: u64 = 500;
/// Seals of tickets and entries that are tried for one request: each costs half a microsecond.
pub const GATE_SEALS_TRIED_MAX: u32 = 4;
/// The cookies of ticket and entry.
pub const GATE_COOKIE_S: u64 = 86_400;
/// When a page or a script is told to come again, at the least and at the most.
pub const GATE_AGAIN_S_MIN: u64 = 2;
pub const GATE_AGAIN_S_MAX: u64 = 600;
/// For how long the poll resource may be kept by caches.
pub const GATE_POLL_FRESH_S: u64 = 2;
/// Ticks of the gate from one state of counters and poll resource to the next.
pub const GATE_PUBLISH_TICKS: u32 = 4;
/// A network of an attack with this many refusals a second is worth a rule in the kernel.
pub const GATE_SUSPECT_PER_SECOND_MIN: f64 = 20.0;
/// Connections to the control socket at once.
pub const GATE_CONTROL_AT_ONCE_MAX: usize = 16;
/// One line to the control socket.
pub const GATE_CONTROL_LINE_BYTES_MAX: u64 = 64 * 1_024;
/// One answer of the control socket.
pub const GATE_ANSWER_BYTES_MAX: u64 = 16 * 1_024 * 1_024;
/// A control connection on which nothing is asked.
pub const GATE_CONTROL_IDLE_MS_MAX: u64 = 60_000;
/// One question to the control socket with its answer.
pub const GATE_CONTROL_MS_MAX: u64 = 5_000;

/// Sampled decisions that are written a second, all kinds together: at most 1.5 GB a day.
pub const RECORDS_PER_SECOND_MAX: u32 = 50;
/// The same of one lane, outcome and kind.
pub const RECORDS_OF_A_KIND_PER_SECOND_MAX: u32 = 5;
/// Failed tries of one known person to reach a lesson that are kept unsampled, in each slice of time: a page that is
/// loaded anew by hand stays below it.
pub const RECORD_TRIES_OF_ONE_MAX: u8 = 4;
pub const RECORD_TRIES_SLICE_S: i64 = 10;
/// People whose tries are counted in one slice, 8 MiB of them; those of more are sampled like everything else.
pub const RECORD_TRIERS_MAX: usize = 200_000;
/// Decisions that await being written.
pub const RECORDS_QUEUED_MAX: usize = 16_384;
/// Events that find room behind them.
pub const EVENTS_QUEUED_MAX: usize = 4_096;
/// How often what is queued is written.
pub const RECORD_WRITE_MS: u64 = 200;
/// How often what is written is synced, and how often writing is tried again once it failed.
pub const RECORD_SYNC_MS: i64 = 1_000;
/// How often the counts of all decisions are written.
pub const RECORD_COUNTS_MS: i64 = 60_000;
/// How often a checkpoint is written, and told to the process's own log.
pub const RECORD_CHECKPOINT_MS: i64 = 600_000;
/// How often addresses and files are looked for that have to go.
pub const RECORD_CLEANING_MS: i64 = 3_600_000;
/// One part of the record.
pub const RECORD_PART_BYTES_MAX: u64 = 64 * 1_024 * 1_024;
/// Parts in one folder that are looked at.
pub const RECORD_PARTS_MAX: usize = 100_000;
/// Six months.
pub const RECORD_ADDRESS_DAYS: u32 = 183;
/// A year: holders and lessons stand in the record.
pub const RECORD_KEEP_DAYS: u32 = 366;
/// What is written of a path.
pub const RECORD_PATH_SEGMENTS_MAX: usize = 6;
/// A segment of a path that is longer is no word.
pub const RECORD_WORD_CHARS_MAX: usize = 20;
/// What is written of a `User-Agent`.
pub const RECORD_AGENT_CHARS_MAX: usize = 80;

/// Requests at work in the application behind the proxy; the gate's own limit is lower and moves.
pub const UPSTREAM_CONNECTIONS_MAX: usize = 512;
/// Files that are the same for everyone take one part in so many of these.
pub const UPSTREAM_FILES_SHARE: usize = 4;
/// WebSockets carried at once, each with a connection of its own.
pub const UPSTREAM_TUNNELS_MAX: usize = 4_096;
/// Of these, for one pass: a few tabs, each with a few.
pub const UPSTREAM_TUNNELS_OF_HOLDER_MAX: usize = 16;
/// Waiting for one of the connections.
pub const UPSTREAM_PLACE_MS_MAX: u64 = 10_000;
/// Name, TCP and TLS together.
pub const UPSTREAM_CONNECT_MS_MAX: u64 = 5_000;
/// From the last byte of the request to the complete head of the answer.
pub const UPSTREAM_HEAD_MS_MAX: u64 = 60_000;
/// Between two pieces of an answer's body.
pub const UPSTREAM_STALL_MS_MAX: u64 = 60_000;
/// From the head of the request to the last byte of the answer: a large upload over a slow line.
pub const UPSTREAM_TOTAL_MS_MAX: u64 = 3_600_000;
/// A WebSocket on which neither side says anything.
pub const UPSTREAM_TUNNEL_IDLE_MS_MAX: u64 = 10 * 60_000;
/// Bytes from a browser through its WebSocket.
pub const UPSTREAM_TUNNEL_BYTES_PER_S_MAX: u64 = 256 * 1_024;
/// A connection kept open for the next request: less than Apache's default of 5 s, so that we close first.
pub const UPSTREAM_IDLE_MS_MAX: u64 = 4_000;
/// A connection that was idle for no longer is not being closed by the other side: good for what is sent only once.
pub const UPSTREAM_SURE_MS_MAX: u64 = 1_000;
/// From the last byte of an answer until its connection takes the next request.
pub const UPSTREAM_READY_MS_MAX: u64 = 50;
/// Head of an answer of the application.
pub const UPSTREAM_HEAD_BYTES_MAX: usize = 64 * 1_024;
pub const UPSTREAM_HEADERS_MAX: usize = 128;
/// Addresses remembered between two ticks of the gate of those who fetched what it answers from memory.
pub const GATE_HEARD_MAX: usize = 2_048;
