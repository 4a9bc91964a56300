//! Counts of one media thread, handed to the metrics in batches: a counter's look-up costs more than forwarding a packet.

use std::mem;

/// Since the last [`flush`](Counters::flush).
#[derive(Clone, Copy, Debug, Default)]
pub struct Counters {
    pub received: u64,
    pub received_bytes: u64,
    pub sent: u64,
    pub sent_bytes: u64,
    pub send_lost: u64,
    /// RTP packets written to receivers.
    pub forwarded: u64,
    /// Datagrams from nowhere: garbage, unknown ufrags, unknown addresses.
    pub stray: u64,
    /// Datagrams of known peers that are none of STUN, DTLS, RTP, RTCP.
    pub malformed: u64,
    /// Packets that their sender had no right to publish.
    pub forbidden: u64,
    /// Packets of a voice that had come already, or too late.
    pub repeated: u64,
    /// Packets of a voice that were lost on their way here, and had again from the next one.
    pub recovered: u64,
    /// Packets of a voice that went out with the one before them.
    pub doubled: u64,
    /// Packets beyond what one publication may send.
    pub excessive: u64,
    pub keyframes_asked: u64,
    pub tcp_refused: u64,
    pub tcp_lost: u64,
    pub events_dropped: u64,
    pub rooms_failed: u64,
}

impl Counters {
    pub fn flush(&mut self) {
        let now = mem::take(self);
        let counts = [
            ("preau_media_datagrams_received_total", now.received),
            ("preau_media_bytes_received_total", now.received_bytes),
            ("preau_media_datagrams_sent_total", now.sent),
            ("preau_media_bytes_sent_total", now.sent_bytes),
            ("preau_media_datagrams_unsent_total", now.send_lost),
            ("preau_media_packets_forwarded_total", now.forwarded),
            ("preau_media_datagrams_stray_total", now.stray),
            ("preau_media_datagrams_malformed_total", now.malformed),
            ("preau_media_packets_forbidden_total", now.forbidden),
            ("preau_media_packets_repeated_total", now.repeated),
            ("preau_media_voice_packets_recovered_total", now.recovered),
            ("preau_media_voice_packets_doubled_total", now.doubled),
            ("preau_media_packets_excessive_total", now.excessive),
            ("preau_media_keyframes_asked_total", now.keyframes_asked),
            ("preau_media_tcp_refused_total", now.tcp_refused),
            ("preau_media_tcp_frames_unsent_total", now.tcp_lost),
            ("preau_media_events_dropped_total", now.events_dropped),
            ("preau_media_rooms_failed_total", now.rooms_failed),
        ];
        for (name, count) in counts {
            if count > 0 {
                metrics::counter!(name).increment(count);
            }
        }
    }
}
