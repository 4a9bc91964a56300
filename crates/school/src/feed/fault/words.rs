//! What a fault tells by one word of a list: texts have a sentence for each, so that nobody reads a parser's own message.

use super::{Fact, IsFact};
use crate::feed::Kind;
use serde::{Deserialize, Serialize};

/// A list of words. What is none of them when it is read is `Other`.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(from = "String", into = "&'static str")]
        pub enum $name { $($(#[$vdoc])* $variant,)+ Other }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant,)+ Self::Other];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ Self::Other => "other" }
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::ALL.iter().copied().find(|it| it.as_str() == text).unwrap_or(Self::Other)
            }
        }

        impl From<$name> for &'static str {
            fn from(word: $name) -> Self {
                word.as_str()
            }
        }

        impl IsFact for $name {
            fn fact(&self) -> Fact {
                Fact::Word(self.as_str())
            }

            fn examples() -> Vec<Self> {
                Self::ALL.to_vec()
            }
        }
    };
}

words! {
    /// Why the machine could not read.
    Trouble {
        Missing = "missing",
        Forbidden = "forbidden",
        /// It is no file.
        Folder = "folder",
        DiskFull = "disk-full",
        CutOff = "cut-off",
    }
}

words! {
    /// How XML is not well-formed.
    XmlFlaw {
        /// Not of the form `name="value"`.
        Attribute = "attribute",
        SameAttribute = "same-attribute",
        OpenQuote = "open-quote",
        /// `&…;`
        Reference = "reference",
        /// `<?…?>`
        Instruction = "instruction",
        /// `<!DOCTYPE …>`
        Doctype = "doctype",
        /// `<!…>` that is none of what may begin so.
        Markup = "markup",
    }
}

words! {
    /// What is wrong with an archive.
    ArchiveFlaw {
        Damaged = "damaged",
        Locked = "locked",
        /// Packed in a way that is not read.
        Method = "method",
    }
}

words! {
    /// What is there already and must be unique.
    Unique {
        Login = "login",
        SchoolCode = "school-code",
        Group = "group",
    }
}

words! {
    /// Of what there is more than a limit allows.
    Limited {
        People = "people",
        Groups = "groups",
        Namesakes = "namesakes",
    }
}

impl IsFact for Kind {
    fn fact(&self) -> Fact {
        Fact::Word(self.name())
    }

    fn examples() -> Vec<Self> {
        Self::ALL.to_vec()
    }
}
