//! The headers of what goes to and from one peer, for an operator who looks for a fault: numbers of packets, never what is in
//! them, and of header extensions only how long they are, since one of them says how loud somebody speaks (RFC 6464).

use crate::net::Place;
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;

/// One packet, RTP (RFC 3550 §5.1) or RTCP (§6.1), as it was on the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderLine {
    /// Since the first moment of the look.
    pub at_us: u64,
    /// To the peer, not from it.
    pub out: bool,
    /// Of the whole datagram, encrypted as it is.
    pub bytes: usize,
    #[serde(flatten)]
    pub header: Header,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Header {
    Rtp {
        pt: u8,
        marker: bool,
        seq: u16,
        timestamp: u32,
        ssrc: u32,
        csrcs: u8,
        /// Four bytes each, without the extension's own head.
        extension_words: u16,
    },
    /// The first of a compound packet.
    Rtcp { pt: u8, count: u8, ssrc: u32 },
}

impl Header {
    /// `None`: it is neither of the two.
    fn read(datagram: &[u8]) -> Option<Self> {
        let [first @ 128..=191, second, ..] = *datagram else { return None };
        let number = |at: usize| Some(u32::from_be_bytes(datagram.get(at..at + 4)?.try_into().ok()?));
        // RFC 5761 §4.
        if (64..96).contains(&(second & 0x7f)) {
            return Some(Self::Rtcp { pt: second, count: first & 0x1f, ssrc: number(4)? });
        }
        let csrcs = first & 0x0f;
        let extension_words =
            if first & 0x10 == 0 { 0 } else { (number(12 + 4 * usize::from(csrcs))? & 0xffff) as u16 };
        Some(Self::Rtp {
            pt: second & 0x7f,
            marker: second & 0x80 != 0,
            seq: (number(0)? & 0xffff) as u16,
            timestamp: number(4)?,
            ssrc: number(8)?,
            csrcs,
            extension_words,
        })
    }
}

/// A look at one peer's headers, until so many have been seen, so much time has passed, or nobody listens.
#[derive(Debug)]
pub struct HeaderWatch {
    to: Sender<HeaderLine>,
    begun: Instant,
    time: Duration,
    left: u32,
}

impl HeaderWatch {
    /// What `to` has no room for is left out; a watch never waits.
    pub fn new(to: Sender<HeaderLine>, packets: u32, time: Duration, now: Instant) -> Self {
        Self { to, begun: now, time, left: packets }
    }

    /// Takes a datagram in. `false`: the look is over.
    fn note(&mut self, out: bool, datagram: &[u8], now: Instant) -> bool {
        let since = now.saturating_duration_since(self.begun);
        if self.left == 0 || since >= self.time {
            return false;
        }
        let Some(header) = Header::read(datagram) else { return !self.to.is_closed() };
        self.left -= 1;
        let at_us = u64::try_from(since.as_micros()).unwrap_or(u64::MAX);
        let line = HeaderLine { at_us, out, bytes: datagram.len(), header };
        let is_heard = !matches!(self.to.try_send(line), Err(TrySendError::Closed(_)));
        is_heard && self.left > 0
    }
}

/// The look of a thread, at one of its peers at a time: a second one ends the first.
#[derive(Debug, Default)]
pub struct Watching(Option<(Place, HeaderWatch)>);

impl Watching {
    pub fn begin(&mut self, place: Place, watch: HeaderWatch) {
        self.0 = Some((place, watch));
    }

    /// The peer is gone; its place may be somebody else's next.
    pub fn gone(&mut self, place: Place) {
        if self.0.as_ref().is_some_and(|(watched, _)| *watched == place) {
            self.0 = None;
        }
    }

    /// A datagram of a peer; for every other peer this costs one comparison.
    pub fn note(&mut self, place: Place, out: bool, datagram: &[u8]) {
        if let Some((watched, watch)) = &mut self.0
            && *watched == place
            && !watch.note(out, datagram, Instant::now())
        {
            self.0 = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tokio::sync::mpsc;

    const RTP: [u8; 24] =
        [0x91, 0xe0, 0x12, 0x34, 0, 0, 0, 9, 0, 0, 0, 7, 0, 0, 0, 5, 0xbe, 0xde, 0, 1, 0x10, 0x85, 0, 0];
    const HEADER: Header =
        Header::Rtp { pt: 96, marker: true, seq: 0x1234, timestamp: 9, ssrc: 7, csrcs: 1, extension_words: 1 };

    #[test]
    fn headers_are_read_and_nothing_behind_them() {
        assert_eq!(Header::read(&RTP), Some(HEADER));
        let rtcp = [0x81, 200, 0, 6, 0, 0, 0, 7, 1, 2, 3, 4];
        assert_eq!(Header::read(&rtcp), Some(Header::Rtcp { pt: 200, count: 1, ssrc: 7 }));
        for other in [&[0_u8, 1, 0, 0][..], &[22, 254, 253], &[128, 0, 0, 0], &[], &RTP[..11]] {
            assert_eq!(Header::read(other), None, "{other:?}");
        }
        let line = HeaderLine { at_us: 5, out: true, bytes: 24, header: HEADER };
        let text = serde_json::to_string(&line).unwrap();
        assert_eq!(
            text,
            r#"{"at_us":5,"out":true,"bytes":24,"kind":"rtp","pt":96,"marker":true,"seq":4660,"timestamp":9,"ssrc":7,"csrcs":1,"extension_words":1}"#
        );
        assert_eq!(serde_json::from_str::<HeaderLine>(&text).unwrap(), line);
    }

    proptest! {
        #[test]
        fn nothing_breaks_it(datagram in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = Header::read(&datagram);
        }
    }

    #[test]
    fn a_look_ends_by_number_by_time_and_when_nobody_listens() {
        let start = Instant::now();
        let place = Place { room: 1, peer: 2 };
        let second = Duration::from_secs(1);
        let (to, mut from) = mpsc::channel(10);
        let mut watching = Watching::default();
        watching.begin(place, HeaderWatch::new(to.clone(), 2, 60 * second, start));
        watching.note(Place { peer: 3, ..place }, true, &RTP);
        watching.note(place, true, b"no packet");
        assert!(from.try_recv().is_err(), "that was somebody else's, and that no packet");
        for _ in 0..5 {
            watching.note(place, false, &RTP);
        }
        assert!(watching.0.is_none());
        assert_eq!((from.try_recv().unwrap().out, from.try_recv().unwrap().header), (false, HEADER));
        assert!(from.try_recv().is_err());

        let mut late = HeaderWatch::new(to.clone(), 2, second, start);
        assert!(late.note(true, &RTP, start) && !late.note(true, &RTP, start + second));

        watching.begin(place, HeaderWatch::new(to.clone(), 2, 60 * second, start));
        watching.gone(Place { room: 9, ..place });
        assert!(watching.0.is_some());
        watching.gone(place);
        assert!(watching.0.is_none(), "whoever comes to this place is not looked at");

        watching.begin(place, HeaderWatch::new(to, 2, 60 * second, start));
        drop(from);
        watching.note(place, true, &RTP);
        assert!(watching.0.is_none());
    }

    #[test]
    fn a_slow_listener_loses_lines_and_holds_up_nobody() {
        let start = Instant::now();
        let (to, mut from) = mpsc::channel(1);
        let mut watch = HeaderWatch::new(to, 10, Duration::from_secs(1), start);
        assert!((0..9).all(|_| watch.note(true, &RTP, start)));
        assert!(!watch.note(true, &RTP, start));
        assert!(from.try_recv().is_ok() && from.try_recv().is_err());
    }
}
