use crate::decode::DecodeError;
use crate::limits::{ATTRIBUTES_PER_RECORD_MAX, DEPTH_MAX, RECORD_BYTES_MAX, VALUE_BYTES_MAX};

/// Why a record or the rest of a file is refused. Messages hold names of the format, never values of people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Problem {
    #[error("{0} belongs to a delta; only full feeds (addRequest) can be read")]
    Delta(&'static str),
    #[error("the element {0} is not known here")]
    UnknownElement(String),
    #[error("the root element is {0}, not ficAlimMENESR")]
    WrongRoot(String),
    #[error("there is no ficAlimMENESR element in the file")]
    NoRoot,
    #[error("there is something behind the end of ficAlimMENESR")]
    AfterRoot,
    #[error("the file ends in the middle of {0}: it was cut off")]
    CutOff(String),
    #[error("the document type declares entities of its own, which are not expanded")]
    OwnEntities,
    #[error("the entity &{0}; is not known")]
    UnknownEntity(String),
    #[error("the reference &#{0}; is no character that XML allows")]
    BadCharacter(String),
    #[error("a value holds the character U+{0:04X}, which XML does not allow")]
    ForbiddenCharacter(u32),
    #[error("a value is longer than {VALUE_BYTES_MAX} bytes")]
    LongValue,
    #[error("the record is longer than {RECORD_BYTES_MAX} bytes")]
    LongRecord,
    #[error("the record has more than {ATTRIBUTES_PER_RECORD_MAX} attributes")]
    ManyAttributes,
    #[error("more than {DEPTH_MAX} elements stand in each other")]
    Deep,
    #[error("an attr element has no name")]
    NamelessAttribute,
    #[error("the record has no identifier")]
    NoIdentifier,
    #[error("the record names the category {0:?}, but its file is for {1}")]
    OtherCategory(String, &'static str),
    #[error("{0} is missing")]
    Missing(&'static str),
    #[error("{0} is longer than {1} characters")]
    LongText(&'static str, usize),
    #[error("ENTStructureUAI is not 7 digits and a letter")]
    BadUai,
    #[error("not well-formed XML: {0}")]
    Xml(String),
    #[error("{0}")]
    Text(#[from] DecodeError),
    #[error("reading failed: {0}")]
    Io(String),
}

impl From<quick_xml::Error> for Problem {
    fn from(error: quick_xml::Error) -> Self {
        use quick_xml::errors::{IllFormedError, SyntaxError};
        match error {
            quick_xml::Error::Io(io) => match io.get_ref().and_then(|inner| inner.downcast_ref::<DecodeError>()) {
                Some(decode) => Self::Text(decode.clone()),
                None => Self::Io(io.to_string()),
            },
            quick_xml::Error::Syntax(
                SyntaxError::UnclosedTag | SyntaxError::UnclosedComment | SyntaxError::UnclosedCData,
            ) => Self::CutOff("a tag".to_owned()),
            // Names of elements may come from anywhere; they are cut so that a message stays a message.
            quick_xml::Error::IllFormed(IllFormedError::MismatchedEndTag { expected, found }) => {
                Self::Xml(format!("</{}> where </{}> should stand", short(&found), short(&expected)))
            }
            quick_xml::Error::IllFormed(IllFormedError::UnmatchedEndTag(found)) => {
                Self::Xml(format!("</{}> closes nothing", short(&found)))
            }
            other => Self::Xml(short(&other.to_string())),
        }
    }
}

const SHOWN_CHARS_MAX: usize = 60;

/// The beginning of something from the feed that is not personal (a name of an element), fit for a message.
pub(super) fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(SHOWN_CHARS_MAX).collect()
}
