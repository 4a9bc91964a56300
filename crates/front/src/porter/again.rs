//! The same request again over the same connection, told by its bytes.

use crate::gatekeeper::Question;
use crate::limits::AGAIN_BYTES_MAX;
use bytes::Bytes;

/// The last request that was answered from what is ready. Pages in line and programs that are refused ask the same again
/// and again; the second time it is learned, and from the third on it is not read any more, only compared.
#[derive(Default)]
pub(super) struct Again {
    last: Vec<u8>,
    learned: Option<Learned>,
}

/// What need not be read again.
pub(super) struct Learned {
    pub head: Bytes,
    pub question: Question,
    pub manner: Manner,
}

/// How a request wants to be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Manner {
    pub is_head: bool,
    /// The client wants no further answer.
    pub close: bool,
}

impl Again {
    /// The request that these bytes are, to the last and with nothing after it.
    pub fn is(&self, read: &[u8]) -> Option<&Learned> {
        self.learned.as_ref().filter(|learned| learned.head == read)
    }

    /// A request with this head was answered from what is ready; true when it is worth learning.
    pub fn seen(&mut self, head: &[u8]) -> bool {
        if self.learned.is_some() || head.len() > AGAIN_BYTES_MAX {
            return false;
        }
        if self.last == head {
            return true;
        }
        self.last.clear();
        self.last.extend_from_slice(head);
        false
    }

    /// Gives the head to be compared with.
    pub fn learn(&mut self, question: Question, manner: Manner) -> Bytes {
        let head = Bytes::from(std::mem::take(&mut self.last));
        self.learned = Some(Learned { head: head.clone(), question, manner });
        head
    }
}
