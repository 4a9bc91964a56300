//! Captions as WebVTT (W3C, WebVTT: The Web Video Text Tracks Format): a file that grows by whole cues.

use std::time::Duration;

/// What stands first in the file.
pub const HEAD: &str = "WEBVTT\n\n";
/// Somebody who writes what is said is behind by about so much, when nothing shows when they began.
const BEHIND: Duration = Duration::from_secs(3);
/// A line stays at least so long, and so much longer a character.
const SHOWN_MIN: Duration = Duration::from_millis(2_000);
const SHOWN_A_CHARACTER: Duration = Duration::from_millis(60);

/// When the line that is being written began.
#[derive(Debug, Default)]
pub struct Pace {
    began: Option<Duration>,
}

impl Pace {
    /// A line, final or not, came at `at`; for a final one, from when on it is shown.
    pub fn said(&mut self, is_final: bool, at: Duration) -> Option<Duration> {
        let began = *self.began.get_or_insert(if is_final { at.saturating_sub(BEHIND) } else { at });
        if is_final {
            self.began = None;
        }
        is_final.then_some(began)
    }
}

pub fn reading_time(text: &str) -> Duration {
    let characters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    SHOWN_MIN.max(SHOWN_A_CHARACTER.saturating_mul(characters))
}

/// A cue; nothing of the text can end it or be taken for markup. What a speech engine has written is of class `auto`.
pub fn cue(from: Duration, until: Duration, text: &str, auto: bool) -> String {
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let text = if auto { format!("<c.auto>{text}</c>") } else { text };
    format!("{} --> {}\n{text}\n\n", stamp(from), stamp(until))
}

fn stamp(at: Duration) -> String {
    let (seconds, ms) = (at.as_secs(), at.subsec_millis());
    format!("{:02}:{:02}:{:02}.{ms:03}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cues_hold_any_text() {
        let at = Duration::from_millis;
        let written = cue(at(3_723_004), at(3_726_000), "a --> b\n\n<b>&", false);
        assert_eq!(written, "01:02:03.004 --> 01:02:06.000\na --&gt; b &lt;b&gt;&amp;\n\n");
        let heard = cue(at(0), at(1_000), "a < b", true);
        assert_eq!(heard, "00:00:00.000 --> 00:00:01.000\n<c.auto>a &lt; b</c>\n\n");
    }

    #[test]
    fn a_line_is_shown_from_when_it_was_begun() {
        let at = Duration::from_secs;
        let mut pace = Pace::default();
        assert_eq!(pace.said(true, at(10)), Some(at(7)));
        assert_eq!(pace.said(false, at(20)), None);
        assert_eq!(pace.said(false, at(22)), None);
        assert_eq!(pace.said(true, at(24)), Some(at(20)));
        assert_eq!(pace.said(true, at(25)), Some(at(22)));
        assert_eq!(pace.said(true, at(1)), Some(at(0)), "never before the beginning");
    }
}
