//! Somebody invited into one lesson: what the link says, using it up, and the door of that lesson. Looking changes nothing.
//!
//! The browser that has used the link keeps a pass of its own kind. No other page reads it: [`Guest`] is the only way to be
//! known by it, and gives no [`crate::Member`].

use crate::cookies::Cookie;
use crate::errors::PageError;
use crate::screens::lesson::{self, Coming, Shown};
use crate::screens::reports::make;
use crate::{Answer, Fields, Page};
use askama::Template;
use axum::Json;
use axum::extract::{FromRequestParts, Path};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::request::Parts;
use preau_base::{Instant, LessonId, PersonId, SessionId, SystemRng};
use preau_gate::{GuestPass, JoinRole, JoinToken, LinkToken, Permission};
use preau_school::rights::guest_comes;
use preau_school::{LessonFacts, Refusal, Why};
use preau_store::guests::{self, Guest as Invited};
use preau_store::lessons::{self, Lesson};
use preau_store::{Conn, StoreError, schools, visits};
use std::time::Duration;

/// A lesson is prolonged by this much at the most; the pass outlives that, and the lesson's own end counts.
const PROLONGED_MAX: Duration = Duration::from_secs(3 * 3_600);

/// A browser with the pass of a guest, whose invitation stands: for its lesson alone.
pub(crate) struct Guest {
    pub page: Page,
    /// Good for as long as the lesson is now.
    pub pass: GuestPass,
    /// The browser's own says another end: its lesson was moved since.
    is_stale: bool,
}

/// Until when somebody who has used the link comes and goes.
fn pass_expires(invited: &Invited) -> Instant {
    invited.lesson_ends_at().plus(PROLONGED_MAX)
}

impl FromRequestParts<crate::App> for Guest {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &crate::App) -> Result<Self, PageError> {
        let page = Page::from_request_parts(parts, app).await?;
        let text = Cookie::Guest.read(&parts.headers, page.secure()).ok_or(PageError::NotInvited)?;
        // The end in it is for the gate, which asks no store: here the lesson as it stands now says the end.
        let pass = GuestPass::read(text, &app.keys()).map_err(|_| PageError::NotInvited)?;
        let mut conn = app.store.read().await?;
        let invited = guests::of_person(&mut conn, pass.lesson, pass.person).await?;
        let invited = invited.filter(|invited| invited.entered_as(pass.session)).ok_or(PageError::NotInvited)?;
        let expires = pass_expires(&invited);
        if page.now() >= expires {
            return Err(PageError::NotInvited);
        }
        let is_stale = expires != pass.expires;
        Ok(Self { page, pass: GuestPass { expires, ..pass }, is_stale })
    }
}

#[derive(Template)]
#[template(path = "guest/invitation.html")]
struct InvitationPage<'a> {
    page: &'a Page,
    facts: &'a Shown,
    who: String,
    school: &'a str,
    state: State,
    /// What is said when the link opens nothing now.
    what: String,
}

#[derive(PartialEq, Eq)]
enum State {
    /// May be used now.
    Open,
    /// This browser has used it.
    Mine,
    Shut,
}

/// What a link leads to.
struct Led {
    invited: Invited,
    lesson: Lesson,
    facts: LessonFacts,
    school: String,
}

async fn follow(page: &Page, conn: &mut Conn, token: &LinkToken) -> Result<Option<Led>, StoreError> {
    let digest = token.digest(&page.app().keys());
    let Some(invited) = guests::by_secret(conn, digest.as_bytes()).await? else { return Ok(None) };
    let Some(lesson) = lessons::by_id(conn, invited.lesson_id).await? else { return Ok(None) };
    let Some(facts) = lessons::facts(conn, invited.lesson_id).await? else { return Ok(None) };
    let school = schools::by_id(conn, facts.school).await?.map(|school| school.name).unwrap_or_default();
    Ok(Some(Led { invited, lesson, facts, school }))
}

/// A link that leads nowhere is a try, as a wrong code is: whoever guesses is slowed down.
async fn led(page: &Page, secret: &str) -> Result<(LinkToken, Led), PageError> {
    let address = page.client().address;
    if let Permission::WaitUntil(at) = page.app().budgets().ask_address(address, 1, page.now()) {
        return Err(PageError::TooMany { retry: at.since(page.now()) });
    }
    let mut conn = page.app().store.read().await?;
    let found = match LinkToken::parse(secret) {
        Some(token) => follow(page, &mut conn, &token).await?.map(|led| (token, led)),
        None => None,
    };
    found.ok_or_else(|| {
        page.app().budgets().charge_address(address, 1, page.now());
        PageError::NotFound
    })
}

fn invitation(page: &Page, led: Led, pass: Option<GuestPass>) -> Answer {
    let Led { invited, lesson, facts, school } = led;
    let refused = guest_comes(&facts, page.now()).err();
    let is_mine = pass.is_some_and(|pass| pass.person == invited.person_id && invited.entered_as(pass.session));
    let (state, what) = if invited.revoked_at.is_some() {
        (State::Shut, page.t("guest-revoked"))
    } else if let Some(Refusal::Forbidden(why)) = refused {
        (State::Shut, page.t(lesson_word(why)))
    } else if is_mine {
        (State::Mine, String::new())
    } else if invited.entered_at.is_some() {
        (State::Shut, page.t("guest-used"))
    } else if !invited.is_open(page.now()) {
        (State::Shut, page.t("guest-expired"))
    } else {
        (State::Open, String::new())
    };
    let status = if state == State::Shut && !matches!(refused, Some(Refusal::Forbidden(Why::TooEarly))) {
        StatusCode::GONE
    } else {
        StatusCode::OK
    };
    let facts = lesson::show(page, lesson);
    let who = page.t2("guest-who", ("guest", invited.name.reveal()), ("inviter", &invited.invited_by));
    page.html_as(status, &InvitationPage { page, facts: &facts, who, school: &school, state, what })
}

const fn lesson_word(why: Why) -> &'static str {
    match why {
        Why::TooEarly => "guest-too-early",
        Why::Cancelled => "guest-cancelled",
        _ => "guest-over",
    }
}

/// The pass that a browser shows, whatever it is still good for.
fn shown(page: &Page, headers: &http::HeaderMap) -> Option<GuestPass> {
    let text = Cookie::Guest.read(headers, page.secure())?;
    GuestPass::read(text, &page.app().keys()).ok()
}

/// `GET /guest/{secret}`: who invites, to what, and when. Programs that look at links in mails use nothing up.
pub(crate) async fn look(page: Page, Path(secret): Path<String>, headers: http::HeaderMap) -> Answer {
    let (_, led) = led(&page, &secret).await?;
    let pass = shown(&page, &headers);
    invitation(&page, led, pass)
}

/// `POST /guest/{secret}`: this browser is the guest's from now on.
pub(crate) async fn enter(page: Page, Path(secret): Path<String>, headers: http::HeaderMap) -> Answer {
    let (token, led) = led(&page, &secret).await?;
    let now = page.now();
    let pass = shown(&page, &headers);
    if pass.is_some_and(|pass| pass.person == led.invited.person_id && led.invited.entered_as(pass.session)) {
        return Ok(page.see_other("/guest"));
    }
    if guest_comes(&led.facts, now).is_err() || !led.invited.is_open(now) {
        return invitation(&page, led, pass);
    }
    let pass = GuestPass {
        person: led.invited.person_id,
        session: SessionId::new(now, &mut SystemRng),
        lesson: led.facts.id,
        issued: now,
        expires: pass_expires(&led.invited),
    };
    let digest = token.digest(&page.app().keys());
    let mut tx = page.app().store.write().await?;
    if !guests::enter(&mut tx, digest.as_bytes(), pass.session, now).await? {
        // Another browser was faster, or the invitation was taken back at this moment.
        drop(tx);
        let (_, led) = self::led(&page, &secret).await?;
        return invitation(&page, led, None);
    }
    tx.commit().await?;
    (page.app().on_prepared)(pass.lesson);
    let mut response = page.see_other("/guest");
    hand_out(&page, &pass, &mut response);
    Ok(response)
}

fn hand_out(page: &Page, pass: &GuestPass, response: &mut Response) {
    page.set_cookie(response, Cookie::Guest, &pass.seal(&page.app().keys()), None);
}

/// `GET /guest`: the door of the one lesson. A browser that was here before the lesson was moved gets its pass anew.
pub(crate) async fn door(guest: Guest) -> Answer {
    let mut response = door_of(&guest.page, &guest.pass).await?;
    if guest.is_stale {
        hand_out(&guest.page, &guest.pass, &mut response);
    }
    Ok(response)
}

async fn door_of(page: &Page, pass: &GuestPass) -> Answer {
    let (lesson, facts) = read(page, pass.lesson).await?;
    let shown = lesson::show(page, lesson);
    if let Err(Refusal::Forbidden(why)) = guest_comes(&facts, page.now()) {
        return lesson::shut_for(page, &shown, why);
    }
    if is_removed(page, pass.lesson, pass.person).await? {
        return lesson::shut(page, &shown, "removed");
    }
    lesson::door_page(page, &facts, &shown, Coming::Guest, (None, Vec::new())).await
}

/// `POST /guest/token`: for the WebSocket's first message.
pub(crate) async fn token(guest: Guest) -> Answer {
    let Guest { page, pass, .. } = guest;
    let (_, facts) = read(&page, pass.lesson).await?;
    guest_comes(&facts, page.now())?;
    if is_removed(&page, pass.lesson, pass.person).await? {
        return Err(PageError::Removed);
    }
    let token = JoinToken::new(pass.person, pass.lesson, JoinRole::Guest, pass.session, page.now(), &mut SystemRng);
    Ok(Json(lesson::Entry::new(&token, &page)).into_response())
}

/// `POST /guest/report`: what a guest tells school life of the lesson.
pub(crate) async fn report(guest: Guest, sent: Fields) -> Answer {
    make::by_guest(&guest.page, &guest.pass, &sent).await
}

async fn read(page: &Page, id: LessonId) -> Result<(Lesson, LessonFacts), PageError> {
    let mut conn = page.app().store.read().await?;
    let facts = lessons::facts(&mut conn, id).await?.ok_or(PageError::NotFound)?;
    let lesson = lessons::by_id(&mut conn, id).await?.ok_or(PageError::NotFound)?;
    Ok((lesson, facts))
}

async fn is_removed(page: &Page, lesson: LessonId, person: PersonId) -> Result<bool, PageError> {
    let mut conn = page.app().store.read().await?;
    Ok(visits::removed(&mut conn, lesson).await?.contains(&person))
}
