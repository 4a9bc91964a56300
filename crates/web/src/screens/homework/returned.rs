//! Telling the pupil, and those who see the pupil's day, that a correction was given back: in the list of each, and by mail.

use super::At;
use crate::lang::Lang;
use crate::texts::{self, Voice};
use crate::{Member, PageError};
use fluent_bundle::FluentArgs;
use preau_base::{MailId, NoticeId, PersonId, Pii, SystemRng};
use preau_store::notices::{self, NewNotice};
use preau_store::outbox::{self, NewMail};
use preau_store::{Conn, people};

/// Somebody who is told, and how.
struct To<'a> {
    person: PersonId,
    email: Option<&'a str>,
    locale: Option<&'a str>,
    voice: Voice,
    /// The text of the notice is `told-{kind}`.
    kind: &'a str,
    link: String,
}

pub(super) async fn tell(conn: &mut Conn, member: &Member, at: &At, pupil: PersonId) -> Result<(), PageError> {
    let Some(known) = people::by_id(conn, pupil).await? else { return Ok(()) };
    let name = Pii::new(known.full_name());
    let own = To {
        person: pupil,
        email: known.email.as_deref(),
        locale: known.locale.as_deref(),
        voice: Voice::Tu,
        kind: "work-returned",
        link: format!("/homework/{}", at.work.id),
    };
    tell_one(conn, member, at, (pupil, &name), &own).await?;
    for relative in people::told_of_day(conn, pupil).await? {
        let to = To {
            person: relative.id,
            email: relative.email.as_deref(),
            locale: relative.locale.as_deref(),
            voice: Voice::Vous,
            kind: "work-returned-child",
            link: format!("/homework/{}/pupils/{pupil}", at.work.id),
        };
        tell_one(conn, member, at, (pupil, &name), &to).await?;
    }
    Ok(())
}

async fn tell_one(
    conn: &mut Conn,
    member: &Member,
    at: &At,
    (pupil, name): (PersonId, &Pii<String>),
    to: &To<'_>,
) -> Result<(), PageError> {
    let (work, now) = (&at.work, member.now());
    // Given back, taken back and given back again is told once.
    let once = format!("work-returned {} {pupil}", work.id);
    let arguments =
        [("title", work.title.as_str()), ("subject", work.subject_name.as_str()), ("pupil", name.reveal().as_str())];
    let notice = NewNotice {
        id: NoticeId::new(now, &mut SystemRng),
        person: to.person,
        kind: to.kind,
        arguments: &arguments,
        link: &to.link,
        once: &once,
    };
    let app = member.app();
    // Without a mail server nothing is queued, lest old news go out on the day when there is one.
    let sends = app.mailer.is_some() || app.demo;
    let is_new = notices::tell(conn, &notice, now).await?;
    let Some(address) = to.email.filter(|_| sends && is_new) else { return Ok(()) };
    let lang = to.locale.and_then(Lang::from_tag).unwrap_or(Lang::Fr);
    let text = |key: &str| {
        let mut args = FluentArgs::new();
        for (name, value) in arguments {
            args.set(name, value.to_owned());
        }
        args.set("link", format!("{}{}", member.origin(), to.link));
        args.set("school", member.place.clone().unwrap_or_else(|| app.instance_name.clone()));
        texts::text(lang, to.voice, key, args)
    };
    let body = format!("{}\n\n{}\n", text(&format!("told-{}", to.kind)), text("mail-work-foot"));
    let mail = NewMail {
        id: MailId::new(now, &mut SystemRng),
        once: &format!("{once} {}", to.person),
        person: Some(to.person),
        kind: "work",
        address,
        subject: &text("mail-work-returned"),
        body: &body,
        not_before: now,
    };
    outbox::post(conn, &mail, now).await?;
    Ok(())
}
