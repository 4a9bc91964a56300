use crate::line::{Body, read, write};
use preau_base::Instant;
use std::borrow::Cow;

/// The line without the address and its salt, where the record is of before `before`; otherwise, and where it is no line
/// of ours, as it was. The chain still holds.
pub fn redact(line: &[u8], before: Instant) -> Cow<'_, [u8]> {
    let Some(parts) = read(line).filter(|parts| parts.open.is_some()) else { return Cow::Borrowed(line) };
    match serde_json::from_slice::<Body<'_>>(parts.body) {
        Ok(body) if body.at < before => Cow::Owned(write(parts.hash, None, parts.body)),
        _ => Cow::Borrowed(line),
    }
}
