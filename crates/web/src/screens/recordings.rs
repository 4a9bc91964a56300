//! Recorded lessons: the page that plays one, its tracks, its end; and what a school allows.

mod kept;
mod settings;

pub(crate) use kept::list as kept;
pub(crate) use settings::{show as settings, submit as set_settings};

use crate::ids::Ids;
use crate::screens::place;
use crate::screens::reports::{audience, with_guest};
use crate::{Answer, App, Member, Page, PageError, files};
use askama::Template;
use axum::extract::Path;
use http::{HeaderMap, HeaderValue, header};
use preau_base::{FileId, Instant, LessonId};
use preau_school::safety::Audience;
use preau_school::{Act, LessonFacts, RecordingAct};
use preau_store::recordings::{Recording, Track};
use preau_store::{Conn, StoreError, keeping, lessons, recordings, schools};

#[derive(Template)]
#[template(path = "recordings/recording.html")]
struct RecordingPage<'a> {
    page: &'a Page,
    id: LessonId,
    subject: String,
    when: String,
    number: i64,
    /// Milliseconds since 1970.
    begun_at: i64,
    lasts_ms: i64,
    tracks: Vec<ShownTrack>,
    boards: Vec<FileId>,
    captions: Vec<FileId>,
    chat: Vec<Said>,
    /// Other recordings of the lesson.
    others: Vec<i64>,
    downloads: bool,
    deletes: bool,
    kept: String,
}

/// Somebody's voice or picture.
struct ShownTrack {
    file: FileId,
    kind: String,
    name: String,
    /// Since the recording began.
    begins_ms: i64,
    lasts_ms: i64,
    /// `0:03`
    at: String,
    size: String,
}

impl ShownTrack {
    fn is_picture(&self) -> bool {
        self.kind != "voice"
    }
}

/// A line to the class.
struct Said {
    name: String,
    at_ms: i64,
    at: String,
    body: String,
}

/// `GET /lessons/{id}/recordings/{n}`.
pub(crate) async fn show(mut member: Member, Ids(id, number): Ids<LessonId, i64>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let (facts, recording) = seen(&member, &mut conn, id, number).await?;
    let lesson = lessons::by_id(&mut conn, id).await?.ok_or(PageError::NotFound)?;
    let school = schools::by_id(&mut conn, facts.school).await?.ok_or(PageError::NotFound)?;
    place::at(&mut member, &school);
    let all = recordings::tracks(&mut conn, recording.id).await?;
    let files_of = |kind: &str| all.iter().filter(|track| track.kind == kind).map(|track| track.file_id).collect();
    let others = recordings::of_lesson(&mut conn, id, member.now()).await?;
    let begun = recording.begun_at;
    let ends_at = recording.ended_at.map_or(begun, Instant::from_millis);
    let page = RecordingPage {
        page: &member.page,
        id,
        subject: format!("{}, {}", lesson.subject_name, lesson.groups),
        when: member.moment(begun),
        number,
        begun_at: begun.as_millis(),
        lasts_ms: since(begun, ends_at),
        boards: files_of("board"),
        captions: files_of("captions"),
        tracks: all.iter().filter(|track| is_media(track)).map(|track| shown(&member, begun, track)).collect(),
        chat: chat(&member, &mut conn, id, (begun, ends_at)).await?,
        others: others.iter().map(|other| other.number).filter(|other| *other != number).collect(),
        downloads: recordings::settings(&mut conn, facts.school).await?.downloads,
        deletes: member.can(Act::Recording(RecordingAct::Delete(&facts))),
        kept: member.moment(recording.expires_at),
    };
    member.html(&page)
}

/// The recording, if it is there for this person; whoever may not see it learns nothing.
pub(crate) async fn seen(
    member: &Member,
    conn: &mut Conn,
    id: LessonId,
    number: i64,
) -> Result<(LessonFacts, Recording), PageError> {
    let facts = lessons::facts(conn, id).await?.ok_or(PageError::NotFound)?;
    member.may(Act::Recording(RecordingAct::See(&facts)))?;
    let recording = recordings::by_number(conn, id, number, member.now()).await?.ok_or(PageError::NotFound)?;
    Ok((facts, recording))
}

fn is_media(track: &Track) -> bool {
    matches!(track.kind.as_str(), "voice" | "camera" | "screen")
}

fn since(begun: Instant, at: Instant) -> i64 {
    (at.as_millis() - begun.as_millis()).max(0)
}

fn shown(page: &Page, begun: Instant, track: &Track) -> ShownTrack {
    let begins_ms = since(begun, track.begins_at);
    ShownTrack {
        file: track.file_id,
        kind: track.kind.clone(),
        name: with_guest(page, track.person.reveal().clone(), track.is_guest),
        begins_ms,
        lasts_ms: track.lasts_ms,
        at: clock(begins_ms),
        size: files::size(page, track.bytes),
    }
}

/// `1:02:03`, or `2:03` below an hour.
fn clock(ms: i64) -> String {
    let (hours, minutes, seconds) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// What was said to the whole class while it was recorded, and not taken back.
async fn chat(
    page: &Page,
    conn: &mut Conn,
    id: LessonId,
    (begun, ends_at): (Instant, Instant),
) -> Result<Vec<Said>, PageError> {
    let mut said = Vec::new();
    let mut after = None;
    loop {
        let lines = keeping::lines(conn, id, after).await?;
        let Some(last) = lines.last() else { return Ok(said) };
        after = Some(last.id);
        for line in lines {
            let is_public = matches!(audience(&line.audience), Some(Audience::Class));
            if is_public && line.sent_at >= begun && line.sent_at <= ends_at {
                let at_ms = since(begun, line.sent_at);
                let name = with_guest(page, line.name.into_inner(), line.is_guest);
                let body = line.body.into_inner();
                said.push(Said { name, at_ms, at: clock(at_ms), body });
            }
        }
    }
}

/// `GET /lessons/{id}/recordings/{n}/tracks/{file}`.
pub(crate) async fn track(
    member: Member,
    Path((id, number, file)): Path<(String, String, String)>,
    asked: HeaderMap,
) -> Answer {
    let (Ok(id), Ok(number), Ok(file)) = (id.parse::<LessonId>(), number.parse::<i64>(), file.parse::<FileId>()) else {
        return Err(PageError::NotFound);
    };
    let mut conn = member.app().store.read().await?;
    let (_, recording) = seen(&member, &mut conn, id, number).await?;
    let tracks = recordings::tracks(&mut conn, recording.id).await?;
    let track = tracks.iter().find(|track| track.file_id == file).ok_or(PageError::NotFound)?;
    let row = preau_store::files::by_id(&mut conn, file).await?.ok_or(PageError::NotFound)?;
    drop(conn);
    let mut response = files::serve(member.app(), &row, &asked).await?;
    let kind = match track.kind.as_str() {
        "camera" | "screen" => "video/webm",
        "voice" => "audio/webm",
        "captions" => "text/vtt; charset=utf-8",
        _ => "text/plain; charset=utf-8",
    };
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    Ok(response)
}

/// `POST /lessons/{id}/recordings/{n}/delete`.
pub(crate) async fn delete(member: Member, Ids(id, number): Ids<LessonId, i64>) -> Answer {
    let mut tx = member.app().store.write().await?;
    let facts = lessons::facts(&mut tx, id).await?.ok_or(PageError::NotFound)?;
    member.may(Act::Recording(RecordingAct::Delete(&facts)))?;
    let recording = recordings::by_number(&mut tx, id, number, member.now()).await?.ok_or(PageError::NotFound)?;
    recordings::delete(&mut tx, recording.id, Some(member.id()), member.now()).await?;
    let target = recording.id.to_string();
    place::log(&member, &mut tx, Some(facts.school), ("recording.delete", &target, &id.to_string())).await?;
    tx.commit().await?;
    // The job that comes in a minute would do it as well; whoever deletes wants it gone.
    if let Err(error) = end_recordings(member.app()).await {
        tracing::error!(%error, "the files of a deleted recording are still there");
    }
    // A head comes from the list of the school, and knows nothing of a lesson's own pages.
    let lists = member.can(Act::Recording(RecordingAct::List(facts.school)));
    let next = if lists { format!("/schools/{}/recordings/kept", facts.school) } else { "/".to_owned() };
    Ok(member.see_other_saying(&next, "notice-recording-deleted"))
}

/// Takes away recordings whose time is over, and the files of those that were deleted: files first, so that nothing is left
/// that no row names. Gives how many files went.
///
/// # Errors
/// The store's, or the object store's; what was not done is done by the next run.
pub async fn end_recordings(app: &App) -> Result<u64, EndError> {
    let mut tx = app.store.write().await?;
    for id in recordings::expired(&mut tx, app.now()).await? {
        recordings::delete(&mut tx, id, None, app.now()).await?;
    }
    tx.commit().await?;
    let mut gone = 0;
    loop {
        let mut conn = app.store.read().await?;
        let files = recordings::files_of_deleted(&mut conn).await?;
        drop(conn);
        if files.is_empty() {
            return Ok(gone);
        }
        for file in files {
            app.files.remove(file).await?;
            let mut tx = app.store.write().await?;
            recordings::forget_track(&mut tx, file).await?;
            tx.commit().await?;
            gone += 1;
        }
    }
}

/// The first recording of a lesson that this person may see, for a link.
pub(crate) async fn first(member: &Member, conn: &mut Conn, lesson: &LessonFacts) -> Result<Option<i64>, StoreError> {
    if !member.can(Act::Recording(RecordingAct::See(lesson))) {
        return Ok(None);
    }
    let all = recordings::of_lesson(conn, lesson.id, member.now()).await?;
    Ok(all.first().map(|recording| recording.number))
}

/// What can go wrong where recordings end.
#[derive(Debug, thiserror::Error)]
pub enum EndError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Files(#[from] preau_files::FilesError),
}

#[cfg(test)]
mod tests {
    use super::clock;

    #[test]
    fn times_are_as_players_show_them() {
        assert_eq!((clock(0), clock(63_999), clock(3_723_000)), ("0:00".into(), "1:03".into(), "1:02:03".into()));
    }
}
