//! Two tabs that change one thing: the second is told, nothing is overwritten, and what was typed stays.
//!
//! The form of a thing carries a mark of what was stored when it was made. Its handler asks [`is_overtaken`] before it saves,
//! and answers with [`FormPage::overtaken`], whose form has the mark of what is stored now: sending it again is a decision.

use super::{Field, FormPage, Kind};
use crate::{Answer, Fields, Page};
use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;

/// The field with the mark.
const SEEN: &str = "seen";
const MARK_BYTES: usize = 12;

/// A text that is another one for other fields.
fn mark(stored: &Fields) -> String {
    let mut context = Context::new(&SHA256);
    for (name, value) in stored.pairs() {
        for part in [name, value] {
            context.update(&part.len().to_le_bytes());
            context.update(part.as_bytes());
        }
    }
    let digest = context.finish();
    URL_SAFE_NO_PAD.encode(digest.as_ref().get(..MARK_BYTES).unwrap_or_default())
}

/// What a form holds when it is made of what is stored.
pub(crate) fn marked(stored: &Fields) -> Fields {
    stored.with(SEEN, mark(stored))
}

/// Whether something else was stored since the form was made that sent these fields. A form that asks for what is stored
/// already, such as one that is sent twice, overwrites nothing.
pub(crate) fn is_overtaken(sent: &Fields, stored: &Fields, asked: &Fields) -> bool {
    let now = mark(stored);
    sent.raw(SEEN) != now && mark(asked) != now
}

impl FormPage<'_> {
    /// Lets the form carry the mark that `sent` has.
    pub(crate) fn carry_mark(&mut self, sent: &Fields) {
        self.field(sent, SEEN, "save", Kind::Hidden);
    }

    /// The form again, with what is stored beside each field that was typed otherwise.
    ///
    /// # Errors
    /// [`crate::PageError::Internal`] when the template fails.
    pub(crate) fn overtaken(mut self, stored: &Fields) -> Answer {
        self.tell_stored(stored);
        self.page.html_as(StatusCode::CONFLICT, &self)
    }

    /// The same without making the page.
    pub(crate) fn tell_stored(&mut self, stored: &Fields) {
        self.is_overtaken = true;
        for field in &mut self.fields {
            if field.name == SEEN {
                field.values = vec![mark(stored)];
            } else {
                field.tell_stored(self.page, stored);
            }
        }
    }
}

impl Field {
    /// Says what is stored, if something else was typed.
    fn tell_stored(&mut self, page: &Page, stored: &Fields) {
        let mut own: Vec<&str> = self.values.iter().map(String::as_str).filter(|value| !value.is_empty()).collect();
        let mut theirs: Vec<&str> = stored.all(self.name).filter(|value| !value.is_empty()).collect();
        own.sort_unstable();
        theirs.sort_unstable();
        if own == theirs {
            return;
        }
        let text = match &self.kind {
            Kind::Check if theirs.is_empty() => page.t("form-stored-no"),
            Kind::Check => page.t("form-stored-yes"),
            Kind::Select(choices) | Kind::Boxes(choices) => {
                let chosen = choices.iter().filter(|choice| theirs.contains(&choice.value.as_str()));
                chosen.map(|choice| choice.label.as_str()).collect::<Vec<_>>().join(", ")
            }
            Kind::Input(_) | Kind::Suggest(_) | Kind::Area | Kind::Hidden => theirs.join(", "),
        };
        let text = if text.is_empty() { page.t("form-stored-nothing") } else { text };
        self.fault = Some(page.t1("form-stored", "value", text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str, title: &str) -> Fields {
        Fields::of([("name", name.to_owned()), ("title", title.to_owned())])
    }

    #[test]
    fn whoever_comes_second_is_told_and_whoever_asks_for_the_same_is_not() {
        let (first, second, third) = (named("6e B", ""), named("6e C", ""), named("6e D", ""));
        let sent = marked(&first);
        assert!(!is_overtaken(&sent, &first, &second), "nobody has saved");
        assert!(is_overtaken(&sent, &second, &third));
        assert!(!is_overtaken(&sent, &second, &second), "sent twice");
        assert!(is_overtaken(&Fields::default(), &first, &second), "a form without a mark");
    }

    #[test]
    fn a_mark_tells_fields_apart() {
        let marks = [("ab", "c"), ("a", "bc"), ("", "abc"), ("abc", "")].map(|(name, title)| mark(&named(name, title)));
        for (at, one) in marks.iter().enumerate() {
            assert!(marks.iter().skip(at + 1).all(|other| other != one), "{marks:?}");
        }
    }
}
