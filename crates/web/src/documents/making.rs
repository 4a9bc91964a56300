use super::{Failure, Order, State, Turn};
use crate::app::App;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use preau_base::{FileId, SystemRng};
use preau_files::{Kind, PutError};
use preau_pages::limits::OUTPUT_BYTES_MAX;
use preau_pages::{Event, Events, Fault, Picture};
use preau_store::StoreError;
use preau_store::documents::{self, NewDocument, Sheet};
use preau_store::files::NewFile;
use std::sync::{Arc, Mutex, PoisonError};

/// Makes the pages, keeps them with the lesson, and puts them on the board. What was made before is only put there again.
pub(super) async fn make(app: &App, order: &Order, turn: &Turn) -> Result<State, Failure> {
    let ready = match known(app, order).await? {
        Some(ready) => ready,
        None => print(app, order, turn).await?,
    };
    let what = order.for_board(ready.file, ready.pages, ready.size_px);
    let on_board = app.classes.put(order.lesson, order.by, what).await;
    Ok(State::Ready { file: ready.file, pages: ready.pages, on_board })
}

struct Ready {
    file: FileId,
    pages: u16,
    /// Of the first page.
    size_px: (i64, i64),
}

async fn known(app: &App, order: &Order) -> Result<Option<Ready>, Failure> {
    let mut conn = app.store.read().await.map_err(store)?;
    let Some(document) = documents::of_source(&mut conn, order.lesson, order.source.id).await.map_err(store)? else {
        return Ok(None);
    };
    let first = documents::sheet(&mut conn, order.lesson, document.file_id, 0, false).await.map_err(store)?;
    let size_px = first.map_or((1, 1), |sheet| (sheet.width_px, sheet.height_px));
    Ok(Some(Ready { file: document.file_id, pages: u16::try_from(document.pages).unwrap_or(u16::MAX), size_px }))
}

async fn print(app: &App, order: &Order, turn: &Turn) -> Result<Ready, Failure> {
    let source = app.files.open(order.source.id).await.map_err(|error| {
        tracing::error!(%error, file = %order.source.id, "a document cannot be read");
        Failure::Fault(Fault::Untried)
    })?;
    let events = app.press.print(source.read_all().boxed());
    let written = Arc::new(Mutex::new(Vec::new()));
    let pages = pages(app.clone(), Turn { ..*turn }, events, Arc::clone(&written));
    let id = FileId::new(app.now(), &mut SystemRng);
    let stored = app.files.put(id, pages.boxed(), OUTPUT_BYTES_MAX).await.map_err(|error| match error {
        PutError::Sender(fault) => Failure::Fault(fault),
        PutError::TooLarge { .. } => Failure::Fault(Fault::Bulky { most: OUTPUT_BYTES_MAX }),
        PutError::Files(error) => {
            tracing::error!(%error, "the pages of a document were not kept");
            Failure::NoRoom
        }
    })?;
    let sheets = std::mem::take(&mut *written.lock().unwrap_or_else(PoisonError::into_inner));
    let file = NewFile {
        id,
        owner: order.by,
        name: &order.source.name,
        // Pages one behind the other are no kind of file that anybody could open.
        kind: Kind::Other.as_str(),
        bytes: stored.bytes,
        sha256: stored.sha256.bytes(),
    };
    let is_picture = order.spot.is_some();
    let new = NewDocument { file, lesson: order.lesson, source: order.source.id, is_picture, sheets: &sheets };
    let mut tx = app.store.write().await.map_err(store)?;
    let is_new = documents::create(&mut tx, &new, app.now()).await.map_err(store)?;
    tx.commit().await.map_err(store)?;
    if !is_new {
        // Another machine was faster; what lies here without a row is swept.
        return known(app, order).await?.ok_or(Failure::Fault(Fault::Untried));
    }
    let first = sheets.first().map_or((1, 1), |sheet| (sheet.width_px, sheet.height_px));
    Ok(Ready { file: id, pages: u16::try_from(sheets.len() / 2).unwrap_or(u16::MAX), size_px: first })
}

/// The pictures of the pages, both sizes of each, one behind the other; where they are goes into `written`.
fn pages(
    app: App,
    turn: Turn,
    events: Events,
    written: Arc<Mutex<Vec<Sheet>>>,
) -> impl futures_util::Stream<Item = Result<Bytes, Fault>> + Send {
    stream::unfold((events, None, 0, 0), move |(mut events, mut pages, mut page, mut at)| {
        let (app, turn, written) = (app.clone(), Turn { ..turn }, Arc::clone(&written));
        async move {
            loop {
                match events.recv().await? {
                    Err(fault) => return Some((Err(fault), (events, pages, page, at))),
                    Ok(Event::Pages(count)) => pages = Some(count),
                    Ok(Event::Page { large, small, words }) => {
                        let mut bytes = Vec::with_capacity(large.bytes.len() + small.bytes.len());
                        let mut written = written.lock().unwrap_or_else(PoisonError::into_inner);
                        for (picture, is_small, words) in [(large, false, words), (small, true, String::new())] {
                            written.push(Sheet { words, ..sheet(&picture, page, is_small, at) });
                            at += picture.bytes.len() as i64;
                            bytes.extend(picture.bytes);
                        }
                        page += 1;
                        app.documents().set(&turn, State::Making { pages, made: page });
                        drop(written);
                        return Some((Ok(bytes.into()), (events, pages, page, at)));
                    }
                }
                app.documents().set(&turn, State::Making { pages, made: page });
            }
        }
    })
}

fn sheet(picture: &Picture, page: u16, small: bool, at: i64) -> Sheet {
    Sheet {
        page: page.into(),
        small,
        coding: picture.coding.as_str().to_owned(),
        width_px: picture.width_px.into(),
        height_px: picture.height_px.into(),
        at,
        bytes: picture.bytes.len() as i64,
        words: String::new(),
    }
}

fn store(error: StoreError) -> Failure {
    tracing::error!(%error, "a document was not kept");
    Failure::Fault(Fault::Untried)
}
