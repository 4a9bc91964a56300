//! Stream keys of one lesson: its teacher makes one for a program that publishes or plays, sees which are used, and takes
//! them back.

use super::{Shown, show};
use crate::fields::Fields;
use crate::forms::{Check, Choice, Faults, Field, FormPage, Kind};
use crate::ids::{Id, Ids};
use crate::limits::{STREAM_KEY_LASTS_MAX, STREAM_NAME_CHARS_MAX};
use crate::{Answer, Member, Page, PageError};
use askama::Template;
use http::StatusCode;
use preau_base::{Instant, LessonId, Pii, StreamKeyId, SystemRng};
use preau_gate::{StreamKey, StreamUse};
use preau_school::rights::ENTRY_AFTER_END;
use preau_school::{Act, LessonFacts};
use preau_store::audit::{self, Entry};
use preau_store::lessons::Lesson;
use preau_store::stream_keys::{self, NewStreamKey, StreamKeyRow};
use preau_store::{Conn, StoreError, lessons};

#[derive(Template)]
#[template(path = "lesson/streams.html")]
struct StreamsPage<'a> {
    page: &'a Page,
    id: LessonId,
    facts: &'a Shown,
    rows: Vec<Row>,
    /// The key that was just made; it is shown once.
    made: Option<Made>,
    fields: Vec<Field>,
    is_faulty: bool,
}

struct Row {
    id: StreamKeyId,
    name: String,
    what: String,
    until: String,
    used: Option<String>,
}

struct Made {
    name: String,
    publishes: bool,
    address: String,
    key: Pii<String>,
}

/// Who asks, for a lesson of theirs.
async fn read(member: &Member, conn: &mut Conn, id: LessonId, act: Asked) -> Result<(Lesson, LessonFacts), PageError> {
    let facts = lessons::facts(conn, id).await?.ok_or(PageError::NotFound)?;
    member.may(match act {
        Asked::Stream => Act::Stream(&facts),
        Asked::TakeBack => Act::PrepareLesson(&facts),
    })?;
    let lesson = lessons::by_id(conn, id).await?.ok_or(PageError::NotFound)?;
    Ok((lesson, facts))
}

enum Asked {
    Stream,
    TakeBack,
}

/// `GET /lessons/{id}/streams`.
pub(crate) async fn list(member: Member, Id(id): Id<LessonId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let (lesson, _) = read(&member, &mut conn, id, Asked::Stream).await?;
    let keys = stream_keys::of_person(&mut conn, id, member.id(), member.now()).await?;
    answer(&member, lesson, keys, (None, &Fields::default(), Faults::default()))
}

fn answer(
    member: &Member,
    lesson: Lesson,
    keys: Vec<StreamKeyRow>,
    (made, sent, faults): (Option<Made>, &Fields, Faults),
) -> Answer {
    let mut form = form(member, sent);
    let status = form.mark(faults);
    let is_faulty = form.is_faulty();
    let rows = keys.into_iter().map(|key| row(member, key)).collect();
    let (id, shown) = (lesson.id, show(member, lesson));
    let page = StreamsPage { page: &member.page, id, facts: &shown, rows, made, fields: form.fields, is_faulty };
    member.html_as(if is_faulty { status } else { StatusCode::OK }, &page)
}

fn row(member: &Member, key: StreamKeyRow) -> Row {
    Row {
        id: key.id,
        what: member.t(&format!("streams-direction-{}", key.direction)),
        until: member.t1("streams-until", "moment", member.moment(key.expires_at)),
        used: key.used_at.map(|at| member.t1("streams-used", "moment", member.moment(Instant::from_millis(at)))),
        name: key.name,
    }
}

fn form<'a>(member: &'a Member, sent: &Fields) -> FormPage<'a> {
    let page = &member.page;
    let mut form = FormPage::new(page, String::new(), String::new(), String::new());
    let direction =
        |value: &str| Choice { value: value.to_owned(), label: page.t(&format!("streams-direction-{value}")) };
    let choices = vec![direction("publish"), direction("play")];
    form.field(sent, "direction", "streams-direction", Kind::Select(choices)).required = true;
    let name = form.field(sent, "name", "streams-name", Kind::Input("text"));
    (name.required, name.chars_max, name.help) = (true, STREAM_NAME_CHARS_MAX, Some(page.t("streams-name-help")));
    form
}

/// `POST /lessons/{id}/streams`: makes a key, which is shown once.
pub(crate) async fn make(member: Member, Id(id): Id<LessonId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    let (lesson, facts) = read(&member, &mut tx, id, Asked::Stream).await?;
    let mut check = Check::new(&member.page, &sent);
    let name = check.needed("name", STREAM_NAME_CHARS_MAX);
    if !check.is_good() {
        let faults = check.faults();
        let keys = stream_keys::of_person(&mut tx, id, member.id(), member.now()).await?;
        return answer(&member, lesson, keys, (None, &sent, faults));
    }
    let (usage, direction) =
        if sent.raw("direction") == "play" { (StreamUse::Play, "play") } else { (StreamUse::Publish, "publish") };
    let key = StreamKey {
        usage,
        id: StreamKeyId::new(member.now(), &mut SystemRng),
        person: member.id(),
        lesson: id,
        issued: member.now(),
        expires: facts.ends_at.plus(ENTRY_AFTER_END).min(member.now().plus(STREAM_KEY_LASTS_MAX)),
    };
    let new =
        NewStreamKey { id: key.id, lesson: id, person: key.person, direction, name: &name, expires_at: key.expires };
    match stream_keys::create(&mut tx, &new, member.now()).await {
        Ok(()) => {}
        Err(StoreError::Limit { .. }) => {
            return Ok(member.see_other_saying(&format!("/lessons/{id}/streams"), "notice-streams-full"));
        }
        Err(error) => return Err(error.into()),
    }
    note(&member, &mut tx, "stream.make", key.id, &facts).await?;
    let keys = stream_keys::of_person(&mut tx, id, member.id(), member.now()).await?;
    tx.commit().await?;
    let publishes = usage == StreamUse::Publish;
    let address = format!("{}/live/{id}/{}", member.origin(), if publishes { "whip" } else { "whep" });
    let sealed = Pii::new(key.seal(&member.app().keys()));
    let made = Made { name, publishes, address, key: sealed };
    answer(&member, lesson, keys, (Some(made), &Fields::default(), Faults::default()))
}

/// `POST /lessons/{id}/streams/{key}/revoke`: what goes through it ends at once.
pub(crate) async fn revoke(member: Member, Ids(id, key): Ids<LessonId, StreamKeyId>) -> Answer {
    let mut tx = member.app().store.write().await?;
    let (_, facts) = read(&member, &mut tx, id, Asked::TakeBack).await?;
    if !stream_keys::revoke(&mut tx, key, id, member.id()).await? {
        return Err(PageError::NotFound);
    }
    note(&member, &mut tx, "stream.revoke", key, &facts).await?;
    tx.commit().await?;
    (member.app().on_prepared)(id);
    Ok(member.see_other_saying(&format!("/lessons/{id}/streams"), "notice-stream-revoked"))
}

async fn note(
    member: &Member,
    conn: &mut Conn,
    action: &'static str,
    key: StreamKeyId,
    facts: &LessonFacts,
) -> Result<(), StoreError> {
    let (target, detail) = (key.to_string(), facts.id.to_string());
    let entry =
        Entry { actor: Some(member.id()), action, target: &target, school: Some(facts.school), detail: &detail };
    audit::append(conn, &entry, member.now()).await
}
