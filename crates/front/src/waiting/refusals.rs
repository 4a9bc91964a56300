use super::view::refusal;
use super::{Asked, Lang, WaitingPages};
use askama::Template as _;
use bytes::Bytes;
use preau_gate::Away;

/// A page that is the same for everybody of a language. It is made once: whoever is turned away must not cost more
/// than who is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Fixed {
    Away(Away),
    SignInAgain,
    Moment,
}

const LANGUAGES: usize = Lang::ALL.len();
const PAGES: usize = Away::ALL.len() + 2;

/// The pages of all refusals: a language after the other, each without and with a form that was sent, and of these each without and
/// with the way to the kept page.
#[derive(Clone, Debug, Default)]
pub(super) struct Refusals(Vec<Bytes>);

impl Fixed {
    const fn index(self) -> usize {
        match self {
            Self::Away(why) => why as usize,
            Self::SignInAgain => Away::ALL.len(),
            Self::Moment => Away::ALL.len() + 1,
        }
    }
}

impl Refusals {
    pub(super) fn new(pages: &WaitingPages) -> Result<Self, askama::Error> {
        let fixed = || Away::ALL.into_iter().map(Fixed::Away).chain([Fixed::SignInAgain, Fixed::Moment]);
        let mut bodies = Vec::with_capacity(4 * LANGUAGES * PAGES);
        for lang in Lang::ALL {
            for (form, kept) in [(false, false), (false, true), (true, false), (true, true)] {
                for page in fixed() {
                    bodies.push(Bytes::from(refusal(pages, page, lang, (form, kept)).render()?));
                }
            }
        }
        Ok(Self(bodies))
    }

    pub(super) fn get(&self, fixed: Fixed, asked: &Asked<'_>) -> Option<Bytes> {
        let row = 4 * asked.lang as usize + 2 * usize::from(asked.form) + usize::from(asked.kept);
        self.0.get(row * PAGES + fixed.index()).cloned()
    }
}
