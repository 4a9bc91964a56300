//! Why something of a feed was refused or left out: codes with their facts. Sentences are made of them where people read
//! them, in their language (`web::imported`).
//!
//! Facts are names of the format, limits, numbers of lines, words of a list: never values of people, nor what a parser says
//! in its own language.

mod files;
mod people;
mod timetables;
mod words;

pub use files::{ApplyFault, ExportFault, ReadFault};
pub use people::{AafFault, TableFault};
pub use timetables::{CalendarFault, EdtFault, TimetableFault, UdtFault};
pub use words::{ArchiveFlaw, Limited, Trouble, Unique, XmlFlaw};

use serde::{Deserialize, Serialize};
use std::fmt;

/// A size, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bytes(pub u64);

/// The beginning of something from a file (a name of an element, a label), fit for a report: of one
/// line, without characters that steer a terminal or turn the direction of the text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Shown(Box<str>);

/// Enough for the longest attribute of AAF.
const SHOWN_CHARS_MAX: usize = 80;

impl Shown {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Shown {
    fn from(text: &str) -> Self {
        Self(super::tidy(text).chars().take(SHOWN_CHARS_MAX).collect())
    }
}

impl From<String> for Shown {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<Shown> for String {
    fn from(shown: Shown) -> Self {
        shown.0.into()
    }
}

/// One fact of a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    Number(u64),
    Bytes(u64),
    Text(String),
    /// One of a list; texts say it in words.
    Word(&'static str),
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Bytes(bytes) => write!(f, "{bytes} bytes"),
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Word(word) => f.write_str(word),
        }
    }
}

/// What a fault may tell, and examples of it for [`Fault::one_of_each`]: all, where there are only some.
trait IsFact: Sized {
    fn fact(&self) -> Fact;
    fn examples() -> Vec<Self>;
}

/// One of the examples, from the first again after the last.
fn example<T: IsFact>(at: usize) -> T {
    let mut all = T::examples();
    let at = at % all.len();
    all.swap_remove(at)
}

impl IsFact for u64 {
    fn fact(&self) -> Fact {
        Fact::Number(*self)
    }

    fn examples() -> Vec<Self> {
        vec![7]
    }
}

impl IsFact for Bytes {
    fn fact(&self) -> Fact {
        Fact::Bytes(self.0)
    }

    fn examples() -> Vec<Self> {
        vec![Self(1 << 20)]
    }
}

impl IsFact for Shown {
    fn fact(&self) -> Fact {
        Fact::Text(self.0.to_string())
    }

    fn examples() -> Vec<Self> {
        vec![Self::from("Exemple")]
    }
}

/// The faults of one area: what can be wrong, its code, and its facts by name.
macro_rules! faults {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident $({ $($field:ident: $kind:ty),+ })? = $code:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(tag = "code")]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $code)] $variant $({ $($field: $kind),+ })?,)+ }

        impl $name {
            pub(super) const fn code(&self) -> &'static str {
                match self { $(Self::$variant $({ $($field: _),+ })? => $code,)+ }
            }

            pub(super) fn facts(&self) -> Vec<(&'static str, $crate::feed::fault::Fact)> {
                match self { $(
                    Self::$variant $({ $($field),+ })? =>
                        vec![$($((stringify!($field), $crate::feed::fault::IsFact::fact($field)),)+)?],
                )+ }
            }

            pub(super) fn one_of_each() -> Vec<Self> {
                let mut all = Vec::new();
                $(
                    let most = [1 $($(, <$kind as $crate::feed::fault::IsFact>::examples().len())+)?].into_iter().max();
                    for _at in 0..most.unwrap_or(1) {
                        all.push(Self::$variant $({ $($field: $crate::feed::fault::example(_at)),+ })?);
                    }
                )+
                all
            }
        }
    };
}

use faults;

/// Why something was refused or left out, by the area that found it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "area", rename_all = "snake_case")]
pub enum Fault {
    /// The bytes, and the XML in them, whatever the format.
    Read(ReadFault),
    /// Files and archives of an export.
    Export(ExportFault),
    /// The ministry's feed.
    Aaf(AafFault),
    /// A school's table (CSV).
    Table(TableFault),
    /// A timetable, whatever its format.
    Timetable(TimetableFault),
    Edt(EdtFault),
    Udt(UdtFault),
    /// iCalendar.
    Calendar(CalendarFault),
    /// What could be read and not be taken in.
    Apply(ApplyFault),
}

/// The same for each area: `$each` is given the fault of the area.
macro_rules! of_area {
    ($fault:expr, $one:ident => $each:expr) => {
        match $fault {
            Fault::Read($one) => $each,
            Fault::Export($one) => $each,
            Fault::Aaf($one) => $each,
            Fault::Table($one) => $each,
            Fault::Timetable($one) => $each,
            Fault::Edt($one) => $each,
            Fault::Udt($one) => $each,
            Fault::Calendar($one) => $each,
            Fault::Apply($one) => $each,
        }
    };
}

impl Fault {
    pub const fn area(&self) -> &'static str {
        match self {
            Self::Read(_) => "read",
            Self::Export(_) => "export",
            Self::Aaf(_) => "aaf",
            Self::Table(_) => "table",
            Self::Timetable(_) => "timetable",
            Self::Edt(_) => "edt",
            Self::Udt(_) => "udt",
            Self::Calendar(_) => "calendar",
            Self::Apply(_) => "apply",
        }
    }

    /// Unique within its area.
    pub const fn code(&self) -> &'static str {
        of_area!(self, fault => fault.code())
    }

    /// What there is to know about it, by name.
    pub fn facts(&self) -> Vec<(&'static str, Fact)> {
        of_area!(self, fault => fault.facts())
    }

    /// One of each kind, and with each word that it may tell: for those who must have sentences for all.
    pub fn one_of_each() -> Vec<Self> {
        let mut all = Vec::new();
        all.extend(ReadFault::one_of_each().into_iter().map(Self::Read));
        all.extend(ExportFault::one_of_each().into_iter().map(Self::Export));
        all.extend(AafFault::one_of_each().into_iter().map(Self::Aaf));
        all.extend(TableFault::one_of_each().into_iter().map(Self::Table));
        all.extend(TimetableFault::one_of_each().into_iter().map(Self::Timetable));
        all.extend(EdtFault::one_of_each().into_iter().map(Self::Edt));
        all.extend(UdtFault::one_of_each().into_iter().map(Self::Udt));
        all.extend(CalendarFault::one_of_each().into_iter().map(Self::Calendar));
        all.extend(ApplyFault::one_of_each().into_iter().map(Self::Apply));
        all
    }
}

/// For logs: the code and the facts. People read sentences in their own language.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.area(), self.code())?;
        self.facts().iter().try_for_each(|(name, fact)| write!(f, " {name}={fact}"))
    }
}

macro_rules! from_areas {
    ($($area:ident: $kind:ident,)+) => {
        $(impl From<$kind> for Fault {
            fn from(fault: $kind) -> Self {
                Self::$area(fault)
            }
        })+
    };
}

from_areas! {
    Read: ReadFault,
    Export: ExportFault,
    Aaf: AafFault,
    Table: TableFault,
    Timetable: TimetableFault,
    Edt: EdtFault,
    Udt: UdtFault,
    Calendar: CalendarFault,
    Apply: ApplyFault,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_fault_has_a_code_of_its_own() {
        let all = Fault::one_of_each();
        let mut kinds: Vec<(&str, &str)> = all.iter().map(|fault| (fault.area(), fault.code())).collect();
        kinds.dedup();
        let codes: BTreeSet<(&str, &str)> = kinds.iter().copied().collect();
        assert_eq!(codes.len(), kinds.len());
        assert!(all.len() > kinds.len(), "each word makes one more");
        let plain =
            |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        assert!(codes.iter().all(|(area, code)| plain(area) && plain(code)), "{codes:?}");
    }

    #[test]
    fn what_is_kept_is_read_again() {
        let missing = Fault::Aaf(AafFault::Missing { attribute: "sn".into() });
        assert_eq!(missing.to_string(), "aaf-missing attribute=\"sn\"");
        assert_eq!(missing.facts(), [("attribute", Fact::Text("sn".to_owned()))]);
        for fault in Fault::one_of_each() {
            let kept = toml::to_string(&fault).expect("written");
            assert_eq!(toml::from_str::<Fault>(&kept).expect("read"), fault, "{kept}");
        }
    }

    #[test]
    fn a_word_that_is_not_known_any_more_is_another() {
        let kept = "area = \"read\"\ncode = \"malformed\"\nflaw = \"syntax error: tag not closed\"";
        let fault: Fault = toml::from_str(kept).expect("read");
        assert_eq!(fault, ReadFault::Malformed { flaw: XmlFlaw::Other }.into());
    }

    #[test]
    fn what_is_shown_is_short_and_harmless() {
        let check = |text: &str, expect: &str| assert_eq!(Shown::from(text).as_str(), expect, "{text:?}");
        check(" a\u{1b}[31m\r\n b\u{202e} ", "a[31m b");
        check(&"é".repeat(300), &"é".repeat(SHOWN_CHARS_MAX));
        check("", "");
    }
}
