//! Forms with files (`multipart/form-data`, RFC 7578), read as they come in.
//!
//! The token of the form is its first field, and [`crate::guard`] checks it before anything else of the body is read. A
//! handler takes [`FilesForm`] last, asks for its rights, and then [`FilesForm::receive`]s: fields as [`Fields`], files as
//! [`Received`], which are in the object store by then and get their rows in the transaction of the handler; without rows
//! they are swept. What is wrong with a file is a [`FileFault`] beside what could be taken, so that the form is shown again
//! with everything that was typed.

use crate::app::App;
use crate::errors::PageError;
use crate::fields::Fields;
use crate::kept::Read;
use crate::limits::{FIELDS_MAX, FORM_BYTES_MAX, FORM_FIELD_BYTES_MAX, FORM_FILES_MAX, FORM_HEAD_BYTES_MAX};
use crate::{Member, Page};
use axum::body::Body;
use axum::extract::{FromRequest, Request};
use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use http::{HeaderMap, header};
use preau_base::{FileId, Instant, PersonId, SystemRng};
use preau_files::{Files, PutError, Stored, clean_name};
use preau_store::files::{self, NewFile, Place};
use preau_store::{Conn, StoreError};

/// A file that is in the object store, and has no row yet.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    /// Clean, as [`clean_name`] makes it.
    pub name: String,
    pub stored: Stored,
}

impl Received {
    pub(crate) fn id(&self) -> FileId {
        self.stored.id
    }

    /// Writes its row.
    ///
    /// # Errors
    /// Of the store.
    pub(crate) async fn keep(&self, conn: &mut Conn, owner: PersonId, now: Instant) -> Result<(), StoreError> {
        let new = NewFile {
            id: self.stored.id,
            owner,
            name: &self.name,
            kind: self.stored.kind.as_str(),
            bytes: self.stored.bytes,
            sha256: self.stored.sha256.bytes(),
        };
        files::create(conn, &new, now).await
    }

    /// Writes its row, and attaches it.
    ///
    /// # Errors
    /// Of the store.
    pub(crate) async fn keep_at(&self, conn: &mut Conn, member: &Member, place: Place) -> Result<(), StoreError> {
        self.keep(conn, member.id(), member.now()).await?;
        files::attach(conn, place, self.stored.id).await
    }
}

/// Why a file of a form was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FileFault {
    TooLarge {
        name: String,
    },
    TooMany,
    DiskFull,
    /// The connection broke off, or the whole form is too large for one request.
    CutOff,
}

impl FileFault {
    /// As a person reads it.
    pub(crate) fn text(&self, page: &Page) -> String {
        match self {
            Self::TooLarge { name } => page.t1("file-too-large", "name", name),
            Self::TooMany => page.t1("file-too-many", "most", FORM_FILES_MAX),
            Self::DiskFull => page.t("file-disk-full"),
            Self::CutOff => page.t1("file-cut-off", "mega", FORM_BYTES_MAX >> 20),
        }
    }
}

/// What came in with a form.
#[derive(Default)]
pub(crate) struct Form {
    pub fields: Fields,
    pub files: Vec<Received>,
    pub faults: Vec<FileFault>,
}

/// A form that is still coming in; a plain form (`application/x-www-form-urlencoded`) too.
pub(crate) struct FilesForm(Request);

impl FromRequest<App> for FilesForm {
    type Rejection = PageError;

    async fn from_request(request: Request, _: &App) -> Result<Self, PageError> {
        Ok(Self(request))
    }
}

impl FilesForm {
    /// Reads the form; its files go to the object store, each at most `bytes_max` bytes. Call it after asking for the right.
    ///
    /// # Errors
    /// [`PageError::Malformed`] when it is no form; what is wrong with files is in [`Form::faults`].
    pub(crate) async fn receive(self, member: &Member, bytes_max: u64) -> Result<Form, PageError> {
        let read = self.0.extensions().get::<Read>().cloned().unwrap_or_default();
        let Some(boundary) = boundary(self.0.headers()) else {
            let fields = Fields::from_request(self.0, &()).await?;
            read.keep(&fields);
            return Ok(Form { fields, ..Form::default() });
        };
        // A body that breaks off ends there: what stands before the break is still read, and the field in it is incomplete.
        let stream = self.0.into_body().into_data_stream().take_while(|piece| std::future::ready(piece.is_ok()));
        let mut multipart = multer::Multipart::new(stream, boundary);
        let (mut pairs, mut form) = (Vec::new(), Form::default());
        loop {
            let field = match multipart.next_field().await {
                Ok(Some(field)) => field,
                Ok(None) => break,
                Err(_) => {
                    form.faults.push(FileFault::CutOff);
                    break;
                }
            };
            let taken = if field.file_name().is_some() {
                take_file(&member.app().files, field, member.now(), bytes_max, &mut form).await
            } else {
                take_field(field, &mut pairs).await?
            };
            if taken.is_err() {
                form.faults.push(FileFault::CutOff);
                break;
            }
        }
        form.fields = pairs.into_iter().collect();
        read.keep(&form.fields);
        Ok(form)
    }
}

/// The connection is of no use any more.
struct Broken;

async fn take_field(
    field: multer::Field<'_>,
    pairs: &mut Vec<(String, String)>,
) -> Result<Result<(), Broken>, PageError> {
    let name = field.name().unwrap_or_default().to_owned();
    if pairs.len() >= FIELDS_MAX {
        return Err(PageError::TooLarge);
    }
    let mut value = BytesMut::new();
    let mut field = field;
    loop {
        match field.chunk().await {
            Ok(Some(piece)) if value.len() + piece.len() > FORM_FIELD_BYTES_MAX => return Err(PageError::TooLarge),
            Ok(Some(piece)) => value.extend_from_slice(&piece),
            Ok(None) => break,
            Err(_) => return Ok(Err(Broken)),
        }
    }
    pairs.push((name, String::from_utf8_lossy(&value).into_owned()));
    Ok(Ok(()))
}

/// A field for files in which none was chosen comes as an empty file; an empty file is none.
async fn take_file(
    files: &Files,
    field: multer::Field<'_>,
    now: Instant,
    bytes_max: u64,
    form: &mut Form,
) -> Result<(), Broken> {
    let name = clean_name(field.file_name().unwrap_or_default(), "fichier");
    let mut pieces = field.into_stream().boxed();
    let Some(first) = next_piece(&mut pieces).await? else {
        return Ok(());
    };
    if form.files.len() >= FORM_FILES_MAX {
        form.faults.retain(|fault| *fault != FileFault::TooMany);
        form.faults.push(FileFault::TooMany);
        return drain(pieces).await;
    }
    let id = FileId::new(now, &mut SystemRng);
    let all = stream::once(std::future::ready(Ok(first))).chain(pieces.by_ref());
    match files.put(id, all, bytes_max).await {
        Ok(stored) => form.files.push(Received { name, stored }),
        Err(PutError::TooLarge { .. }) => {
            form.faults.push(FileFault::TooLarge { name });
            return drain(pieces).await;
        }
        Err(PutError::Sender(_)) => return Err(Broken),
        Err(PutError::Files(error)) => {
            tracing::error!(%error, "a file was not taken");
            form.faults.push(FileFault::DiskFull);
            return drain(pieces).await;
        }
    }
    Ok(())
}

type Pieces<'a> = stream::BoxStream<'a, Result<Bytes, multer::Error>>;

/// The next piece that is not empty.
async fn next_piece(pieces: &mut Pieces<'_>) -> Result<Option<Bytes>, Broken> {
    loop {
        match pieces.next().await {
            None => return Ok(None),
            Some(Err(_)) => return Err(Broken),
            Some(Ok(piece)) if piece.is_empty() => {}
            Some(Ok(piece)) => return Ok(Some(piece)),
        }
    }
}

/// Reads over what is left of a file, so that the fields behind it are still read.
async fn drain(pieces: Pieces<'_>) -> Result<(), Broken> {
    pieces.try_for_each(async |_| Ok(())).await.map_err(|_| Broken)
}

/// The boundary of a form with files (RFC 2046 §5.1.1); `None` for any other body.
pub(crate) fn boundary(headers: &HeaderMap) -> Option<String> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    kind.trim_start()
        .to_ascii_lowercase()
        .starts_with("multipart/form-data")
        .then(|| multer::parse_boundary(kind).ok())?
}

/// Reads the head of a form up to the end of its first field, which must be called `name`. Gives its value, and the body
/// with all that was read still in it.
pub(crate) async fn first_field(body: Body, boundary: &str, name: &str) -> (Option<String>, Body) {
    let mut pieces = body.into_data_stream();
    let mut head = BytesMut::new();
    let value = loop {
        if let Found::Yes(value) = find_first(&head, boundary, name) {
            break Some(value);
        }
        if head.len() > FORM_HEAD_BYTES_MAX || matches!(find_first(&head, boundary, name), Found::Never) {
            break None;
        }
        match pieces.next().await {
            Some(Ok(piece)) => head.extend_from_slice(&piece),
            _ => break None,
        }
    };
    let read = stream::once(std::future::ready(Ok::<_, axum::Error>(head.freeze())));
    (value, Body::from_stream(read.chain(pieces)))
}

/// The texts of a form whose files are not taken, as far as they can be read.
pub(crate) async fn texts(body: Body, boundary: &str) -> Vec<(String, String)> {
    let stream = body.into_data_stream().take_while(|piece| std::future::ready(piece.is_ok()));
    let mut multipart = multer::Multipart::new(stream, boundary);
    let mut pairs = Vec::new();
    while let Ok(Some(field)) = multipart.next_field().await {
        if field.file_name().is_none() && !matches!(take_field(field, &mut pairs).await, Ok(Ok(()))) {
            break;
        }
    }
    pairs
}

#[derive(Debug, PartialEq, Eq)]
enum Found {
    Yes(String),
    /// Not in what has been read so far.
    Later,
    /// The form begins otherwise.
    Never,
}

fn find_first(head: &[u8], boundary: &str, name: &str) -> Found {
    let opening = format!("--{boundary}\r\n");
    let shared = opening.len().min(head.len());
    if head.get(..shared) != opening.as_bytes().get(..shared) {
        return Found::Never;
    }
    let Some(rest) = head.get(opening.len()..) else { return Found::Later };
    let Some(end) = find(rest, b"\r\n\r\n") else { return Found::Later };
    let lines = rest.get(..end).map(String::from_utf8_lossy).unwrap_or_default();
    let wanted = format!("name=\"{name}\"");
    let disposition = lines.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"));
    let is_wanted = disposition.is_some_and(|line| line.split(';').any(|part| part.trim() == wanted));
    if !is_wanted || disposition.is_some_and(|line| line.contains("filename")) {
        return Found::Never;
    }
    let value = rest.get(end + 4..).unwrap_or_default();
    match find(value, format!("\r\n--{boundary}").as_bytes()) {
        Some(end) => {
            value.get(..end).map_or(Found::Never, |value| Found::Yes(String::from_utf8_lossy(value).into_owned()))
        }
        None => Found::Later,
    }
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

#[cfg(test)]
mod tests;
