use crate::limits::LINE_BYTES_MAX;
use crate::{Chain, Fault, Hash, Opening, Report, Verifier, WriteError, between, redact, verify};
use preau_base::{Instant, SeededRng};
use proptest::prelude::*;
use serde_json::json;
use std::net::{IpAddr, Ipv4Addr};

/// A part with a header and `records` more; every second has an address.
fn part(chain: &mut Chain, records: u64) -> Vec<Vec<u8>> {
    let mut rng = SeededRng::new(chain.next_number());
    let mut lines = vec![chain.header(Instant::from_secs(1)).expect("a header")];
    for at in 0..records {
        let address = IpAddr::V4(Ipv4Addr::from_bits(u32::try_from(at).unwrap_or(0) + 0xc000_0200));
        let opening = (at % 2 == 0).then(|| Opening::new(address, &mut rng));
        let fields = json!({"path": "/é\n\"", "stands_for": at});
        let at = Instant::from_millis(i64::try_from(at).unwrap_or(0) * 1_000);
        lines.push(chain.append(at, "decision", &fields, opening).expect("a record"));
    }
    lines
}

fn fresh(records: u64) -> Vec<Vec<u8>> {
    part(&mut Chain::begin(&mut SeededRng::new(1)), records)
}

fn report(bytes: &[u8]) -> Report {
    verify(bytes).expect("a slice can be read")
}

fn suspicious(bytes: &[u8]) -> bool {
    let report = report(bytes);
    !report.holds() || report.torn_bytes > 0
}

#[test]
fn what_is_written_holds() {
    let lines = fresh(9);
    let report = report(&lines.concat());
    assert_eq!((report.records, report.torn_bytes, report.redacted), (10, 0, 0), "{report:?}");
    assert!(report.holds());
    assert_eq!((report.first_number, report.next_number), (0, 10));
    assert_eq!((report.first, report.last), (Some(Instant::from_secs(1)), Some(Instant::from_secs(8))));
    assert!(!String::from_utf8_lossy(&lines.concat()).contains("\n\n"));
}

#[test]
fn parts_follow_each_other() {
    let mut chain = Chain::begin(&mut SeededRng::new(1));
    let parts: Vec<Report> = [5, 0, 3].map(|records| report(&part(&mut chain, records).concat())).into();
    assert!(parts.iter().all(Report::holds));
    assert_eq!(between(&parts[0], &parts[1]), None);
    assert_eq!(between(&parts[1], &parts[2]), None);
    assert_eq!(between(&parts[0], &parts[2]), Some(Fault::OtherChain));
    let mut chain = Chain::begin(&mut SeededRng::new(1));
    let mut lines = part(&mut chain, 5);
    let next = report(&part(&mut chain, 1).concat());
    lines.pop();
    let cut = report(&lines.concat());
    assert!(cut.holds(), "a part alone does not show that its last lines are missing");
    assert_eq!(between(&cut, &next), Some(Fault::Continuation));
}

#[test]
fn a_chain_goes_on_after_a_torn_line() {
    let lines = fresh(4);
    let whole = lines[..4].concat();
    for cut in 1..lines[4].len() {
        let torn = [&whole[..], &lines[4][..cut]].concat();
        let report = report(&torn);
        assert!(report.holds(), "cut at {cut}: {:?}", report.breaks);
        assert_eq!((report.torn_bytes, report.whole_bytes), (cut, whole.len() as u64), "cut at {cut}");
        let mut chain = report.resume().expect("holds");
        let rest = part(&mut chain, 2).concat();
        assert_eq!(between(&report, &self::report(&rest)), None);
    }
}

/// A record with everything in it that JSON can have: numbers with a point and an exponent, escapes, both kinds of address.
fn rich(chain: &mut Chain) -> Vec<u8> {
    let fields = json!({
        "grounds": [{"share": 0.25, "rate": -1.5e-9, "big": 1e300, "none": null, "yes": true, "no": false}, [], {}],
        "text": "é\u{1f600}\u{7}\\\"\n", "deep": {"a": {"b": {"c": [1, -2, 3.0]}}}
    });
    let address = IpAddr::V6("2001:db8::1".parse().expect("an address"));
    let opening = Opening::new(address, &mut SeededRng::new(7));
    chain.append(Instant::from_secs(9), "verdict", &fields, Some(opening)).expect("a record")
}

#[test]
fn wherever_a_kill_ends_a_write_the_last_line_is_cut_off_and_the_rest_holds() {
    let mut chain = Chain::begin(&mut SeededRng::new(1));
    let whole = part(&mut chain, 3).concat();
    // A batch of several lines goes to the disk in one write, and may end anywhere.
    let batch = [rich(&mut chain), rich(&mut chain), rich(&mut chain)].concat();
    let all = [&whole[..], &batch].concat();
    for end in whole.len()..=all.len() {
        let lines = all[..end].iter().filter(|byte| **byte == b'\n').count() as u64;
        let last = end - all[..end].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        // A power failure leaves zeros, too, where something was to be written.
        for zeros in [0, 1, 4_096, 3 * LINE_BYTES_MAX] {
            let report = report(&[&all[..end], &vec![0; zeros]].concat());
            assert!(report.holds(), "cut after {end}, {zeros} zeros: {:?}", report.breaks);
            assert_eq!(report.torn_bytes, last + zeros, "cut after {end}, {zeros} zeros");
            assert_eq!((report.records, report.whole_bytes), (lines, (end - last) as u64), "cut after {end}");
            assert!(report.resume().is_some());
        }
    }
    // What stands before the cut is looked at as ever.
    let altered = [&whole[..whole.len() - 2], b"x\n", &batch[..50]].concat();
    assert!(!report(&altered).holds());
}

#[test]
fn a_torn_header_holds_nothing_to_go_on_from() {
    let header = fresh(0).concat();
    let report = report(&header[..header.len() - 3]);
    assert!(report.holds() && report.torn_bytes > 0);
    assert_eq!((report.records, report.resume()), (0, None));
}

#[test]
fn a_checkpoint_shows_what_was_cut_away_or_written_anew() {
    let lines = fresh(4);
    let with = |bytes: &[u8], number, hash| {
        let mut verifier = Verifier::new();
        verifier.expect(number, hash);
        verifier.run(bytes).expect("reads").breaks.into_iter().map(|found| found.fault).collect::<Vec<_>>()
    };
    let end = report(&lines.concat()).ends;
    assert_eq!(with(&lines.concat(), 4, end), []);
    assert_eq!(with(&lines[..4].concat(), 4, end), [Fault::CutAway { number: 4 }]);
    let anew = part(&mut Chain::begin(&mut SeededRng::new(2)), 4).concat();
    assert_eq!(with(&anew, 4, end), [Fault::Checkpoint { number: 4 }]);
}

#[test]
fn drops_and_redactions_are_counted() {
    let mut chain = Chain::begin(&mut SeededRng::new(1));
    let mut lines = part(&mut chain, 0);
    let at = Instant::from_secs(9);
    lines.push(chain.append(at, "dropped", &json!({"records": 17, "from": 1, "to": 2}), None).expect("a record"));
    lines.push(chain.append(at, "dropped", &json!({"records": 3}), None).expect("a record"));
    lines.push(chain.append(at, "redacted", &json!({"until": 5_000}), None).expect("a record"));
    let report = report(&lines.concat());
    assert_eq!((report.dropped, report.redaction_told), (20, Some(Instant::from_secs(5))));
}

#[test]
fn what_cannot_be_a_record_is_refused_and_leaves_the_chain_as_it_was() {
    let mut chain = Chain::begin(&mut SeededRng::new(1));
    chain.header(Instant::EPOCH).expect("a header");
    let before = chain.clone();
    let long = json!({"a": "x".repeat(LINE_BYTES_MAX)});
    assert!(matches!(chain.append(Instant::EPOCH, "decision", &long, None), Err(WriteError::TooLong { .. })));
    for kind in ["", "Decision", "dé", "a\"b", "an_endless_name_of_a_kind_of_record"] {
        assert!(matches!(chain.append(Instant::EPOCH, kind, &json!({}), None), Err(WriteError::Kind(_))), "{kind}");
    }
    assert_eq!(chain, before);
}

#[test]
fn other_files_are_no_parts() {
    assert_eq!(report(b"").breaks[0].fault, Fault::Empty);
    assert!(!report(b"\n").holds());
    assert!(!report(b"{}\n{}\n").holds());
    let long = [b'x'; 3 * LINE_BYTES_MAX];
    let found = report(&long).breaks;
    assert_eq!((found.len(), &found[0].fault), (1, &Fault::TooLong));
    assert!(!report(b"no line of ours").holds());
    assert!(report(&[&long[..], b"\nx\n"].concat()).breaks.len() == 2);
}

#[test]
fn addresses_before_an_instant_are_blanked_and_nothing_else() {
    let lines = fresh(6);
    let until = Instant::from_secs(3);
    let blanked = lines.iter().map(|line| redact(line, until).into_owned()).collect::<Vec<_>>().concat();
    let text = String::from_utf8(blanked.clone()).expect("text");
    assert!(!text.contains("192.0.2.0") && !text.contains("192.0.2.2") && text.contains("192.0.2.4"));
    let report = report(&blanked);
    assert!(report.holds());
    assert_eq!((report.records, report.redacted, report.redacted_last), (7, 2, Some(Instant::from_secs(2))));
    assert_eq!(report.ends, self::report(&lines.concat()).ends);
    assert_eq!(redact(b"no line", until).as_ref(), b"no line");
}

proptest! {
    #[test]
    fn a_changed_byte_is_found(records in 0_u64..6, at in any::<prop::sample::Index>(), by in 1_u8..=255) {
        let mut bytes = fresh(records).concat();
        let at = at.index(bytes.len());
        bytes[at] = bytes[at].wrapping_add(by);
        // A line end that is no more looks like a write that was cut short, if at all, never like a whole log.
        prop_assert!(suspicious(&bytes));
        let in_last_end = at == bytes.len() - 1;
        prop_assert!(in_last_end || !report(&bytes).holds());
    }

    #[test]
    fn a_removed_byte_is_found(records in 0_u64..6, at in any::<prop::sample::Index>()) {
        let mut bytes = fresh(records).concat();
        bytes.remove(at.index(bytes.len()));
        prop_assert!(suspicious(&bytes));
    }

    #[test]
    fn an_inserted_byte_is_found(records in 0_u64..6, at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = fresh(records).concat();
        let whole = bytes.clone();
        bytes.insert(at.index(bytes.len()), byte);
        prop_assert!(bytes == whole || suspicious(&bytes));
    }

    #[test]
    fn a_removed_line_is_found(records in 1_u64..8, at in any::<prop::sample::Index>()) {
        let mut lines = fresh(records);
        let last = lines.len() - 1;
        lines.remove(at.index(last));
        prop_assert!(!report(&lines.concat()).holds());
    }

    #[test]
    fn swapped_lines_are_found(records in 1_u64..8, a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>()) {
        let mut lines = fresh(records);
        let (a, b) = (a.index(lines.len()), b.index(lines.len()));
        prop_assume!(a != b);
        lines.swap(a, b);
        prop_assert!(!report(&lines.concat()).holds());
    }

    #[test]
    fn an_inserted_line_is_found(records in 1_u64..8, from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>()) {
        let mut lines = fresh(records);
        let copy = lines[from.index(lines.len())].clone();
        lines.insert(to.index(lines.len() + 1), copy);
        prop_assert!(!report(&lines.concat()).holds());
    }

    #[test]
    fn a_line_of_another_chain_is_found(records in 1_u64..8, at in any::<prop::sample::Index>()) {
        let mut lines = fresh(records);
        let other = part(&mut Chain::begin(&mut SeededRng::new(2)), records);
        let at = at.index(lines.len());
        lines[at] = other[at].clone();
        // The last line is found too: its hash covers the one before.
        prop_assert!(!report(&lines.concat()).holds() || records == 0);
    }

    #[test]
    fn any_set_of_redactions_holds(which in prop::collection::vec(any::<bool>(), 1..12)) {
        let lines = fresh(which.len() as u64 - 1);
        let chosen = |(line, blank): (&Vec<u8>, &bool)| {
            if *blank { redact(line, Instant::from_secs(1_000)).into_owned() } else { line.clone() }
        };
        let bytes = lines.iter().zip(&which).map(chosen).collect::<Vec<_>>().concat();
        prop_assert!(report(&bytes).holds());
        prop_assert_eq!(report(&bytes).ends, report(&lines.concat()).ends);
    }

    #[test]
    fn another_address_is_found(a in any::<u32>(), b in any::<u32>(), seed in any::<u64>()) {
        prop_assume!(a != b);
        let mut chain = Chain::begin(&mut SeededRng::new(seed));
        let (a, b) = (IpAddr::V4(a.into()), IpAddr::V4(b.into()));
        let header = chain.header(Instant::EPOCH).expect("a header");
        let opening = Opening::new(a, &mut SeededRng::new(seed));
        let line = chain.append(Instant::EPOCH, "decision", &json!({}), Some(opening)).expect("a record");
        let text = String::from_utf8([header, line].concat()).expect("text");
        let other = text.replace(&format!("\"{a}\""), &format!("\"{b}\""));
        let found = report(other.as_bytes()).breaks;
        prop_assert_eq!(&found[0].fault, &Fault::Address { number: 1 });
    }

    #[test]
    fn nothing_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), text in "\\PC{0,200}") {
        let _ = (report(&bytes), report(text.as_bytes()), redact(&bytes, Instant::EPOCH).len());
        let like = format!("{{\"hash\":\"{}\",\"open\":{text}", Hash::NONE);
        let _ = (report(like.as_bytes()), redact(like.as_bytes(), Instant::EPOCH).len());
    }
}
