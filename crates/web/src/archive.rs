//! Archives that are made while they are sent, a piece at a time, from text and from the object store.

use crate::app::App;
use crate::zip::{DosTime, Zip};
use axum::body::Body;
use bytes::Bytes;
use futures_util::StreamExt as _;
use preau_base::FileId;
use preau_files::FilesError;
use std::io;
use tokio::sync::mpsc;

/// Pieces that wait for a slow browser.
const PIECES_WAITING_MAX: usize = 4;

/// An archive that is on its way.
pub(crate) struct Archive {
    app: App,
    zip: Zip,
    to: mpsc::Sender<io::Result<Bytes>>,
}

/// The browser has gone away, or something cannot be read; then the archive has no end and no tool takes it for whole.
pub(crate) struct Over;

impl Archive {
    pub(crate) const fn app(&self) -> &App {
        &self.app
    }

    /// Begins a member, whose bytes are given to [`Self::pass`].
    pub(crate) async fn begin(&mut self, name: &str, time: DosTime) -> Result<(), Over> {
        let head = self.zip.begin(name, time);
        self.send(head).await
    }

    pub(crate) async fn pass(&mut self, piece: Bytes) -> Result<(), Over> {
        self.zip.pass(&piece);
        self.send(piece).await
    }

    /// Ends the member.
    pub(crate) async fn end(&mut self) -> Result<(), Over> {
        let tail = self.zip.end();
        self.send(tail).await
    }

    /// A member that is there already.
    pub(crate) async fn text(&mut self, name: &str, time: DosTime, text: Bytes) -> Result<(), Over> {
        self.begin(name, time).await?;
        self.pass(text).await?;
        self.end().await
    }

    /// A member from the object store; `false` when it has lost the file, which is logged.
    pub(crate) async fn file(&mut self, name: &str, time: DosTime, id: FileId) -> Result<bool, Over> {
        let opened = match self.app.files.open(id).await {
            Ok(opened) => opened,
            Err(FilesError::Missing) => {
                tracing::error!(file = %id, "a file with a row is not in the object store");
                return Ok(false);
            }
            Err(error) => {
                tracing::error!(%error, file = %id, "a file cannot be put into an archive");
                return Err(Over);
            }
        };
        self.begin(name, time).await?;
        let mut pieces = std::pin::pin!(opened.read_all());
        while let Some(piece) = pieces.next().await {
            self.pass(piece.map_err(|_| Over)?).await?;
        }
        self.end().await?;
        Ok(true)
    }

    async fn send(&self, piece: Bytes) -> Result<(), Over> {
        self.to.send(Ok(piece)).await.map_err(|_| Over)
    }
}

/// The archive that `write` fills, as the body of an answer.
pub(crate) fn stream<F>(app: &App, write: impl FnOnce(Archive) -> F) -> Body
where
    F: Future<Output = Result<Archive, Over>> + Send + 'static,
{
    let (to, from) = mpsc::channel(PIECES_WAITING_MAX);
    let writing = write(Archive { app: app.clone(), zip: Zip::default(), to: to.clone() });
    tokio::spawn(async move {
        let last = match writing.await {
            Ok(archive) => Ok(archive.zip.finish()),
            Err(Over) => Err(io::Error::other("the archive broke off")),
        };
        let _gone_or_told = to.send(last).await;
    });
    let pieces = futures_util::stream::unfold(from, async |mut from| from.recv().await.map(|piece| (piece, from)));
    Body::from_stream(pieces)
}
