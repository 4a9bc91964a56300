use crate::{ffmpeg, rtp};
use preau_webm::{Codec, Ending, Finish, Frame};
use proptest::prelude::*;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

fn in_file(folder: &TempDir, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join("track.webm");
    fs::write(&path, bytes).unwrap();
    path
}

fn ending(bytes: &[u8], piece: usize) -> Option<Finish> {
    let mut ending = Ending::default();
    bytes.chunks(piece.max(1)).for_each(|piece| ending.push(piece));
    ending.end()
}

/// The file as its finish makes it, or as it is after so many of its steps.
fn carry_out(bytes: &[u8], finish: &Finish, steps: usize) -> Vec<u8> {
    let mut out = bytes.to_vec();
    if steps > 0 {
        out.truncate(finish.bytes as usize);
    }
    if steps > 1 {
        out.extend_from_slice(&finish.cues);
    }
    for patch in finish.patches.iter().take(steps.saturating_sub(2)) {
        let at = patch.at as usize;
        out[at..at + patch.bytes.len()].copy_from_slice(&patch.bytes);
    }
    out
}

fn whole(bytes: &[u8]) -> Vec<u8> {
    carry_out(bytes, &ending(bytes, 4_096).unwrap(), usize::MAX)
}

fn recorded(codec: Codec, seconds: u32) -> Vec<Frame> {
    let sent = match codec {
        Codec::Vp8 => rtp::pictures(&ffmpeg::pictures(seconds)),
        Codec::Opus => rtp::voices(&ffmpeg::voices(seconds)),
    };
    rtp::receive(codec, sent).0
}

#[test]
fn ffmpeg_plays_what_is_finished_and_what_is_not() {
    for (codec, each_ms, count) in [(Codec::Vp8, 40, 300), (Codec::Opus, 20, 600)] {
        let frames = recorded(codec, 12);
        assert!(frames.len() >= count, "{codec:?}: {} frames", frames.len());
        let (bytes, _) = rtp::write(codec, &frames);
        let folder = TempDir::new().unwrap();
        let growing = in_file(&folder, &bytes);
        assert_eq!(ffmpeg::complaints(&growing), "", "{codec:?} while it is written");
        let times: Vec<i64> = frames.iter().map(|frame| frame.at_ms).collect();
        assert_eq!(ffmpeg::frame_times(&growing), times);

        let finished = in_file(&folder, &whole(&bytes));
        assert_eq!(ffmpeg::complaints(&finished), "", "{codec:?} finished");
        assert_eq!(ffmpeg::frame_times(&finished), times);
        let duration = ffmpeg::duration_ms(&finished).unwrap();
        let last = times.last().unwrap();
        assert!((last + each_ms - 10..=last + each_ms).contains(&duration), "{duration} after a last frame at {last}");
        let sought = ffmpeg::first_after_seek(&finished, 8).unwrap();
        assert!((0..=8_000).contains(&sought) && sought > 8_000 - 11_000 && (codec == Codec::Opus || sought >= 7_000));
    }
}

#[test]
fn cut_anywhere_it_plays_up_to_the_last_whole_frame() {
    for codec in [Codec::Vp8, Codec::Opus] {
        let frames = recorded(codec, 3);
        let (bytes, ends) = rtp::write(codec, &frames);
        let first = ends[0];
        // Every byte of the last frames, and now and then before.
        let tail = ends[ends.len() - 4];
        for cut in (0..tail).step_by(277).chain(tail..bytes.len()) {
            let finish = ending(&bytes[..cut], 1_000);
            assert_eq!(finish.is_some(), cut >= first, "{codec:?} cut at {cut}");
            let Some(finish) = finish else { continue };
            let kept = ends.iter().filter(|end| **end <= cut).count();
            let last = &frames[kept - 1];
            let lasts = if codec == Codec::Opus { 20 } else { 33 };
            assert_eq!(
                (finish.bytes as usize, finish.duration_ms),
                (ends[kept - 1], last.at_ms + lasts),
                "cut at {cut}"
            );
        }
        // The other program agrees: at every byte of the last frames, raw and finished.
        let folder = TempDir::new().unwrap();
        let tail = ends[ends.len() - 2];
        for cut in (tail.saturating_sub(40)..bytes.len()).step_by(if codec == Codec::Opus { 5 } else { 307 }) {
            let kept = ends.iter().filter(|end| **end <= cut).count();
            let times = ffmpeg::frame_times(&in_file(&folder, &bytes[..cut]));
            assert!(times.len() >= kept, "{codec:?} cut at {cut}: {} of {kept} frames", times.len());
            let file = in_file(&folder, &whole(&bytes[..cut]));
            assert_eq!(
                (ffmpeg::complaints(&file), ffmpeg::frame_times(&file).len()),
                (String::new(), kept),
                "cut at {cut}"
            );
        }
    }
}

#[test]
fn finishing_may_be_broken_off_and_done_again() {
    let frames = recorded(Codec::Vp8, 4);
    let (bytes, _) = rtp::write(Codec::Vp8, &frames);
    let finish = ending(&bytes, 333).unwrap();
    let done = whole(&bytes);
    for steps in 0..finish.patches.len() + 2 {
        assert_eq!(whole(&carry_out(&bytes, &finish, steps)), done, "after {steps} steps");
    }
    for torn in 0..finish.cues.len() {
        assert_eq!(whole(&done[..finish.bytes as usize + torn]), done, "an index torn at {torn}");
    }
    // What a disk that lost its power has left behind the end.
    assert_eq!(whole(&[&bytes[..], &[0; 9_000]].concat()), done);
    assert_eq!(ending(&[], 1), None);
    assert_eq!(ending(&[7; 5_000], 77), None);
}

#[test]
fn the_first_frame_of_a_voice_comes_at_once_and_pauses_are_silence() {
    let mut sent = rtp::voices(&ffmpeg::voices(4));
    sent.drain(50..150);
    let (frames, track) = rtp::receive(Codec::Opus, sent);
    let times: Vec<i64> = frames.iter().map(|frame| frame.at_ms).collect();
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] == 20), "no gap: {times:?}");
    assert_eq!(track.counters().packets_lost, 100);
    assert_eq!(frames.iter().filter(|frame| frame.data == [0xf8, 0xff, 0xfe]).count(), 100);
    assert!(!track.is_over(50_000 + 13_000) && track.is_over(50_000 + 15_000));
    let folder = TempDir::new().unwrap();
    let file = in_file(&folder, &whole(&rtp::write(Codec::Opus, &frames).0));
    assert_eq!(ffmpeg::complaints(&file), "");
}

#[test]
fn what_a_bad_line_leaves_of_a_picture_is_decoded_without_a_complaint() {
    let mut sent = rtp::pictures(&ffmpeg::pictures(6));
    // Every 97th packet is lost, every 5th late.
    let mut nth = 0;
    sent.retain(|_| {
        nth += 1;
        nth % 97 != 0
    });
    sent.iter_mut().step_by(5).for_each(|packet| packet.at_ms += 90);
    let (frames, track) = rtp::receive(Codec::Vp8, sent);
    assert!(frames[0].key && frames.len() > 20, "{} frames", frames.len());
    assert!(track.counters().packets_lost > 0 && track.counters().frames_dropped > 0);
    let folder = TempDir::new().unwrap();
    let file = in_file(&folder, &whole(&rtp::write(Codec::Vp8, &frames).0));
    assert_eq!((ffmpeg::complaints(&file), ffmpeg::frame_times(&file).len()), (String::new(), frames.len()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Loss, delay and doubles: frames come in order, whole, and each as it was sent; without loss none is missing.
    #[test]
    fn frames_come_whole_and_in_order_or_not_at_all(
        frames in proptest::collection::vec((any::<bool>(), 20usize..4_000), 1..40),
        fates in proptest::collection::vec((0u8..12, 0i64..600), 1..200),
    ) {
        let body = |(index, &(key, bytes)): (usize, &(bool, usize))| {
            let mut data = vec![index as u8; bytes];
            let head = [u8::from(!(key || index == 0)), 0, 0, 0x9d, 1, 0x2a, 64, 0, 48, 0];
            data[..10].copy_from_slice(&head);
            data
        };
        let frames: Vec<Vec<u8>> = frames.iter().enumerate().map(body).collect();
        let mut sent = rtp::pictures(&frames);
        let mut lossless = true;
        let mut again = Vec::new();
        let mut nth = 0;
        sent.retain_mut(|packet| {
            let (fate, delay) = fates[nth % fates.len()];
            nth += 1;
            // The first comes first: a track begins with it.
            if nth == 1 { return true; }
            packet.at_ms += if fate == 2 { delay } else { delay % 100 };
            lossless &= fate != 0 && (fate != 2 || delay < 300);
            if fate == 1 { again.push(packet.clone()); }
            fate != 0
        });
        sent.extend(again);
        let (out, _) = rtp::receive(Codec::Vp8, sent);
        prop_assert!(out.windows(2).all(|pair| pair[0].at_ms <= pair[1].at_ms));
        prop_assert!(out.first().is_none_or(|first| first.key));
        let mut left = frames.iter();
        for frame in &out {
            prop_assert!(left.any(|sent| *sent == frame.data), "a frame that was not sent, or not then");
        }
        if lossless { prop_assert_eq!(out.len(), frames.len()); }
    }

    #[test]
    fn any_bytes_are_ended_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2_000), piece in 1usize..600) {
        let _ = ending(&bytes, piece);
    }

    /// A byte of a file that has changed does no harm but to what it is in.
    #[test]
    fn a_file_with_a_wrong_byte_is_ended_without_panic(at in 0usize..60_000, byte: u8, piece in 1usize..9_000) {
        let frame = |nth: i64| Frame { at_ms: nth * 40, key: nth % 9 == 0, size: Some((64, 48)), data: vec![7; 900] };
        let (mut bytes, _) = rtp::write(Codec::Vp8, &(0..60).map(frame).collect::<Vec<_>>());
        let at = at % bytes.len();
        bytes[at] = byte;
        if let Some(finish) = ending(&bytes, piece) {
            prop_assert!(finish.bytes as usize <= bytes.len());
            let end = finish.bytes + finish.cues.len() as u64;
            prop_assert!(finish.patches.iter().all(|patch| patch.at + patch.bytes.len() as u64 <= end));
        }
    }
}
