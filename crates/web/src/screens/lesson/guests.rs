//! Guests of one lesson: its teacher invites them by name, sees who has come, and takes an invitation back.

use super::{Shown, show};
use crate::forms::{Check, Choice, Faults, Field, FormPage, Kind};
use crate::ids::{Id, Ids};
use crate::limits::{GUEST_NAME_CHARS_MAX, INVITATION_LIFE_SHORT};
use crate::texts::{self, Voice};
use crate::{Answer, Fields, Member, Page, PageError};
use askama::Template;
use fluent_bundle::FluentArgs;
use http::StatusCode;
use preau_base::{Instant, LessonId, PersonId, Pii, SystemRng};
use preau_gate::LinkToken;
use preau_identity::Mail;
use preau_school::{Act, LessonFacts};
use preau_store::audit::{self, Entry};
use preau_store::guests::{self, Guest, NewGuest};
use preau_store::lessons::Lesson;
use preau_store::{Conn, StoreError, lessons};

#[derive(Template)]
#[template(path = "lesson/guests.html")]
struct GuestsPage<'a> {
    page: &'a Page,
    id: LessonId,
    facts: &'a Shown,
    rows: Vec<Row>,
    /// The link that was just made, and whose it is; it is shown once.
    made: Option<Made>,
    /// None where nobody may be invited any more.
    fields: Option<Vec<Field>>,
    is_faulty: bool,
    /// Whether a link can be sent.
    mails: bool,
}

struct Row {
    person: PersonId,
    name: String,
    email: Option<String>,
    state: String,
    stands: bool,
}

struct Made {
    name: String,
    link: String,
    mailed: Option<String>,
}

/// Who asks, for a lesson of theirs.
async fn read(member: &Member, conn: &mut Conn, id: LessonId) -> Result<(Lesson, LessonFacts), PageError> {
    let facts = lessons::facts(conn, id).await?.ok_or(PageError::NotFound)?;
    member.may(Act::PrepareLesson(&facts))?;
    let lesson = lessons::by_id(conn, id).await?.ok_or(PageError::NotFound)?;
    Ok((lesson, facts))
}

/// `GET /lessons/{id}/guests`.
pub(crate) async fn list(member: Member, Id(id): Id<LessonId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let (lesson, facts) = read(&member, &mut conn, id).await?;
    let invited = guests::of_lesson(&mut conn, id).await?;
    answer(&member, lesson, &facts, invited, (None, &Fields::default(), Faults::default()))
}

fn answer(
    member: &Member,
    lesson: Lesson,
    facts: &LessonFacts,
    invited: Vec<Guest>,
    (made, sent, faults): (Option<Made>, &Fields, Faults),
) -> Answer {
    let mails = member.app().mailer.is_some();
    let may_invite = member.can(Act::InviteGuest(facts));
    let mut form = form(member, sent, mails);
    let status = form.mark(faults);
    let is_faulty = form.is_faulty();
    let fields = may_invite.then_some(form.fields);
    let rows = invited.into_iter().map(|guest| row(member, guest)).collect();
    let shown = show(member, lesson);
    let page = GuestsPage { page: &member.page, id: facts.id, facts: &shown, rows, made, fields, is_faulty, mails };
    member.html_as(if is_faulty { status } else { StatusCode::OK }, &page)
}

fn row(member: &Member, guest: Guest) -> Row {
    let state = if guest.revoked_at.is_some() {
        member.t("guests-state-revoked")
    } else if let Some(at) = guest.entered_at {
        member.t1("guests-state-entered", "moment", member.moment(Instant::from_millis(at)))
    } else if guest.is_open(member.now()) {
        member.t1("guests-state-open", "moment", member.moment(guest.expires_at()))
    } else {
        member.t("guests-state-expired")
    };
    let stands = guest.revoked_at.is_none();
    Row { person: guest.person_id, name: guest.name.reveal().clone(), email: guest.email, state, stands }
}

fn form<'a>(member: &'a Member, sent: &Fields, mails: bool) -> FormPage<'a> {
    let page = &member.page;
    let mut form = FormPage::new(page, String::new(), String::new(), String::new());
    let name = form.field(sent, "name", "guests-name", Kind::Input("text"));
    (name.required, name.chars_max, name.help) = (true, GUEST_NAME_CHARS_MAX, Some(page.t("guests-name-help")));
    let email = form.field(sent, "email", "guests-email", Kind::Input("email"));
    email.help = Some(page.t(if mails { "guests-email-help" } else { "guests-email-none" }));
    let life = |value: &str| Choice { value: value.to_owned(), label: page.t(&format!("guests-until-{value}")) };
    form.field(sent, "until", "guests-until", Kind::Select(vec![life("lesson"), life("day")])).required = true;
    form
}

/// `POST /lessons/{id}/guests`: makes an invitation, whose link is shown once and sent when there is an address.
pub(crate) async fn invite(member: Member, Id(id): Id<LessonId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    let (lesson, facts) = read(&member, &mut tx, id).await?;
    member.may(Act::InviteGuest(&facts))?;
    let mut check = Check::new(&member.page, &sent);
    let name = check.needed("name", GUEST_NAME_CHARS_MAX);
    let email = check.email("email");
    if !check.is_good() {
        let faults = check.faults();
        let invited = guests::of_lesson(&mut tx, id).await?;
        return answer(&member, lesson, &facts, invited, (None, &sent, faults));
    }
    let until = (sent.raw("until") == "day").then(|| member.now().plus(INVITATION_LIFE_SHORT));
    let token = LinkToken::draw(&mut SystemRng);
    let digest = token.digest(&member.app().keys());
    let guest = NewGuest {
        lesson: id,
        person: PersonId::new(member.now(), &mut SystemRng),
        name: &name,
        email: email.as_deref(),
        invited_by: member.id(),
        secret_hash: digest.as_bytes(),
        until,
    };
    match guests::invite(&mut tx, &guest, member.now()).await {
        Ok(()) => {}
        Err(StoreError::Limit { .. }) => {
            return Ok(member.see_other_saying(&format!("/lessons/{id}/guests"), "notice-guests-full"));
        }
        Err(error) => return Err(error.into()),
    }
    note(&member, &mut tx, "guest.invite", guest.person, &facts).await?;
    let invited = guests::of_lesson(&mut tx, id).await?;
    tx.commit().await?;
    let link = Pii::new(format!("{}/guest/{}", member.origin(), token.to_text().reveal()));
    let mailed = email.filter(|to| mail(&member, &lesson, &name, to, &link));
    let made = Made { name, link: link.reveal().clone(), mailed };
    answer(&member, lesson, &facts, invited, (Some(made), &Fields::default(), Faults::default()))
}

/// The mail itself has the link, so it never waits in the store. `false`: it was not sent.
fn mail(member: &Member, lesson: &Lesson, name: &str, to: &str, link: &Pii<String>) -> bool {
    let Some(mailer) = member.app().mailer.clone() else { return false };
    let subject = member.t1("mail-guest-subject", "lesson", lesson.subject_name.as_str());
    let mut args = FluentArgs::new();
    args.set("name", name.to_owned());
    args.set("inviter", member.person.full_name());
    args.set("lesson", lesson.subject_name.clone());
    args.set("school", member.place.clone().unwrap_or_default());
    args.set("moment", member.moment(lesson.starts_at));
    args.set("link", link.reveal().clone());
    let mail = Mail {
        to: Pii::new(to.to_owned()),
        subject: Pii::new(subject),
        text: Pii::new(texts::text(member.lang(), Voice::Vous, "mail-guest-text", args)),
    };
    match mailer.send(mail, member.now(), &mut SystemRng) {
        Ok(()) => true,
        Err(refusal) => {
            tracing::warn!(%refusal, lesson = %lesson.id, "an invitation was not sent");
            false
        }
    }
}

/// `POST /lessons/{id}/guests/{guest}/revoke`: whoever is in already is out.
pub(crate) async fn revoke(member: Member, Ids(id, guest): Ids<LessonId, PersonId>) -> Answer {
    let mut tx = member.app().store.write().await?;
    let (_, facts) = read(&member, &mut tx, id).await?;
    if !guests::revoke(&mut tx, id, guest, member.now()).await? {
        return Err(PageError::NotFound);
    }
    note(&member, &mut tx, "guest.revoke", guest, &facts).await?;
    tx.commit().await?;
    (member.app().on_prepared)(id);
    Ok(member.see_other_saying(&format!("/lessons/{id}/guests"), "notice-guest-revoked"))
}

async fn note(
    member: &Member,
    conn: &mut Conn,
    action: &'static str,
    guest: PersonId,
    facts: &LessonFacts,
) -> Result<(), StoreError> {
    let (target, detail) = (guest.to_string(), facts.id.to_string());
    let entry =
        Entry { actor: Some(member.id()), action, target: &target, school: Some(facts.school), detail: &detail };
    audit::append(conn, &entry, member.now()).await
}
