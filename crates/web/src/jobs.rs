//! What happens by itself, without anybody asking for a page: reminders of rolls, and news of absences to families. The
//! binary calls these functions from its jobs; each gives how much it did, and does nothing twice.

mod keeping;

pub use keeping::keep_classes;

use crate::App;
use crate::lang::Lang;
use crate::screens::notices::MAIL_KINDS;
pub use crate::screens::recordings::end_recordings;
use crate::texts::{self, Voice};
use crate::times::day_in;
use fluent_bundle::FluentArgs;
use jiff::ToSpan as _;
use preau_base::{MailId, NoticeId, SystemRng};
use preau_school::attendance::{Half, HalfDay};
use preau_store::absences::ToTell;
use preau_store::attendance::REMINDER_MIN;
use preau_store::limits::MAILS_OF_ABSENCES_MAX;
use preau_store::notices::NewNotice;
use preau_store::outbox::NewMail;
use preau_store::{Conn, StoreError, absences, notices, outbox, rolls};
use std::time::Duration;

/// A roll of a lesson that began longer ago is no longer worth a reminder.
const REMIND_WITHIN: Duration = Duration::from_secs(12 * 3_600);
/// Families are told of an absence once its roll has stood for this long: a teacher may mend a slip.
const TELL_AFTER: Duration = Duration::from_secs(10 * 60);
/// Of absences longer ago nobody is told by mail any more.
const TELL_DAYS: i64 = 2;
/// The kind of mail that tells of an absence.
const ABSENCE: &str = MAIL_KINDS[0];

/// Lets lessons follow what territories have decided about calendars. Gives how many schools followed.
///
/// # Errors
/// The store's; the schools before have followed.
pub async fn follow_calendars(app: &App) -> Result<u64, StoreError> {
    crate::screens::calendar::follow_decisions(app).await
}

/// Reminds teachers of rolls that they have not confirmed. Gives how many reminders there were.
///
/// # Errors
/// The store's; nothing was done then.
pub async fn remind_of_rolls(app: &App) -> Result<u64, StoreError> {
    let now = app.now();
    let mut tx = app.store.write().await?;
    let due = rolls::reminders(&mut tx, now.minus(REMIND_WITHIN), REMINDER_MIN, now).await?;
    for one in &due {
        let at = one.starts_at.as_millis().to_string();
        let notice = NewNotice {
            id: NoticeId::new(now, &mut SystemRng),
            person: one.teacher_id,
            kind: "roll-missing",
            arguments: &[("subject", &one.subject_name), ("groups", &one.groups), ("starts_at", &at)],
            link: &format!("/lessons/{}/roll", one.lesson_id),
            once: &format!("roll/{}", one.lesson_id),
        };
        notices::tell(&mut tx, &notice, now).await?;
        rolls::reminded(&mut tx, one.lesson_id, one.teacher_id, now).await?;
    }
    tx.commit().await?;
    Ok(due.len() as u64)
}

/// Tells relatives of absences without a known reason: once for each pupil and half-day, in the list of each relative, and
/// by mail. Gives how many relatives were told.
///
/// # Errors
/// The store's; nothing was done then.
pub async fn tell_of_absences(app: &App) -> Result<u64, StoreError> {
    let now = app.now();
    let zone = jiff::tz::TimeZone::UTC;
    let today = jiff::Timestamp::from_millisecond(now.as_millis()).unwrap_or_default().to_zoned(zone).date();
    let from = HalfDay::morning(today.checked_sub(TELL_DAYS.days()).unwrap_or(today));
    let mut tx = app.store.write().await?;
    let mut due = absences::to_tell(&mut tx, from, now.minus(TELL_AFTER)).await?;
    if due.len() as i64 >= MAILS_OF_ABSENCES_MAX {
        // Of the last pupil some relatives may be missing; they come first the next time.
        let last = due.last().map(|one| (one.pupil_id, one.half_day));
        due.retain(|one| Some((one.pupil_id, one.half_day)) != last);
    }
    for one in &due {
        absences::told(&mut tx, one.pupil_id, one.half_day, now).await?;
        tell(app, &mut tx, one).await?;
    }
    tx.commit().await?;
    Ok(due.len() as u64)
}

async fn tell(app: &App, conn: &mut Conn, one: &ToTell) -> Result<(), StoreError> {
    let now = app.now();
    let once = format!("absence/{}/{}/{}", one.pupil_id, one.half_day, one.relative_id);
    let link = format!("/people/{}/attendance", one.pupil_id);
    let day = one.half_day.day.to_string();
    let notice = NewNotice {
        id: NoticeId::new(now, &mut SystemRng),
        person: one.relative_id,
        kind: match one.half_day.half {
            Half::Morning => "absence-morning",
            Half::Afternoon => "absence-afternoon",
        },
        arguments: &[("pupil", one.pupil.reveal()), ("on_day", &day)],
        link: &link,
        once: &once,
    };
    notices::tell(conn, &notice, now).await?;
    // Without a mail server nothing is queued, lest old news go out on the day when there is one.
    let sends = app.mailer.is_some() || app.demo;
    let Some(address) = one.email.as_deref().filter(|_| sends) else { return Ok(()) };
    let lang = one.locale.as_deref().and_then(Lang::from_tag).unwrap_or(Lang::Fr);
    let (subject, body) = letter(one, lang, app.public_origin.as_deref(), &link);
    let mail = NewMail {
        id: MailId::new(now, &mut SystemRng),
        once: &once,
        person: Some(one.relative_id),
        kind: ABSENCE,
        address,
        subject: &subject,
        body: &body,
        not_before: now,
    };
    outbox::post(conn, &mail, now).await?;
    Ok(())
}

fn letter(one: &ToTell, lang: Lang, origin: Option<&str>, link: &str) -> (String, String) {
    let text = |key: &str, args: FluentArgs<'_>| texts::text(lang, Voice::Vous, key, args);
    let half = match one.half_day.half {
        Half::Morning => "half-morning",
        Half::Afternoon => "half-afternoon",
    };
    let args = || {
        let link = origin.map_or_else(|| text("mail-absence-sign-in", FluentArgs::new()), |at| format!("{at}{link}"));
        let mut args = FluentArgs::new();
        args.set("pupil", one.pupil.reveal().clone());
        args.set("school", one.school.clone());
        args.set("half", text(half, FluentArgs::new()));
        args.set("day", day_in(lang, one.half_day.day));
        args.set("link", link);
        args
    };
    (text("mail-absence-subject", args()), text("mail-absence-text", args()))
}
