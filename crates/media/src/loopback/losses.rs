//! Voices over lines that lose packets.
#![expect(clippy::print_stdout, reason = "decision 20 names what these print")]

use super::*;
use std::collections::BTreeSet;

/// Ticks of the clock in a packet of a voice, and its time.
const PACKET_TICKS: u32 = 960;
const PACKET_MS: u32 = 20;

fn lossy(loses_permille: u16, doubles: bool) -> ClientConfig {
    ClientConfig { loses_permille, doubles, ..ClientConfig::default() }
}

/// The share of the sounds between two times that is missing, and the longest hole, in ms.
fn holes(sounds: &BTreeSet<u32>, from: u32) -> (f64, u32) {
    let sounds: Vec<u32> = sounds.range(from..).copied().collect();
    let all = (sounds.last().unwrap() - sounds[0]) / PACKET_TICKS + 1;
    let longest = sounds.windows(2).map(|pair| (pair[1] - pair[0]) / PACKET_TICKS - 1).max().unwrap_or(0);
    (1.0 - sounds.len() as f64 / f64::from(all), longest * PACKET_MS)
}

/// What browsers send is what stands first.
#[test]
fn an_answer_names_redundant_data_after_opus() {
    let hall = Hall::open();
    let (_, offer) = Client::new(ClientConfig::default(), Instant::now()).unwrap();
    let answer = runtime().block_on(hall.room.join(PeerId(1), PublishRights::ALL, offer)).unwrap();
    let sections: Vec<&str> = answer.lines().filter(|line| line.starts_with("m=audio ")).collect();
    assert_eq!(sections.len(), 5, "{answer}");
    assert!(answer.contains("a=rtpmap:111 opus/48000/2\r\n") && answer.contains("a=rtpmap:63 red/48000"), "{answer}");
    assert!(sections.iter().all(|section| section.ends_with(" 111 63")), "{sections:?}");
}

/// Three pupils on lines that lose 1 in 20, 1 in 10 and 1 in 5, and one on a good line.
#[test]
fn a_voice_has_next_to_no_hole_on_the_way_down() {
    let mut hall = Hall::open();
    let speaker = hall.join(1, PublishRights::ALL, ClientConfig::default());
    let lines = [(50, 0.02), (100, 0.06), (200, 0.12), (0, 0.0)];
    for (id, (loses, _)) in (2..).zip(lines) {
        hall.join(id, PublishRights::NONE, lossy(loses, false));
    }
    hall.voices = vec![(speaker, -25)];
    let sounds = |hall: &Hall, index: usize| {
        let mid = hall.slot_of(index as u64 + 1, voice(1)).map(|(mid, _)| mid);
        mid.map(|mid| hall.clients[index].received(mid)).unwrap_or_default()
    };
    // A report comes every five seconds, and is lost as the voice is.
    hall.until_within(Duration::from_secs(90), "lossy lines get voices twice", |hall| {
        (1..=3).all(|index| sounds(hall, index).doubled > 0)
    });
    let begun: Vec<u32> = (1..=4).map(|index| sounds(&hall, index).sounds.last().copied().unwrap()).collect();
    hall.run_for(Duration::from_secs(12));
    for (index, (loses, most)) in (1..).zip(lines) {
        let heard = sounds(&hall, index);
        let (missing, hole_ms) = holes(&heard.sounds, begun[index - 1]);
        println!("{loses} of 1,000 lost: {:.2} % of the voice missing, longest hole {hole_ms} ms", missing * 100.0);
        assert!(missing <= most, "{loses} of 1,000 lost: {missing} missing");
        assert!(loses > 50 || hole_ms <= 60, "{loses} of 1,000 lost: a hole of {hole_ms} ms");
        assert_eq!(heard.breaks, 0);
        assert_eq!(heard.doubled > 0, loses > 0, "what arrives needs no double");
    }
}

/// The line of the speaker loses: the others get what the next packet brings again.
#[test]
fn a_voice_that_is_sent_twice_is_whole_for_everybody() {
    let mut hall = Hall::open();
    let speaker = hall.join(1, PublishRights::ALL, lossy(50, true));
    let listener = hall.join(2, PublishRights::NONE, ClientConfig::default());
    hall.voices = vec![(speaker, -25)];
    hall.until("the voice is in a slot", |hall| hall.packets(listener, 2, voice(1)) > 10);
    let (mid, _) = hall.slot_of(2, voice(1)).unwrap();
    hall.run_for(Duration::from_secs(12));
    let heard = hall.clients[listener].received(mid);
    let (missing, hole_ms) = holes(&heard.sounds, 0);
    println!("{:.2} % of the voice missing, longest hole {hole_ms} ms", missing * 100.0);
    assert!(missing <= 0.02 && hole_ms <= 60, "{missing} missing, a hole of {hole_ms} ms");
    assert_eq!((heard.breaks, heard.doubled), (0, 0), "once to a good line");
}
