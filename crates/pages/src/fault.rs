use serde::{Deserialize, Serialize};

/// Why a file did not become pages. Pages are numbered from 1, as people do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    #[error("there is nothing in it")]
    Empty,
    #[error("it has more than {most} bytes")]
    TooLarge { most: u64 },
    #[error("it is neither a PDF nor a picture that can be shown")]
    Unknown,
    #[error("it is protected by a password")]
    Encrypted,
    #[error("it is damaged, and nothing of it can be read")]
    Damaged,
    #[error("it has no page")]
    NoPages,
    #[error("it has {pages} pages, more than {most}")]
    TooManyPages { pages: u32, most: u16 },
    #[error("the picture has {width} by {height} pixels, too many")]
    TooManyPixels { width: u32, height: u32 },
    #[error("page {page} cannot be drawn")]
    Page { page: u16 },
    #[error("page {page} takes too long")]
    Slow { page: u16 },
    #[error("page {page} takes too much memory")]
    Heavy { page: u16 },
    #[error("its pages together take more than {most} bytes")]
    Bulky { most: u64 },
    /// Not its fault: the process could not be started, or the server stops.
    #[error("it could not be tried")]
    Untried,
}

impl Fault {
    /// The word that the database and the texts have.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLarge { .. } => "too-large",
            Self::Unknown => "unknown",
            Self::Encrypted => "encrypted",
            Self::Damaged => "damaged",
            Self::NoPages => "no-pages",
            Self::TooManyPages { .. } => "too-many-pages",
            Self::TooManyPixels { .. } => "too-many-pixels",
            Self::Page { .. } => "page",
            Self::Slow { .. } => "slow",
            Self::Heavy { .. } => "heavy",
            Self::Bulky { .. } => "bulky",
            Self::Untried => "untried",
        }
    }

    /// The page at which it happened, or how many there are.
    pub const fn number(self) -> Option<u32> {
        match self {
            Self::Page { page } | Self::Slow { page } | Self::Heavy { page } => Some(page as u32),
            Self::TooManyPages { pages, .. } => Some(pages),
            _ => None,
        }
    }
}
