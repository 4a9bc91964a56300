//! Resumable uploads: tus 1.0.0 with creation, expiration, checksum and termination (docs/protocol/uploads.md).
//!
//! The offset is the length of the part in the object store, so it survives every end of this process. A finished upload is
//! a file of its sender under the same id; what it is for is said by whatever form names it next.

mod answers;
mod senders;
mod sweep;

pub(crate) use senders::Senders;
pub use sweep::keep_swept;

use crate::app::App;
use crate::at_gate::OnPurpose;
use crate::ids::Id;
use crate::limits::{UPLOAD_LIFE, UPLOADS_BYTES_MAX, UPLOADS_OPEN_MAX};
use crate::{Answer, Member, PageError};
use answers::{Checksum, EXTENSIONS, Gone, VERSION, done, offset_answer, refuse, with};
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use http::{HeaderMap, StatusCode, header};
use preau_base::{FileId, Instant, PersonId, SystemRng, UploadId};
use preau_files::limits::FILE_BYTES_MAX;
use preau_files::{FilesError, Part, clean_name};
use preau_school::{Act, WorkAct};
use preau_store::files::{self, NewFile};
use preau_store::uploads::{self, NewUpload, Upload};

/// `OPTIONS /uploads`: what this server can do.
pub(crate) async fn options() -> Answer {
    let mut answer = StatusCode::NO_CONTENT.into_response();
    with(&mut answer, "tus-version", VERSION);
    with(&mut answer, "tus-extension", EXTENSIONS);
    with(&mut answer, "tus-max-size", &FILE_BYTES_MAX.to_string());
    with(&mut answer, "tus-checksum-algorithm", "sha1,sha256");
    Ok(answer)
}

/// `POST /uploads`: begins one.
pub(crate) async fn create(member: Member, headers: HeaderMap) -> Answer {
    if let Some(refusal) = answers::wrong_version(&headers) {
        return Ok(refusal);
    }
    let Some(bytes) = answers::number(&headers, "upload-length").filter(|bytes| *bytes > 0) else {
        return Ok(refuse(StatusCode::BAD_REQUEST, "Upload-Length"));
    };
    let (now, mut tx) = (member.now(), member.app().store.write().await?);
    let (open, open_bytes) = uploads::open_of(&mut tx, member.id(), now).await?;
    let unused = files::unused_bytes(&mut tx, member.id()).await?;
    let taken = u64::try_from(open_bytes.saturating_add(unused)).unwrap_or(0);
    if bytes > FILE_BYTES_MAX || taken.saturating_add(bytes) > UPLOADS_BYTES_MAX {
        return Ok(refuse(StatusCode::PAYLOAD_TOO_LARGE, "too large"));
    }
    if open >= UPLOADS_OPEN_MAX {
        return Ok(refuse(StatusCode::TOO_MANY_REQUESTS, "too many uploads are begun"));
    }
    let id = UploadId::new(now, &mut SystemRng);
    let expires_at = now.plus(UPLOAD_LIFE);
    let name = clean_name(&answers::file_name(&headers).unwrap_or_default(), "fichier");
    let upload = NewUpload { id, person: member.id(), name: &name, bytes, expires_at };
    uploads::create(&mut tx, &upload, now).await?;
    if let Err(error) = member.app().files.begin(id, bytes).await {
        return failed(error);
    }
    tx.commit().await?;
    let mut answer = done(StatusCode::CREATED);
    with(&mut answer, "location", &format!("/uploads/{id}"));
    with(&mut answer, "upload-offset", "0");
    with(&mut answer, "upload-expires", &answers::http_date(expires_at));
    Ok(answer)
}

/// An upload of this person that has not expired.
async fn of(member: &Member, id: UploadId) -> Result<Upload, PageError> {
    let mut conn = member.app().store.read().await?;
    let upload = uploads::by_id(&mut conn, id, member.now()).await?.ok_or(PageError::NotFound)?;
    member.may(Act::Work(WorkAct::ResumeUpload(upload.person_id)))?;
    Ok(upload)
}

/// `HEAD /uploads/{id}`: how much is there. Whoever is still sending it stops.
pub(crate) async fn offset(member: Member, Id(id): Id<UploadId>, headers: HeaderMap) -> Answer {
    if let Some(refusal) = answers::wrong_version(&headers) {
        return Ok(refusal);
    }
    let upload = of(&member, id).await?;
    let _turn = member.app().senders().take(id).await;
    match there(member.app(), &upload, member.now()).await {
        Ok(Some(offset)) => Ok(offset_answer(StatusCode::OK, offset, &upload)),
        Ok(None) => Ok(refuse(StatusCode::GONE, "its part is gone")),
        Err(error) => failed_or(error),
    }
}

/// How many bytes are there. An upload that was whole when this process ended becomes a file now.
async fn there(app: &App, upload: &Upload, now: Instant) -> Result<Option<u64>, Gone> {
    let bytes = u64::try_from(upload.bytes).unwrap_or(0);
    if upload.finished_at.is_some() {
        return Ok(Some(bytes));
    }
    let found = app.files.part_bytes(upload.id).await?;
    let is_whole = found.is_some_and(|found| found >= bytes);
    if is_whole || (found.is_none() && app.files.has(FileId::from_uuid(upload.id.uuid())).await?) {
        complete(app, upload, now).await?;
        return Ok(Some(bytes));
    }
    Ok(found)
}

/// The part becomes a file, then gets its row.
async fn complete(app: &App, upload: &Upload, now: Instant) -> Result<(), Gone> {
    let stored = app.files.finish(upload.id).await?;
    let mut tx = app.store.write().await?;
    let file = NewFile {
        id: stored.id,
        owner: upload.person_id,
        name: &upload.name,
        kind: stored.kind.as_str(),
        bytes: stored.bytes,
        sha256: stored.sha256.bytes(),
    };
    files::create(&mut tx, &file, now).await?;
    uploads::finish(&mut tx, upload.id, now).await?;
    tx.commit().await?;
    Ok(())
}

/// `PATCH /uploads/{id}`: the next bytes. What has come in of a request that breaks off is kept, but where it has a
/// checksum, which only the whole of it can meet.
pub(crate) async fn append(member: Member, Id(id): Id<UploadId>, request: Request) -> Answer {
    let headers = request.headers();
    if let Some(refusal) = answers::wrong_version(headers) {
        return Ok(refusal);
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if kind != Some("application/offset+octet-stream") {
        return Ok(refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Content-Type"));
    }
    let Some(asked) = answers::number(headers, "upload-offset") else {
        return Ok(refuse(StatusCode::BAD_REQUEST, "Upload-Offset"));
    };
    let Ok(checksum) = Checksum::asked(headers) else {
        return Ok(refuse(StatusCode::BAD_REQUEST, "Upload-Checksum"));
    };
    let upload = of(&member, id).await?;
    let (app, now, body) = (member.app().clone(), member.now(), request.into_body());
    // On a task of its own: a browser that goes away must not end it between bytes and their sync.
    let taking = tokio::spawn(async move { take(&app, &upload, asked, checksum, body, now).await });
    match taking.await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => failed_or(error),
        Err(ended) => Err(PageError::internal(ended)),
    }
}

async fn take(
    app: &App,
    upload: &Upload,
    asked: u64,
    checksum: Option<Checksum>,
    body: Body,
    now: Instant,
) -> Result<Response, Gone> {
    let mut turn = app.senders().take(upload.id).await;
    let Some(found) = there(app, upload, now).await? else { return Ok(refuse(StatusCode::GONE, "its part is gone")) };
    if found != asked {
        return Ok(offset_answer(StatusCode::CONFLICT, found, upload));
    }
    let bytes = u64::try_from(upload.bytes).unwrap_or(0);
    if found == bytes {
        return Ok(offset_answer(StatusCode::NO_CONTENT, found, upload));
    }
    let mut part = app.files.resume(upload.id, asked).await?;
    let ending = fill(&mut part, body, bytes, &mut turn, checksum).await;
    match ending {
        Ending::Whole => {}
        Ending::Checksum => {
            part.take_back().await?;
            return Ok(refuse(answers::checksum_mismatch(), "the checksum is another"));
        }
        Ending::TooLong => {
            part.take_back().await?;
            return Ok(refuse(StatusCode::PAYLOAD_TOO_LARGE, "more than its length"));
        }
        Ending::Cut { unchecked: true } => {
            part.take_back().await?;
            return Ok(offset_answer(StatusCode::CONFLICT, asked, upload));
        }
        Ending::Cut { unchecked: false } => {}
        Ending::Failed(error) => {
            part.sync().await?;
            return Err(error.into());
        }
    }
    part.sync().await?;
    let offset = part.bytes();
    drop(part);
    if offset == bytes {
        complete(app, upload, now).await?;
    }
    Ok(offset_answer(StatusCode::NO_CONTENT, offset, upload))
}

/// How the body of a request ended.
enum Ending {
    Whole,
    /// The sender broke off, or came again.
    Cut {
        unchecked: bool,
    },
    Checksum,
    TooLong,
    Failed(FilesError),
}

async fn fill(
    part: &mut Part,
    body: Body,
    bytes_max: u64,
    turn: &mut senders::Turn,
    mut checksum: Option<Checksum>,
) -> Ending {
    let mut pieces = body.into_data_stream();
    loop {
        let piece = tokio::select! {
            biased;
            () = turn.wanted_by_another() => None,
            piece = pieces.next() => match piece {
                None => return if checksum.is_some_and(|it| !it.holds()) { Ending::Checksum } else { Ending::Whole },
                Some(piece) => piece.ok(),
            },
        };
        let Some(piece) = piece else { return Ending::Cut { unchecked: checksum.is_some() } };
        if part.bytes() + piece.len() as u64 > bytes_max {
            return Ending::TooLong;
        }
        if let Some(checksum) = &mut checksum {
            checksum.see(&piece);
        }
        if let Err(error) = part.append(&piece).await {
            return Ending::Failed(error);
        }
    }
}

/// `DELETE /uploads/{id}`: given up.
pub(crate) async fn remove(member: Member, Id(id): Id<UploadId>, headers: HeaderMap) -> Answer {
    if let Some(refusal) = answers::wrong_version(&headers) {
        return Ok(refusal);
    }
    of(&member, id).await?;
    let _turn = member.app().senders().take(id).await;
    let mut tx = member.app().store.write().await?;
    let removed = uploads::remove(&mut tx, id).await?;
    tx.commit().await?;
    if removed && let Err(error) = member.app().files.abandon(id).await {
        return failed(error);
    }
    Ok(done(StatusCode::NO_CONTENT))
}

/// The files that a form names by their ids, in its order: those of `owner` alone, and none twice.
pub(crate) async fn named(
    conn: &mut preau_store::Conn,
    owner: PersonId,
    ids: impl Iterator<Item = &str>,
) -> Result<Vec<files::File>, PageError> {
    let mut found: Vec<files::File> = Vec::new();
    for id in ids.filter_map(|id| id.parse::<FileId>().ok()) {
        if found.iter().any(|file| file.id == id) {
            continue;
        }
        let file = files::by_id(conn, id).await?.filter(|file| file.owner_id == owner);
        found.push(file.ok_or(PageError::Malformed("file"))?);
    }
    Ok(found)
}

fn failed(error: FilesError) -> Answer {
    if error.is_disk_full() {
        tracing::error!(%error, "an upload was refused");
        let mut answer = refuse(StatusCode::INSUFFICIENT_STORAGE, "the disk is full");
        // Our pages are well: nobody has to wait at the gate for it.
        answer.extensions_mut().insert(OnPurpose);
        return Ok(answer);
    }
    Err(PageError::internal(error))
}

fn failed_or(error: Gone) -> Answer {
    match error {
        Gone::Files(error) => failed(error),
        Gone::Store(error) => Err(error.into()),
    }
}
