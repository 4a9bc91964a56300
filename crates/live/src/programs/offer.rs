//! Whether a program's offer is one that can be served, said in words where it is not.

use crate::limits::{PLAYED_PICTURES_MAX, PLAYED_VOICES_MAX};
use preau_classroom::limits::MID_CHARS_MAX;
use preau_gate::StreamUse;

/// An offer that fits its use, and the names of its sections of pictures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    pub sdp: String,
    pub pictures: Vec<String>,
}

/// One `m=` line with what counts below it.
#[derive(Debug, Default)]
struct Section<'a> {
    kind: &'a str,
    mid: &'a str,
    direction: Option<&'a str>,
}

const DIRECTIONS: [&str; 4] = ["sendonly", "recvonly", "sendrecv", "inactive"];

/// Reads an offer (RFC 8866) as far as the answer's shape hangs on it; the media reads the rest.
///
/// # Errors
/// What is wrong with it, and in which section.
pub fn check(sdp: String, usage: StreamUse) -> Result<Offered, String> {
    let (session_direction, bundled, sections) = read(&sdp)?;
    let wanted = match usage {
        StreamUse::Publish => "sendonly",
        StreamUse::Play => "recvonly",
    };
    for (index, section) in sections.iter().enumerate() {
        let Section { kind, mid, direction } = section;
        if !matches!(*kind, "audio" | "video") {
            return Err(format!("section {index} is “{kind}”; a stream has audio and video only"));
        }
        if mid.is_empty() || mid.len() > MID_CHARS_MAX || !mid.bytes().all(is_mid_byte) {
            return Err(format!("section {index} has no a=mid of 1 to {MID_CHARS_MAX} letters, digits, _ and -"));
        }
        let direction = direction.or(session_direction).unwrap_or("sendrecv");
        if direction != wanted {
            return Err(format!("section {mid} is a={direction}; here it must be a={wanted}"));
        }
        if sections.len() > 1 && !bundled.contains(mid) {
            return Err(format!("section {mid} is not in a=group:BUNDLE; there is one port for all"));
        }
    }
    let count = |kind| sections.iter().filter(|section| section.kind == kind).count();
    let (voices, pictures) = (count("audio"), count("video"));
    let (voices_max, pictures_max) = match usage {
        StreamUse::Publish => (1, 1),
        StreamUse::Play => (PLAYED_VOICES_MAX, PLAYED_PICTURES_MAX),
    };
    if voices > voices_max || pictures > pictures_max || sections.is_empty() {
        return Err(format!(
            "{voices} sections of audio and {pictures} of video; 1 to {voices_max} and 1 to {pictures_max} can be served"
        ));
    }
    let pictures = sections.iter().filter(|section| section.kind == "video").map(|it| it.mid.to_owned()).collect();
    Ok(Offered { pictures, sdp })
}

type Read<'a> = (Option<&'a str>, Vec<&'a str>, Vec<Section<'a>>);

fn read(sdp: &str) -> Result<Read<'_>, String> {
    let mut lines = sdp.lines().map(str::trim_end);
    if lines.next() != Some("v=0") {
        return Err("it is no SDP: the first line is not v=0".to_owned());
    }
    let mut session_direction = None;
    let mut bundled = Vec::new();
    let mut sections: Vec<Section<'_>> = Vec::new();
    for line in lines {
        if let Some(media) = line.strip_prefix("m=") {
            if sections.len() > PLAYED_VOICES_MAX + PLAYED_PICTURES_MAX {
                return Err("it has too many sections".to_owned());
            }
            sections.push(Section { kind: media.split(' ').next().unwrap_or_default(), ..Section::default() });
        } else if let Some(attribute) = line.strip_prefix("a=") {
            if let Some(direction) = DIRECTIONS.into_iter().find(|direction| *direction == attribute) {
                let place = sections.last_mut().map_or(&mut session_direction, |section| &mut section.direction);
                *place = Some(direction);
            } else if let (Some(mid), Some(section)) = (attribute.strip_prefix("mid:"), sections.last_mut()) {
                section.mid = mid.trim();
            } else if let (Some(group), true) = (attribute.strip_prefix("group:BUNDLE"), sections.is_empty()) {
                bundled.extend(group.split_ascii_whitespace());
            }
        }
    }
    Ok((session_direction, bundled, sections))
}

const fn is_mid_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn offer(sections: &[(&str, &str, &str)]) -> String {
        let mids: Vec<&str> = sections.iter().map(|(_, mid, _)| *mid).collect();
        let mut sdp = format!("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE {}\r\n", mids.join(" "));
        for (kind, mid, direction) in sections {
            sdp += &format!("m={kind} 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:{mid}\r\n{direction}");
        }
        sdp
    }

    #[test]
    fn one_sound_and_one_picture_are_published() {
        let both = offer(&[("audio", "0", "a=sendonly\r\n"), ("video", "1", "a=sendonly\r\n")]);
        let found = check(both.clone(), StreamUse::Publish).expect("it is good");
        assert_eq!((found.sdp, found.pictures), (both, vec!["1".to_owned()]));
        assert!(check(offer(&[("video", "v", "a=sendonly\r\n")]), StreamUse::Publish).is_ok());
        assert!(check(offer(&[("audio", "a", "a=sendonly\r\n")]), StreamUse::Publish).is_ok());
        let of_session = offer(&[("video", "v", "")]).replace("t=0 0", "t=0 0\r\na=sendonly");
        assert!(check(of_session, StreamUse::Publish).is_ok());
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let wrong = |sdp: String, usage, expect: &str| {
            let error = check(sdp, usage).expect_err("it is wrong");
            assert!(error.contains(expect), "{error}");
        };
        let one = |kind, direction| offer(&[(kind, "7", direction)]);
        wrong(String::new(), StreamUse::Publish, "no SDP");
        wrong("v=0\r\n".to_owned(), StreamUse::Publish, "0 sections");
        wrong(one("video", ""), StreamUse::Publish, "section 7 is a=sendrecv; here it must be a=sendonly");
        wrong(one("video", "a=recvonly\r\n"), StreamUse::Publish, "must be a=sendonly");
        wrong(one("video", "a=sendonly\r\n"), StreamUse::Play, "must be a=recvonly");
        wrong(one("application", "a=sendonly\r\n"), StreamUse::Publish, "“application”");
        wrong(offer(&[("video", "", "a=sendonly\r\n")]), StreamUse::Publish, "a=mid");
        let two = [("video", "0", "a=sendonly\r\n"), ("video", "1", "a=sendonly\r\n")];
        wrong(offer(&two), StreamUse::Publish, "2 of video");
        let apart = offer(&[("audio", "0", "a=sendonly\r\n"), ("video", "1", "a=sendonly\r\n")]);
        wrong(apart.replace("BUNDLE 0 1", "BUNDLE 0"), StreamUse::Publish, "section 1 is not in a=group:BUNDLE");
        wrong(offer(&[("audio", "0", "a=recvonly\r\n"); 100]), StreamUse::Play, "too many");
    }

    #[test]
    fn a_player_may_have_a_few_of_each() {
        let mut sections = vec![("audio", "a", "a=recvonly\r\n"); PLAYED_VOICES_MAX];
        sections.push(("video", "v", "a=recvonly\r\n"));
        assert!(check(offer(&sections), StreamUse::Play).is_ok());
        sections.push(("audio", "b", "a=recvonly\r\n"));
        assert!(check(offer(&sections), StreamUse::Play).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_answered_without_panic(text in "(v=0\r?\n)?([am]=[a-z:A-Z0-9 /\\-]{0,30}\r?\n){0,30}\\PC{0,40}") {
            for usage in [StreamUse::Publish, StreamUse::Play] {
                if let Ok(offered) = check(text.clone(), usage) {
                    prop_assert!(offered.pictures.len() <= PLAYED_PICTURES_MAX);
                    prop_assert!(offered.pictures.iter().all(|mid| (1..=MID_CHARS_MAX).contains(&mid.len())));
                }
            }
        }
    }
}
