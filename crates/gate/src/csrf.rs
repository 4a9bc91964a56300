//! Tokens that prove that a form was sent from our own page (OWASP's signed double submit).
//!
//! Each rendering of a form gets a fresh token, so that compression tells nothing about it (BREACH). A token holds
//! for as long as its [`Binding`] does, and at the most until its key is dropped.

use crate::keys::{KeyRing, Purpose};
use crate::seal::{SealRefusal, open, seal};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use preau_base::{Rng, SessionId};

const NONCE_BYTES: usize = 16;
const VISITOR_BYTES: usize = 16;

/// A browser that is not signed in: what its short-lived cookie holds, so that the sign-in form has something to
/// be bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visitor([u8; VISITOR_BYTES]);

impl Visitor {
    pub fn draw(rng: &mut dyn Rng) -> Self {
        let mut id = [0; VISITOR_BYTES];
        rng.fill(&mut id);
        Self(id)
    }

    /// The cookie's value: 22 characters of base64url.
    pub fn to_text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// None for anything that [`Visitor::to_text`] did not write.
    pub fn from_text(text: &str) -> Option<Self> {
        let mut id = [0; VISITOR_BYTES + 2];
        let len = URL_SAFE_NO_PAD.decode_slice(text, &mut id).ok()?;
        id.get(..len)?.try_into().ok().map(Self)
    }
}

/// What a form's token is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    Session(SessionId),
    Visitor(Visitor),
}

impl Binding {
    fn bytes(self) -> [u8; 17] {
        let (kind, id) = match self {
            Self::Session(session) => (1, *session.uuid().as_bytes()),
            Self::Visitor(visitor) => (2, visitor.0),
        };
        let mut bytes = [kind; 17];
        bytes[1..].copy_from_slice(&id);
        bytes
    }
}

/// Why a form was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CsrfRefusal {
    #[error("the form’s token is malformed")]
    Malformed,
    #[error("the form’s token is not bound to this browser, or too old")]
    Foreign,
}

/// A token for one form, 67 characters of base64url.
pub fn token(binding: Binding, keys: &KeyRing, rng: &mut dyn Rng) -> String {
    let mut nonce = [0; NONCE_BYTES];
    rng.fill(&mut nonce);
    seal(keys, Purpose::Csrf, &nonce, &binding.bytes())
}

/// Checks the token of a form that was sent, in constant time.
pub fn check(text: &str, binding: Binding, keys: &KeyRing) -> Result<(), CsrfRefusal> {
    match open::<NONCE_BYTES>(text, keys, Purpose::Csrf, &binding.bytes()) {
        Ok(_) => Ok(()),
        Err(SealRefusal::Malformed) => Err(CsrfRefusal::Malformed),
        Err(SealRefusal::UnknownKey | SealRefusal::Forged) => Err(CsrfRefusal::Foreign),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::{Instant, SeededRng};
    use proptest::prelude::*;
    use uuid::Uuid;

    fn ring() -> KeyRing {
        KeyRing::generate(Instant::EPOCH, &mut SeededRng::new(1))
    }

    #[test]
    fn holds_for_its_own_binding_only() {
        let keys = ring();
        let mut rng = SeededRng::new(2);
        let visitor = Visitor::draw(&mut rng);
        // A session and a visitor with the same bytes are still two bindings.
        let same = Binding::Session(SessionId::from_uuid(Uuid::from_bytes(visitor.0)));
        let bindings = [Binding::Visitor(visitor), Binding::Visitor(Visitor::draw(&mut rng)), same];
        for made in bindings {
            let text = token(made, &keys, &mut rng);
            assert_eq!(text.len(), 67);
            for sent in bindings {
                let expect = if made == sent { Ok(()) } else { Err(CsrfRefusal::Foreign) };
                assert_eq!(check(&text, sent, &keys), expect);
            }
        }
    }

    #[test]
    fn two_renderings_differ_and_both_hold() {
        let keys = ring();
        let mut rng = SeededRng::new(3);
        let binding = Binding::Session(SessionId::new(Instant::EPOCH, &mut rng));
        let (one, two) = (token(binding, &keys, &mut rng), token(binding, &keys, &mut rng));
        assert_ne!(one, two);
        assert_eq!((check(&one, binding, &keys), check(&two, binding, &keys)), (Ok(()), Ok(())));
    }

    proptest! {
        #[test]
        fn a_visitor_reads_back(id: [u8; 16]) {
            prop_assert_eq!(Visitor::from_text(&Visitor(id).to_text()), Some(Visitor(id)));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,90}|[A-Za-z0-9_-]{0,90}") {
            if let Some(visitor) = Visitor::from_text(&text) {
                prop_assert_eq!(visitor.to_text(), text.clone());
            }
            prop_assert!(check(&text, Binding::Visitor(Visitor([0; 16])), &ring()).is_err());
        }

        #[test]
        fn any_changed_character_is_refused(at in 0_usize..67, to in "[A-Za-z0-9_-]") {
            let keys = ring();
            let binding = Binding::Visitor(Visitor([5; 16]));
            let text = token(binding, &keys, &mut SeededRng::new(1));
            let mut changed = text.clone();
            changed.replace_range(at..=at, &to);
            prop_assert_eq!(check(&changed, binding, &keys).is_ok(), changed == text);
        }
    }
}
