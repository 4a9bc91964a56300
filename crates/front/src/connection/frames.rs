//! HTTP/2: frames that come in.

use super::{ConnectionState, Inner, Reader};
use crate::http2::Abuse;
use tokio::time::Instant;

impl ConnectionState {
    /// Counts the frames in what was read.
    pub fn scan_frames(&self, bytes: &[u8]) -> Result<(), Abuse> {
        let mut inner = self.inner();
        inner.spoke |= !bytes.is_empty();
        let Inner { reader: Reader::Http2(frames), .. } = &mut *inner else { return Ok(()) };
        if let Err(abuse) = frames.scan(bytes, self.begun.elapsed()) {
            inner.abuse = Some(abuse);
            return Err(abuse);
        }
        let in_header = frames.in_header();
        if in_header != inner.header_since.is_some() {
            inner.header_since = in_header.then(Instant::now);
            self.changed.notify_one();
        }
        Ok(())
    }
}
