use crate::limits::SPLICES_KEPT_MAX;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// One change of a text: at character `at`, `cut` characters go and `put` comes. Characters are Unicode scalar values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Splice {
    pub at: usize,
    pub cut: usize,
    pub put: String,
}

/// The shared notes: one text that many write at a time. The server orders the splices; one that was made on an older
/// text is moved past those that came before it (operational transformation with a central order, Nichols et al.,
/// "High-latency, low-bandwidth windowing in the Jupiter collaboration system", 1995).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Notes {
    pub text: String,
    /// How many splices made it.
    pub version: u64,
    /// The last splices, to move late ones past them. Not needed after a restart: clients then start anew.
    #[serde(skip)]
    recent: VecDeque<Splice>,
}

impl Splice {
    /// This splice, made on the same text as `earlier`, as it must be applied after `earlier`.
    #[must_use]
    pub fn after(&self, earlier: &Self) -> Self {
        let put_chars = earlier.put.chars().count();
        let moved = |position: usize| {
            if position < earlier.at {
                position
            } else if position < earlier.at + earlier.cut {
                earlier.at + put_chars
            } else {
                position - earlier.cut + put_chars
            }
        };
        let (from, to) = (self.at, self.at + self.cut);
        // An insertion at the very place of an earlier one stands behind it.
        let at = moved(from);
        let mut end = if to == from { at } else { moved_end(to, earlier, put_chars) };
        end = end.max(at);
        Self { at, cut: end - at, put: self.put.clone() }
    }
}

/// Where the end of a cut comes to stand: what was put exactly at it is not cut.
fn moved_end(position: usize, earlier: &Splice, put_chars: usize) -> usize {
    if position <= earlier.at {
        position
    } else if position <= earlier.at + earlier.cut {
        earlier.at
    } else {
        position - earlier.cut + put_chars
    }
}

impl Notes {
    /// The splice as it fits the text now, when it was made on `version`; `None`: too old, unknown, or past the end.
    pub fn fit(&self, version: u64, splice: Splice) -> Option<Splice> {
        let behind = usize::try_from(self.version.checked_sub(version)?).ok()?;
        let from = self.recent.len().checked_sub(behind)?;
        let fitted = self.recent.iter().skip(from).fold(splice, |splice, earlier| splice.after(earlier));
        let chars = self.text.chars().count();
        (fitted.at <= chars && fitted.cut <= chars - fitted.at).then_some(fitted)
    }

    pub(super) fn note(&mut self, splice: &Splice) {
        let byte = |text: &str, at: usize| text.char_indices().nth(at).map_or(text.len(), |(byte, _)| byte);
        let from = byte(&self.text, splice.at);
        let to = from + byte(&self.text[from..], splice.cut);
        self.text.replace_range(from..to, &splice.put);
        self.version += 1;
        self.recent.push_back(splice.clone());
        if self.recent.len() > SPLICES_KEPT_MAX {
            self.recent.pop_front();
        }
    }
}
