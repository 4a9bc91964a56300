//! Telling those concerned that a lesson was changed.

use crate::lang::Lang;
use crate::texts::{self, Voice};
use crate::times::{clock_in, day_in};
use crate::{Member, Page, PageError};
use fluent_bundle::FluentArgs;
use preau_base::{Instant, LessonId, MailId, NoticeId, PersonId, SystemRng};
use preau_store::lessons::{Concerned, Lesson};
use preau_store::notices::{self, NewNotice};
use preau_store::outbox::{self, NewMail};
use preau_store::{Conn, lessons};

/// What happened to a lesson; the texts are `told-lesson-…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    Moved,
    Changed,
    Replaced,
    Cancelled,
    Restored,
    /// It can be joined from home.
    AtDistance,
}

impl Told {
    const fn kind(self) -> &'static str {
        match self {
            Self::Moved => "lesson-moved",
            Self::Changed => "lesson-changed",
            Self::Replaced => "lesson-replaced",
            Self::Cancelled => "lesson-cancelled",
            Self::Restored => "lesson-restored",
            Self::AtDistance => "lesson-at-distance",
        }
    }
}

/// What a change of a lesson is for its people: the most telling of what differs, if anything does.
pub(crate) fn difference(before: &Lesson, after: &Lesson) -> Option<Told> {
    if (before.starts_at, before.ends_at) != (after.starts_at, after.ends_at) {
        Some(Told::Moved)
    } else if before.teachers != after.teachers {
        Some(Told::Replaced)
    } else if (&before.room, &before.subject_name, &before.groups) != (&after.room, &after.subject_name, &after.groups)
    {
        Some(Told::Changed)
    } else {
        None
    }
}

/// Tells the pupils, their relatives and the teachers of a lesson, those of before too, but for whoever did it: in the
/// list of each, and by mail. Lessons that are over are no news.
pub(crate) async fn tell(
    member: &Member,
    conn: &mut Conn,
    id: LessonId,
    told: Told,
    before: &[PersonId],
) -> Result<(), PageError> {
    let Some(lesson) = lessons::by_id(conn, id).await? else { return Ok(()) };
    let (was, now) = (lesson.moved_from().map_or(lesson.ends_at, |(_, end)| end), member.now());
    if lesson.ends_at.max(was) <= now {
        return Ok(());
    }
    let mut people = lessons::people_of(conn, id).await?;
    for teacher in before.iter().filter(|teacher| people.iter().all(|one| one.id != **teacher)).collect::<Vec<_>>() {
        people.push(Concerned { id: *teacher, email: None, locale: None });
    }
    people.retain(|person| person.id != member.id());
    let at = lesson.starts_at.as_millis().to_string();
    let was_at = lesson.moved_from().map_or(lesson.starts_at, |(from, _)| from).as_millis().to_string();
    let arguments = [
        ("subject", lesson.subject_name.as_str()),
        ("groups", lesson.groups.as_str()),
        ("teachers", lesson.teachers.as_str()),
        ("room", lesson.room.as_str()),
        ("note", lesson.note.as_str()),
        ("start_at", at.as_str()),
        ("was_at", was_at.as_str()),
    ];
    // Each change is told once; a lesson that changes again is told again.
    let once = format!("{}-{id}-{}", told.kind(), lesson.sequence);
    for person in &people {
        let notice = NewNotice {
            id: NoticeId::new(now, &mut SystemRng),
            person: person.id,
            kind: told.kind(),
            arguments: &arguments,
            link: "",
            once: &once,
        };
        notices::tell(conn, &notice, now).await?;
        mail(member, conn, person, &lesson, (told, &once)).await?;
    }
    Ok(())
}

/// The same sentence by mail, in the language of whoever gets it.
async fn mail(
    member: &Member,
    conn: &mut Conn,
    to: &Concerned,
    lesson: &Lesson,
    (told, once): (Told, &str),
) -> Result<(), PageError> {
    let app = member.app();
    // Without a mail server nothing is queued, lest old news go out on the day when there is one.
    let sends = app.mailer.is_some() || app.demo;
    let Some(address) = to.email.as_deref().filter(|_| sends) else { return Ok(()) };
    let lang = to.locale.as_deref().and_then(Lang::from_tag).unwrap_or(Lang::Fr);
    let text = |key: &str| {
        let was = lesson.moved_from().map_or(lesson.starts_at, |(from, _)| from);
        let mut args = FluentArgs::new();
        args.set("subject", lesson.subject_name.clone());
        args.set("groups", lesson.groups.clone());
        args.set("teachers", lesson.teachers.clone());
        args.set("room", lesson.room.clone());
        args.set("note", lesson.note.clone());
        args.set("start_at", when(member, lang, lesson.starts_at));
        args.set("was_at", when(member, lang, was));
        args.set("school", member.place.clone().unwrap_or_else(|| app.instance_name.clone()));
        texts::text(lang, Voice::Vous, key, args)
    };
    let body = format!("{}\n\n{}\n", text(&format!("told-{}", told.kind())).trim_end(), text("mail-lesson-foot"));
    let mail = NewMail {
        id: MailId::new(member.now(), &mut SystemRng),
        once: &format!("{once}-{}", to.id),
        person: Some(to.id),
        kind: "lesson",
        address,
        subject: &text("mail-lesson-subject"),
        body: &body,
        not_before: member.now(),
    };
    outbox::post(conn, &mail, member.now()).await?;
    Ok(())
}

/// `lundi 23 novembre, 9 h 05`.
fn when(page: &Page, lang: Lang, at: Instant) -> String {
    let at = page.zoned(at);
    format!("{}, {}", day_in(lang, at.date()), clock_in(lang, at.time()))
}
