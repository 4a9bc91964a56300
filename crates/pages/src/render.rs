use crate::limits::FILE_BYTES_MAX;
use crate::{Fault, Picture, pdf, photo};

/// What comes of a document, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// So many pages will come.
    Pages(u16),
    Page {
        large: Picture,
        small: Picture,
        /// What is written on it, where the document says so; empty for pictures.
        words: String,
    },
}

/// Where a PDF's first line may stand (ISO 32000-1, Annex H, implementation note 13).
const PDF_HEADER_WITHIN: usize = 1_024;

/// Makes pages of a file. `tell` gets them as they are ready, and ends the work by `Err`.
///
/// # Errors
/// [`Fault`] says what is wrong and where.
pub fn render(bytes: Vec<u8>, tell: &mut dyn FnMut(Event) -> Result<(), Fault>) -> Result<u16, Fault> {
    if bytes.is_empty() {
        return Err(Fault::Empty);
    }
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(Fault::TooLarge { most: FILE_BYTES_MAX });
    }
    let head = bytes.get(..PDF_HEADER_WITHIN).unwrap_or(&bytes);
    if let Some(format) = photo::format(head) {
        return photo::render(&bytes, format, tell);
    }
    if head.windows(5).any(|window| window == b"%PDF-") {
        return pdf::render(bytes, tell);
    }
    Err(Fault::Unknown)
}
