use crate::errors::PageError;
use crate::{Answer, Fields, Member, Page};
use askama::Template;
use preau_base::SessionId;
use preau_gate::{Revocation, forgotten_after};
use preau_store::sessions::{self, Session};

#[derive(Template)]
#[template(path = "account/devices.html")]
struct Devices<'a> {
    page: &'a Page,
    rows: Vec<Row>,
    has_others: bool,
}

struct Row {
    id: String,
    browser: String,
    since: String,
    shared: bool,
    is_this: bool,
}

fn row(member: &Member, session: &Session) -> Row {
    let browser =
        if session.browser.is_empty() { member.t("devices-unknown-browser") } else { session.browser.clone() };
    Row {
        id: session.id.to_string(),
        browser,
        since: member.moment(session.created_at),
        shared: session.shared_device,
        is_this: session.id == member.session(),
    }
}

pub(crate) async fn page(member: Member) -> Answer {
    let mut conn = member.app().store.read().await?;
    let sessions = sessions::list(&mut conn, member.id(), member.now()).await?;
    drop(conn);
    let rows: Vec<Row> = sessions.iter().map(|session| row(&member, session)).collect();
    let has_others = rows.iter().any(|row| !row.is_this);
    member.html(&Devices { page: &member.page, rows, has_others })
}

/// Ends one session of one's own.
pub(crate) async fn end(member: Member, fields: Fields) -> Answer {
    let id: SessionId = fields.raw("session").parse().map_err(|_| PageError::NotFound)?;
    end_all(&member, &[id]).await?;
    Ok(member.see_other_saying("/devices", "notice-device-ended"))
}

pub(crate) async fn end_others(member: Member) -> Answer {
    let mut conn = member.app().store.read().await?;
    let sessions = sessions::list(&mut conn, member.id(), member.now()).await?;
    drop(conn);
    let others: Vec<_> = sessions.iter().map(|session| session.id).filter(|id| *id != member.session()).collect();
    end_all(&member, &others).await?;
    Ok(member.see_other_saying("/devices", "notice-devices-ended"))
}

async fn end_all(member: &Member, ids: &[SessionId]) -> Result<(), PageError> {
    let now = member.now();
    let mut tx = member.app().store.write().await?;
    let mut ended = Vec::new();
    for id in ids {
        if sessions::revoke(&mut tx, *id, member.id(), now).await? {
            ended.push(*id);
        }
    }
    tx.commit().await?;
    // Only what was the person's own counts: anybody may send any id.
    let until = forgotten_after(now, false);
    ended.into_iter().for_each(|session| member.app().revoke(Revocation::Session { session, until }));
    Ok(())
}
