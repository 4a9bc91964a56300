//! Reports to school life: making one in a lesson or after it, the list of a school, and judging one.

pub(crate) mod judge;
mod lines;
pub(crate) mod make;
mod picture;
mod telling;

pub(crate) use lines::{audience, with_guest};

use preau_school::safety::{Concern, ReportKind};

/// The key of a concern's text.
fn concern_key(concern: Concern) -> String {
    format!("concern-{}", concern.as_str())
}

/// The key of a kind's text.
fn kind_key(kind: ReportKind) -> String {
    format!("report-kind-{}", kind.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;
    use crate::texts::has;

    #[test]
    fn every_stored_word_has_its_text() {
        let mut keys: Vec<String> = Concern::ALL.iter().map(|it| concern_key(*it)).collect();
        keys.extend(ReportKind::ALL.iter().map(|it| kind_key(*it)));
        let missing: Vec<_> = keys.iter().filter(|key| !Lang::ALL.into_iter().all(|lang| has(lang, key))).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
