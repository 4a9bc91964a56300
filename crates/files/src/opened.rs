use crate::limits::CHUNK_BYTES;
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, TryStreamExt as _, stream};
use std::io;
use std::ops::Range;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

/// A file that is open for reading.
#[derive(Debug)]
pub struct Opened {
    pub(crate) file: File,
    pub bytes: u64,
}

impl Opened {
    /// The bytes of `range`, in pieces; it must lie within the file.
    pub fn read(self, range: Range<u64>) -> impl Stream<Item = io::Result<Bytes>> + Send + use<> {
        let begin = async move {
            let mut file = self.file;
            file.seek(io::SeekFrom::Start(range.start)).await?;
            Ok::<_, io::Error>(stream::try_unfold((file, range.end.saturating_sub(range.start)), piece))
        };
        stream::once(begin).try_flatten()
    }

    /// All of it, in pieces.
    pub fn read_all(self) -> impl Stream<Item = io::Result<Bytes>> + Send + use<> {
        let bytes = self.bytes;
        self.read(0..bytes)
    }
}

async fn piece((mut file, left): (File, u64)) -> io::Result<Option<(Bytes, (File, u64))>> {
    if left == 0 {
        return Ok(None);
    }
    let want = left.min(CHUNK_BYTES as u64);
    let mut buffer = BytesMut::with_capacity(CHUNK_BYTES.min(usize::try_from(want).unwrap_or(CHUNK_BYTES)));
    let read = (&mut file).take(want).read_buf(&mut buffer).await?;
    if read == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some((buffer.freeze(), (file, left - read as u64))))
}
