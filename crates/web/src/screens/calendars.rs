//! Timetables for calendar programs: secret addresses, made and revoked by people, and what a program gets there.

mod feed;

pub(crate) use feed::serve;

use crate::fields::Fields;
use crate::limits::CALENDAR_NAME_CHARS_MAX;
use crate::screens::place;
use crate::{Answer, Member, Page, PageError};
use askama::Template;
use preau_base::{FeedId, Pii, SystemRng};
use preau_gate::LinkToken;
use preau_school::Profile;
use preau_store::calendar_feeds::{self, NewFeed};
use preau_store::{Conn, StoreError, people};

#[derive(Template)]
#[template(path = "calendars/list.html")]
struct ListPage<'a> {
    page: &'a Page,
    back: &'static str,
    rows: Vec<Row>,
    /// Whose timetables may be given: one's own first.
    whose: Vec<Person>,
    /// The address that was just made; it is shown once.
    made: Option<String>,
}

struct Row {
    id: FeedId,
    name: String,
    of: String,
    since: String,
    used: Option<String>,
}

struct Person {
    id: String,
    name: String,
}

/// `GET /calendars`.
pub(crate) async fn list(member: Member) -> Answer {
    let mut conn = member.app().store.read().await?;
    show(&member, &mut conn, None).await
}

async fn show(member: &Member, conn: &mut Conn, made: Option<Pii<String>>) -> Answer {
    let whose = whose(member, conn).await?;
    let feeds = calendar_feeds::of_maker(conn, member.id()).await?;
    let rows = feeds.into_iter().map(|feed| {
        let of = feed.of_person.to_string();
        let of = whose.iter().find(|person| person.id == of).map_or_else(String::new, |person| person.name.clone());
        Row {
            id: feed.id,
            name: feed.name,
            of,
            since: member.moment(preau_base::Instant::from_millis(feed.created_at)),
            used: feed.used_at.map(|at| member.moment(preau_base::Instant::from_millis(at))),
        }
    });
    let made = made.map(|secret| format!("{}/calendars/{}/preau.ics", member.origin(), secret.reveal()));
    let back = if has_lessons(member) { "/week" } else { "/" };
    member.html(&ListPage { page: &member.page, back, rows: rows.collect(), whose, made })
}

fn has_lessons(member: &Member) -> bool {
    member.actor.is_somewhere(Profile::Pupil) || member.actor.is_somewhere(Profile::Teacher)
}

/// Oneself, and the children whose day one may see. Parents who teach nothing have no timetable of their own.
async fn whose(member: &Member, conn: &mut Conn) -> Result<Vec<Person>, PageError> {
    let own = Person { id: member.id().to_string(), name: member.person.full_name() };
    let children = place::children(member, conn).await?;
    let of_child = |(child, _): (people::Person, _)| Person { id: child.id.to_string(), name: child.full_name() };
    let mut found: Vec<Person> = children.into_iter().map(of_child).collect();
    if found.is_empty() || has_lessons(member) {
        found.insert(0, own);
    }
    Ok(found)
}

/// `POST /calendars`: makes an address, which is shown once.
pub(crate) async fn create(member: Member, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    let whose = whose(&member, &mut tx).await?;
    let asked = sent.raw("of");
    let of = whose.iter().find(|person| person.id == asked || asked.is_empty()).ok_or(PageError::NotFound)?;
    let name: String = sent.line("name").chars().take(CALENDAR_NAME_CHARS_MAX).collect();
    let token = LinkToken::draw(&mut SystemRng);
    let digest = token.digest(&member.app().keys());
    let feed = NewFeed {
        id: FeedId::new(member.now(), &mut SystemRng),
        person: member.id(),
        of_person: of.id.parse().map_err(|_| PageError::NotFound)?,
        secret_hash: digest.as_bytes(),
        name: &name,
    };
    match calendar_feeds::create(&mut tx, &feed, member.now()).await {
        Ok(()) => {}
        Err(StoreError::Limit { .. }) => return Ok(member.see_other_saying("/calendars", "notice-calendars-full")),
        Err(error) => return Err(error.into()),
    }
    tx.commit().await?;
    let mut conn = member.app().store.read().await?;
    show(&member, &mut conn, Some(token.to_text())).await
}

/// `POST /calendars/revoke`.
pub(crate) async fn revoke(member: Member, sent: Fields) -> Answer {
    let id: FeedId = sent.raw("feed").parse().map_err(|_| PageError::NotFound)?;
    let mut tx = member.app().store.write().await?;
    if !calendar_feeds::revoke(&mut tx, id, member.id(), member.now()).await? {
        return Err(PageError::NotFound);
    }
    tx.commit().await?;
    Ok(member.see_other_saying("/calendars", "notice-calendar-revoked"))
}
