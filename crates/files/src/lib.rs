//! Object store: what people hand in, attach and record. A folder by default.
//!
//! A file appears whole or not at all: it is written beside its place, synced, renamed, and the folder is synced; when
//! [`Files::put`] or [`Files::finish`] returns, it is on the disk. Its row comes after it, in the transaction of whoever
//! needs it; files without a row are swept ([`Files::sweep`]). [`Kind`] says what the bytes are, whatever their name says.
//!
//! Resumable uploads grow as parts: what has been appended and synced is there after a crash, and its length is the offset
//! from which the sender goes on.

mod disk;
mod error;
mod folder;
pub mod kind;
pub mod limits;
mod names;
mod opened;
mod part;
mod store;
mod stored;

pub use error::{FilesError, PutError};
pub use kind::{Kind, Showing};
pub use names::clean_name;
pub use opened::Opened;
pub use part::Part;
pub use store::Files;
pub use stored::{Digest, Stored};
