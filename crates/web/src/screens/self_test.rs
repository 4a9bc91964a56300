//! The self-test: what this device and this line can do, in words, and what to do about what does not work.

mod results;

use crate::ids::Id;
use crate::limits::{SELF_TEST_DOWN_BYTES_MAX, SELF_TESTS_PER_DAY_MAX, SELF_TESTS_RETRY};
use crate::media_test::MediaTestRefused;
use crate::paging::Paging;
use crate::relay_access::RelayAccess;
use crate::screens::place;
use crate::{Answer, Fields, Member, Page, PageError};
use askama::Template;
use axum::Json;
use axum::response::IntoResponse as _;
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use preau_base::{PersonId, Rng as _, SchoolId, SelfTestId, SystemRng};
use preau_gate::budget::Permission;
use preau_school::{Act, SafetyAct};
use preau_store::limits::PAGE_ROWS_MAX;
use preau_store::self_tests::{self, NewSelfTest};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);
/// The name of a browser, as it is listed.
const BROWSER_CHARS_MAX: usize = 160;

#[derive(Template)]
#[template(path = "safety/self_test.html")]
struct TestPage<'a> {
    page: &'a Page,
    /// There is a school life to send the result to.
    sends: bool,
    whats: &'static [&'static str],
    script_texts: &'static [&'static str],
}

#[derive(Template)]
#[template(path = "safety/self_tests.html")]
struct ListPage<'a> {
    page: &'a Page,
    school: SchoolId,
    rows: Vec<Row>,
    paging: Paging,
}

struct Row {
    person: PersonId,
    name: String,
    when: String,
    browser: String,
    lines: Vec<results::Shown>,
}

#[derive(serde::Serialize)]
struct Sdp {
    sdp: String,
    /// For a later offer, by the relay.
    #[serde(skip_serializing_if = "Option::is_none")]
    relay: Option<RelayAccess>,
}

#[derive(serde::Serialize)]
struct Done {
    done: bool,
}

/// `GET /self-test`.
pub(crate) async fn show(member: Member) -> Answer {
    let page = &member.page;
    page.html(&TestPage {
        page,
        sends: school_of(&member).is_some(),
        whats: results::WHATS,
        script_texts: results::SCRIPT_TEXTS,
    })
}

/// `GET /self-test/down?bytes=…`: bytes that no line can make smaller, to measure what comes down.
pub(crate) async fn down(member: Member, asked: Fields) -> Answer {
    let bytes = asked.raw("bytes").parse::<usize>().unwrap_or(0).min(SELF_TEST_DOWN_BYTES_MAX);
    if bytes > 0 {
        spend(&member)?;
    }
    let mut body = vec![0; bytes];
    SystemRng.fill(&mut body);
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `POST /self-test/up`: takes bytes, to measure what goes up.
pub(crate) async fn up(member: Member, _: Bytes) -> Answer {
    spend(&member)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `POST /self-test/media`: the answer to an offer (`sdp`) of the test with the number `run`, for half a minute.
pub(crate) async fn media(member: Member, sent: Fields) -> Answer {
    // A page of before the last update has no number; its tests share one.
    let run = sent.raw("run").parse().unwrap_or_default();
    let answer = (member.app().media_test)(member.id(), run, sent.raw("sdp").to_owned()).await;
    match answer {
        Ok(sdp) => Ok(Json(Sdp { sdp, relay: RelayAccess::of(member.app(), member.id()) }).into_response()),
        Err(MediaTestRefused::Busy) => Err(PageError::Busy { retry: crate::limits::BUSY_RETRY }),
        Err(MediaTestRefused::BadOffer) => Err(PageError::Malformed("sdp")),
        Err(MediaTestRefused::NoMedia) => Err(PageError::NotFound),
    }
}

/// `POST /self-test`: to school life, who can then help.
pub(crate) async fn send(member: Member, sent: Fields) -> Answer {
    let school = school_of(&member).ok_or(PageError::NotFound)?;
    let results = results::read(sent.raw("results")).ok_or(PageError::Malformed("results"))?;
    let mut tx = member.app().store.write().await?;
    if self_tests::sent_since(&mut tx, member.id(), member.now().minus(DAY)).await? >= SELF_TESTS_PER_DAY_MAX {
        return Err(PageError::TooMany { retry: SELF_TESTS_RETRY });
    }
    let browser: String =
        member.user_agent().chars().filter(|letter| !letter.is_control()).take(BROWSER_CHARS_MAX).collect();
    let test = NewSelfTest {
        id: SelfTestId::new(member.now(), &mut SystemRng),
        school,
        person: member.id(),
        browser: &browser,
        results: &results,
    };
    self_tests::add(&mut tx, &test, member.now()).await?;
    tx.commit().await?;
    if member.wants_json() {
        return Ok(Json(Done { done: true }).into_response());
    }
    Ok(member.see_other_saying("/self-test", "notice-self-test-sent"))
}

/// `GET /schools/{id}/self-tests`.
pub(crate) async fn list(mut member: Member, Id(id): Id<SchoolId>, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    place::school(&mut member, &mut conn, id, Act::Safety(SafetyAct::SeeSelfTests(id))).await?;
    let mut paging = Paging::of(&asked, PAGE_ROWS_MAX, format!("/schools/{id}/self-tests"), &[]);
    let mut rows = self_tests::list(&mut conn, id, paging.offset()).await?;
    paging.cut(&mut rows);
    let page = &member.page;
    let row = |row: self_tests::Listed| Row {
        person: row.person_id,
        name: row.name.into_inner(),
        when: page.moment(row.made_at),
        browser: row.browser,
        lines: results::shown(page, &row.results),
    };
    page.html(&ListPage { page, school: id, rows: rows.into_iter().map(row).collect(), paging })
}

/// The school whose school life looks after this person.
fn school_of(member: &Member) -> Option<SchoolId> {
    member.actor.affiliations.first().map(|(school, _)| *school)
}

/// One measure of the line, of a few that each person has.
fn spend(member: &Member) -> Result<(), PageError> {
    let now = member.now();
    match member.app().line_budgets().take(member.id(), 1, now) {
        Permission::Allow => Ok(()),
        Permission::WaitUntil(at) => Err(PageError::TooMany { retry: at.since(now) }),
    }
}
