use super::*;
use proptest::prelude::*;

fn apply(text: &str, splice: &Splice) -> String {
    let chars: Vec<char> = text.chars().collect();
    let to = splice.at + splice.cut;
    chars[..splice.at].iter().copied().chain(splice.put.chars()).chain(chars[to..].iter().copied()).collect()
}

fn splice(chars: usize) -> impl Strategy<Value = Splice> {
    (0..=chars).prop_flat_map(move |at| {
        (Just(at), 0..=chars - at, "[a-cé]{0,3}").prop_map(|(at, cut, put)| Splice { at, cut, put })
    })
}

proptest! {
    /// A late splice fits the text after any earlier one, loses nothing of what it puts, and cuts nothing that the
    /// earlier one put outside of what was cut.
    #[test]
    fn a_late_splice_fits(first in splice(12), second in splice(12)) {
        let text = "0123456789xy";
        let after_first = apply(text, &first);
        let moved = second.after(&first);
        prop_assert!(moved.at + moved.cut <= after_first.chars().count());
        let both = apply(&after_first, &moved);
        prop_assert!(both.contains(&second.put));
        let kept = |at: usize| {
            let cut = |splice: &Splice| (splice.at..splice.at + splice.cut).contains(&at);
            !cut(&first) && !cut(&second)
        };
        let survivors: String = text.chars().enumerate().filter(|(at, _)| kept(*at)).map(|(_, char)| char).collect();
        let of_text: String = both.chars().filter(|char| text.contains(*char)).collect();
        prop_assert_eq!(of_text, survivors, "exactly what neither cut is there");
    }

    /// Whoever writes on an older version ends up with the server's text.
    #[test]
    fn notes_are_one_text(splices in prop::collection::vec((0u64..4, splice(6)), 1..40)) {
        let mut notes = Notes::default();
        for (behind, splice) in splices {
            let version = notes.version.saturating_sub(behind);
            let before = notes.text.clone();
            if let Some(fitted) = notes.fit(version, splice) {
                notes.note(&fitted);
                prop_assert_eq!(&notes.text, &apply(&before, &fitted));
            } else {
                prop_assert_eq!(&notes.text, &before);
            }
        }
    }
}
