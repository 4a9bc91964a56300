//! Documents and pictures for the board of a live class, and their pages.

use crate::app::App;
use crate::documents::{self, Failure, Order, Spot, State};
use crate::ids::{Id, Ids};
use crate::limits::{DOCUMENTS_RETRY, PAGE_FRESH};
use crate::screens::guest::Guest;
use crate::screens::recordings;
use crate::{Answer, Fields, Member, PageError, uploads};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, RawQuery};
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use http::{HeaderValue, StatusCode, header};
use preau_base::{FileId, LessonId};
use preau_pages::Coding;
use preau_school::{Act, DocumentAct, InClass};
use preau_store::{documents as rows, lessons};
use serde_json::json;

/// Nothing of a page's picture runs or loads anything.
const NOTHING_RUNS: &str = "default-src 'none'; sandbox";

async fn standing(member: &Member, lesson: LessonId) -> Option<InClass> {
    member.app().classes.standing(lesson, member.id()).await
}

/// `POST /lessons/{id}/documents`: a file of one's own (`keep`) becomes a document on the board.
pub(crate) async fn add(member: Member, Id(id): Id<LessonId>, sent: Fields) -> Answer {
    member.may(Act::Document(DocumentAct::Add(standing(&member, id).await)))?;
    begin(&member, id, &sent, None).await
}

/// `POST /lessons/{id}/pictures`: one becomes a picture on a page.
pub(crate) async fn add_picture(member: Member, Id(id): Id<LessonId>, sent: Fields) -> Answer {
    member.may(Act::Document(DocumentAct::AddPicture(standing(&member, id).await)))?;
    let spot = Spot {
        deck: number(&sent, "deck")?,
        page: number(&sent, "page")?,
        at: (number(&sent, "x")?, number(&sent, "y")?),
        width: number(&sent, "width")?,
    };
    if spot.width < 1 {
        return Err(PageError::Malformed("width"));
    }
    begin(&member, id, &sent, Some(spot)).await
}

fn number<T: std::str::FromStr>(sent: &Fields, name: &'static str) -> Result<T, PageError> {
    sent.raw(name).parse().map_err(|_| PageError::Malformed(name))
}

async fn begin(member: &Member, lesson: LessonId, sent: &Fields, spot: Option<Spot>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let source = uploads::named(&mut conn, member.id(), std::iter::once(sent.raw("keep"))).await?.into_iter().next();
    let source = source.ok_or(PageError::Malformed("keep"))?;
    let has_room = rows::has_room(&mut conn, lesson).await?;
    drop(conn);
    if !has_room {
        return Ok(told(member, source.id, State::Failed(Failure::NoRoom)));
    }
    let file = source.id;
    let order = Order { lesson, by: member.id(), source, spot };
    let too_many = |documents::TooMany| PageError::TooMany { retry: DOCUMENTS_RETRY };
    Ok(told(member, file, documents::begin(member.app(), order).map_err(too_many)?))
}

/// `GET /lessons/{id}/documents/{file}`: how far a file is that one has sent.
pub(crate) async fn progress(member: Member, Ids(id, file): Ids<LessonId, FileId>) -> Answer {
    member.may(Act::Document(DocumentAct::AddPicture(standing(&member, id).await)))?;
    let state = member.app().documents().state(id, member.id(), file).ok_or(PageError::NotFound)?;
    Ok(told(&member, file, state))
}

fn told(member: &Member, source: FileId, state: State) -> Response {
    let (status, body) = match state {
        State::Making { pages, made } => {
            (StatusCode::ACCEPTED, json!({ "source": source, "state": "making", "pages": pages, "made": made }))
        }
        State::Ready { file, pages, on_board } => {
            let body =
                json!({ "source": source, "state": "ready", "file": file, "pages": pages, "on_board": on_board });
            (StatusCode::OK, body)
        }
        State::Failed(failure) => {
            let (fault, text) = words(member, failure);
            (StatusCode::OK, json!({ "source": source, "state": "failed", "fault": fault, "text": text }))
        }
    };
    (status, Json(body)).into_response()
}

/// The word for programs, and the sentence for people.
fn words(member: &Member, failure: Failure) -> (&'static str, String) {
    let (word, number) = match failure {
        Failure::Fault(fault) => (fault.word(), fault.number()),
        Failure::NoRoom => ("no-room", None),
    };
    let key = format!("document-fault-{word}");
    (word, number.map_or_else(|| member.t(&key), |number| member.t1(&key, "number", number)))
}

/// `GET /lessons/{id}/documents/{file}/{page}`, with `?small` for weak lines, `?words` for what is written there; pages are
/// numbered from 0.
pub(crate) async fn page(
    member: Member,
    Path((id, file, page)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let id: LessonId = id.parse().map_err(|_| PageError::NotFound)?;
    let asked = Asked::of(&file, &page, query.as_deref())?;
    let is_shown = member.app().classes.shows(id, member.id(), asked.file).await;
    let mut conn = member.app().store.read().await?;
    let facts = lessons::facts(&mut conn, id).await?.ok_or(PageError::NotFound)?;
    drop(conn);
    member.may(Act::Document(DocumentAct::Read(&facts, is_shown)))?;
    part(member.app(), id, asked).await
}

/// `GET /guest/documents/{file}/{page}`: the same for somebody invited, of what their one lesson shows them.
pub(crate) async fn guest_page(
    guest: Guest,
    Path((file, page)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let app = guest.page.app();
    let asked = Asked::of(&file, &page, query.as_deref())?;
    if !app.classes.shows(guest.pass.lesson, guest.pass.person, asked.file).await {
        return Err(PageError::NotFound);
    }
    part(app, guest.pass.lesson, asked).await
}

/// `GET /lessons/{id}/recordings/{n}/documents/{file}/{page}`: the same for whoever may see the recording, of what the whole
/// class was shown while it was made.
pub(crate) async fn recorded_page(
    member: Member,
    Path((id, number, file, page)): Path<(String, String, String, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let (Ok(id), Ok(number)) = (id.parse::<LessonId>(), number.parse::<i64>()) else { return Err(PageError::NotFound) };
    let mut conn = member.app().store.read().await?;
    let (_, recording) = recordings::seen(&member, &mut conn, id, number).await?;
    let asked = Asked::of(&file, &page, query.as_deref())?;
    if !preau_store::recordings::shows(&mut conn, recording.id, asked.file).await? {
        return Err(PageError::NotFound);
    }
    drop(conn);
    part(member.app(), id, asked).await
}

struct Asked {
    file: FileId,
    page: u16,
    of: Of,
}

/// What of a page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Large,
    Small,
    Words,
}

impl Asked {
    fn of(file: &str, page: &str, query: Option<&str>) -> Result<Self, PageError> {
        let of = match query {
            Some("small") => Of::Small,
            Some("words") => Of::Words,
            _ => Of::Large,
        };
        match (file.parse(), page.parse()) {
            (Ok(file), Ok(page)) => Ok(Self { file, page, of }),
            _ => Err(PageError::NotFound),
        }
    }
}

async fn part(app: &App, lesson: LessonId, Asked { file, page, of }: Asked) -> Answer {
    let mut conn = app.store.read().await?;
    let sheet = rows::sheet(&mut conn, lesson, file, page, of == Of::Small).await?.ok_or(PageError::NotFound)?;
    drop(conn);
    let mut response = if of == Of::Words { sheet.words.into_response() } else { picture(app, file, &sheet).await? };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(NOTHING_RUNS));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let fresh = format!("private, max-age={}, immutable", PAGE_FRESH.as_secs());
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_str(&fresh).map_err(PageError::internal)?);
    Ok(response)
}

async fn picture(app: &App, file: FileId, sheet: &rows::Sheet) -> Answer {
    let opened = app.files.open(file).await.map_err(|error| {
        tracing::error!(%error, %file, "the pages of a document are gone");
        PageError::NotFound
    })?;
    let (Ok(at), Ok(bytes)) = (u64::try_from(sheet.at), u64::try_from(sheet.bytes)) else {
        return Err(PageError::NotFound);
    };
    let kind = Coding::of_word(&sheet.coding).ok_or(PageError::NotFound)?.mime();
    let mut response = Body::from_stream(opened.read(at..at + bytes).boxed()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes));
    Ok(response)
}
