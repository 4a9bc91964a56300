//! What a receiver makes of what goes out: the other side's keys open it, and its reports come back.

use super::*;
use srtp::Opener;
use str0m::crypto::dtls::SrtpProfile;

const SSRC: u32 = 0x1111_2222;
const RTX_SSRC: u32 = 0x3333_4444;
const VOICE_SSRC: u32 = 0x5555_6666;

fn terms() -> Terms {
    let ids = Ids { transport_cc: Some(3), mid: Some(4), audio_level: None, orientation: None, descriptor: Some(12) };
    let rtx = Some(Rtx { ssrc: RTX_SSRC, pts: vec![(96, 97)] });
    Terms { ssrc: SSRC, mid: b"5".to_vec(), clock_hz: 90_000, ids, rtx }
}

fn voice() -> Terms {
    Terms { ssrc: VOICE_SSRC, mid: b"6".to_vec(), clock_hz: 48_000, rtx: None, ..terms() }
}

fn agreed(is_client: bool) -> Agreed {
    Agreed { profile: SrtpProfile::AEAD_AES_128_GCM, material: (0..56).collect(), is_client }
}

struct Pair {
    egress: Egress,
    peer: Keys,
    opener: Opener,
    now: Instant,
}

impl Pair {
    fn new() -> Self {
        Self::with(vec![terms()])
    }

    fn with(streams: Vec<Terms>) -> Self {
        let now = Instant::now();
        let mut egress = Egress::new(streams, 500_000, Duration::from_secs(1_000_000_000), now);
        assert!(egress.agree(&agreed(false)));
        Self { egress, peer: Keys::new(&agreed(true)).unwrap(), opener: Opener::new(&agreed(false)).unwrap(), now }
    }

    fn write(&mut self, seq: u64) {
        self.write_to(0, seq);
    }

    fn write_to(&mut self, stream: usize, seq: u64) {
        let payload = Arc::from([seq as u8; 100].as_slice());
        let packet = Packet { pt: 96, seq, timestamp: seq as u32 * 3_000, payload, ..Packet::default() };
        self.egress.write(stream, packet);
    }

    /// What goes out now: payload type, number, SSRC, payload.
    fn taken(&mut self) -> Vec<(u8, u16, u32, Vec<u8>)> {
        let mut taken = Vec::new();
        let mut datagram = Vec::new();
        while self.egress.next(&mut datagram, self.now) {
            if (64..96).contains(&(datagram[1] & 0x7f)) {
                continue;
            }
            let words = usize::from(u16::from_be_bytes([datagram[14], datagram[15]]));
            let header_bytes = 16 + 4 * words;
            let seq = u16::from_be_bytes([datagram[2], datagram[3]]);
            let ssrc = u32::from_be_bytes(datagram[8..12].try_into().unwrap());
            let payload = self.opener.open(&datagram, header_bytes, ssrc, u64::from(seq)).unwrap();
            taken.push((datagram[1] & 0x7f, seq, ssrc, payload));
        }
        taken
    }

    fn report(&mut self, packet: &[u8]) -> (Vec<Told>, Option<Also>) {
        let mut sealed = packet.to_vec();
        self.peer.seal_rtcp(&mut sealed, 1).unwrap();
        let mut told = Vec::new();
        let also = self.egress.receive(&sealed, self.now, |item| told.push(item));
        (told, also)
    }
}

fn nack(seq: u16) -> Vec<u8> {
    let mut packet = vec![0x81, 205, 0, 3, 0, 0, 0, 1];
    packet.extend(SSRC.to_be_bytes());
    packet.extend(seq.to_be_bytes());
    packet.extend([0, 0]);
    packet
}

#[test]
fn a_frame_is_described_when_it_goes_out_and_when_it_does_again() {
    let mut pair = Pair::new();
    for (seq, bytes) in [(7, 5), (8, 40)] {
        let value = vec![9; bytes].into();
        let described = Some(Described { value, number: 0x0102 });
        let payload = Arc::from([seq as u8; 100].as_slice());
        pair.egress.write(0, Packet { pt: 96, seq, payload, described, ..Packet::default() });
    }
    let mut described = Vec::new();
    let mut datagram = Vec::new();
    for again in [false, true] {
        if again {
            pair.report(&nack(7));
            pair.report(&nack(8));
        }
        while pair.egress.next(&mut datagram, pair.now) {
            let found = datagram.windows(5).position(|bytes| bytes == [9, 1, 2, 9, 9]).unwrap();
            described.push((datagram[1], datagram[12..14].to_vec(), datagram[found - 2..found].to_vec()));
        }
    }
    let (short, long) = (vec![0xbe, 0xde], vec![0x10, 0x00]);
    let sent = |pt| [(pt, short.clone(), vec![b'5', 0xc4]), (pt, long.clone(), vec![12, 40])];
    assert_eq!(described, [sent(96), sent(97)].concat());
}

#[test]
fn packets_go_out_in_order_and_again_when_they_are_asked_for() {
    let mut pair = Pair::new();
    (10..13).for_each(|seq| pair.write(seq));
    let taken = pair.taken();
    assert_eq!(
        taken.iter().map(|(pt, seq, ssrc, _)| (*pt, *seq, *ssrc)).collect::<Vec<_>>(),
        [10, 11, 12].map(|seq| (96, seq, SSRC))
    );
    assert_eq!(taken[1].3, [11; 100]);
    assert_eq!(pair.report(&nack(11)), (vec![], Some(Also::Nothing)));
    let again = pair.taken();
    assert_eq!((again[0].0, again[0].1, again[0].2), (97, 0, RTX_SSRC));
    assert_eq!((&again[0].3[..2], &again[0].3[2..]), (&[0u8, 11][..], &[11u8; 100][..]));
    pair.report(&nack(11));
    pair.report(&nack(99));
    assert!(pair.taken().is_empty(), "one that has just gone out again, and one that never did");
}

#[test]
fn under_one_number_goes_one_packet() {
    let mut pair = Pair::new();
    [10, 11, 10, 12, 11].into_iter().for_each(|seq| pair.write(seq));
    let seqs: Vec<u16> = pair.taken().iter().map(|(_, seq, ..)| *seq).collect();
    assert_eq!(seqs, [10, 11, 12]);
}

#[test]
fn a_voice_does_not_wait_behind_a_keyframe() {
    let mut pair = Pair::with(vec![terms(), voice()]);
    (0..300).for_each(|seq| pair.write(seq));
    let mut seqs: Vec<u16> = pair.taken().iter().map(|(_, seq, ..)| *seq).collect();
    assert!((10..150).contains(&seqs.len()), "a slice of it leaves at once: {}", seqs.len());
    pair.write_to(1, 7);
    let spoken = pair.taken();
    assert_eq!(spoken.iter().map(|(_, seq, ssrc, _)| (*seq, *ssrc)).collect::<Vec<_>>(), [(7, VOICE_SSRC)]);
    let begun = pair.now;
    while seqs.len() < 300 {
        let next = pair.egress.next_at(pair.now).expect("more is to leave");
        assert!(next > pair.now, "nothing is due before the next slice");
        pair.now = next + Duration::from_micros(1);
        seqs.extend(pair.taken().iter().map(|(_, seq, ..)| *seq));
    }
    assert_eq!(seqs, (0..300).collect::<Vec<_>>(), "in order, and all");
    assert!(pair.now - begun < Duration::from_millis(500), "{:?}", pair.now - begun);
    pair.write(300);
    pair.egress.drop_waiting(pair.now);
    assert!(pair.taken().is_empty());
}

#[test]
fn what_is_sent_again_is_bounded_however_much_is_asked_for() {
    let mut pair = Pair::new();
    (0..2_000).for_each(|seq| pair.write(seq));
    for _ in 0..60 {
        pair.taken();
        pair.now += Duration::from_millis(10);
    }
    let mut again = 0;
    for _ in 0..3 {
        (0..2_000).for_each(|seq| drop(pair.report(&nack(seq))));
        again += pair.taken().len();
        pair.now += Duration::from_millis(1);
    }
    assert!((100..=650).contains(&again), "{again}");
}

#[test]
fn a_report_says_what_was_lost_and_how_long_the_way_is() {
    let mut pair = Pair::new();
    pair.write(1);
    pair.taken();
    let sent = middle(pair.egress.ntp(pair.now));
    pair.now += Duration::from_millis(80);
    let mut report = vec![0x81, 201, 0, 7, 0, 0, 0, 1];
    report.extend(SSRC.to_be_bytes());
    report.extend([64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    report.extend(sent.to_be_bytes());
    report.extend((65_536u32 / 50).to_be_bytes());
    assert_eq!(pair.report(&report), (vec![Told::Lost(0, 0.25)], Some(Also::Nothing)));
    let rtt = pair.egress.rtt(pair.now).unwrap();
    assert!((Duration::from_millis(58)..Duration::from_millis(62)).contains(&rtt), "{rtt:?}");
    let mut wanted = vec![0x81, 206, 0, 2, 0, 0, 0, 1];
    wanted.extend(SSRC.to_be_bytes());
    assert_eq!(pair.report(&wanted).0, [Told::KeyframeWanted(0)]);
}

#[test]
fn the_section_is_named_until_the_first_report() {
    let mut pair = Pair::new();
    let length = |pair: &mut Pair, seq| {
        pair.write(seq);
        let mut datagram = Vec::new();
        assert!(pair.egress.next(&mut datagram, pair.now));
        datagram.len()
    };
    let named = length(&mut pair, 1);
    let mut report = vec![0x81, 201, 0, 7, 0, 0, 0, 1];
    report.extend(SSRC.to_be_bytes());
    report.extend([0; 20]);
    pair.report(&report);
    assert!(length(&mut pair, 2) < named);
}

#[test]
fn who_publishes_is_told_apart_and_what_is_not_authentic_is_nothing() {
    let mut pair = Pair::new();
    let mut report = vec![0x80, 200, 0, 6, 0, 0, 0, 1];
    report.extend([0; 20]);
    assert_eq!(pair.report(&report), (vec![], Some(Also::Publishes)));
    assert_eq!(pair.egress.receive(&[0x80; 40], pair.now, |_| ()), None);
    assert_eq!(pair.egress.receive(&[], pair.now, |_| ()), None);
}

#[test]
fn a_burst_goes_out_where_something_is_looked_for() {
    let mut pair = Pair::new();
    pair.write(1);
    pair.taken();
    assert_eq!(pair.egress.next_at(pair.now), None);
    pair.egress.look_for(900_000);
    let mut bytes = 0;
    for _ in 0..20 {
        let taken = pair.taken();
        bytes += taken
            .iter()
            .map(|(pt, _, ssrc, payload)| {
                assert_eq!((*pt, *ssrc), (97, RTX_SSRC));
                assert_eq!(payload.last(), Some(&PADDING));
                payload.len()
            })
            .sum::<usize>();
        pair.now += Duration::from_millis(5);
    }
    // 25 ms at 990 kbit/s, and at most one packet more a slice.
    assert!((2_500..6_000).contains(&bytes), "{bytes}");
    assert_eq!(pair.egress.next_at(pair.now), None, "it has ended");
}
