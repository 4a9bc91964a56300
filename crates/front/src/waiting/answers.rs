use super::refusals::{Fixed, Refusals};
use super::view::{refresh, sentence, waiting};
use super::{Lang, files};
use askama::Template as _;
use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use jiff::tz::TimeZone;
use preau_base::{Instant, Level};
use preau_gate::waiting::ALGORITHM;
use preau_gate::{Away, Figures, Ticket, Wait};
use serde_json::json;
use std::time::Duration;

/// Everything of these pages comes from the gate itself.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// More than any answer has.
const HEADERS: usize = 12;

/// Makes the gate's answers to people and to scripts.
#[derive(Clone, Debug)]
pub struct WaitingPages {
    pub(super) site: String,
    pub(super) sign_in: String,
    /// The page that browsers may have of their own.
    pub(super) kept: Option<String>,
    pub(super) zone: TimeZone,
    /// Addresses of style and script, with a mark of their contents.
    pub(super) style: String,
    pub(super) script: String,
    refusals: Refusals,
}

/// What somebody is shown.
#[derive(Clone, Debug)]
pub enum Screen<'a> {
    Wait(WaitScreen<'a>),
    Away {
        why: Away,
        again: Duration,
    },
    SignInAgain,
    /// Admitted, and nobody could answer in time: a request that was held too long, an application that is gone.
    Moment {
        again: Duration,
    },
}

/// The waiting page.
#[derive(Clone, Debug)]
pub struct WaitScreen<'a> {
    pub wait: &'a Wait,
    /// The ticket that the browser has after this answer: the one of `wait`, else the one that it showed. None where
    /// there was none to give.
    pub ticket: Option<Ticket>,
    pub figures: &'a Figures,
    /// Shown only to whoever has a pass.
    pub lesson: Option<LessonLine<'a>>,
}

/// The lesson that somebody with a pass waits for.
#[derive(Clone, Copy, Debug)]
pub struct LessonLine<'a> {
    /// The subject, where the gate knows it.
    pub title: Option<&'a str>,
    pub starts: Instant,
    /// The teacher's page shows that this pupil waits.
    pub teacher_told: bool,
}

/// What a page has to know of the request.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub lang: Lang,
    pub now: Instant,
    /// A form was sent: it has not been carried out, and its address may be one that cannot be fetched again.
    pub form: bool,
    /// The browser has the kept page, with something in it.
    pub kept: bool,
    /// The level of the ladder that is in force.
    pub level: Level,
    /// The operator's sentence.
    pub note: Option<&'a str>,
}

impl WaitingPages {
    /// `site` is what people call the service; `sign_in` the path of its sign-in page, `kept` of the page that browsers may
    /// have of their own; times are said in `zone`.
    pub fn new(site: &str, sign_in: &str, kept: Option<&str>, zone: TimeZone) -> Self {
        let [style, script] = files().each_ref().map(|file| {
            let mark = digest(&SHA256, &file.body);
            let mark: String = mark.as_ref().iter().take(4).map(|byte| format!("{byte:02x}")).collect();
            format!("{}?v={mark}", file.path)
        });
        let mut pages = Self {
            site: site.to_owned(),
            sign_in: sign_in.to_owned(),
            kept: kept.map(str::to_owned),
            zone,
            style,
            script,
            refusals: Refusals::default(),
        };
        // Without them, as the template can only fail for want of memory, a refusal is a sentence.
        pages.refusals = Refusals::new(&pages).unwrap_or_default();
        pages
    }

    /// The answer to somebody who looks at it.
    pub fn page(&self, screen: &Screen<'_>, asked: &Asked<'_>) -> Response<Bytes> {
        let refusal = |fixed| self.refusals.get(fixed, asked);
        let body = match screen {
            Screen::Wait(screen) => waiting(self, screen, asked).render().ok().map(Bytes::from),
            Screen::Away { why, .. } => refusal(Fixed::Away(*why)),
            Screen::SignInAgain => refusal(Fixed::SignInAgain),
            Screen::Moment { .. } => refusal(Fixed::Moment),
        };
        let body = body.unwrap_or_else(|| Bytes::from_static(sentence(screen, asked.lang).as_bytes()));
        let mut response = answer(screen, asked, "text/html; charset=utf-8", body);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        if let Some(value) = screen.again().and_then(|again| HeaderValue::try_from(refresh(again, asked.form)).ok()) {
            headers.insert(header::REFRESH, value);
        }
        response
    }

    /// The kept page of whoever has it.
    pub(super) fn kept_of(&self, asked: &Asked<'_>) -> Option<&str> {
        self.kept.as_deref().filter(|_| asked.kept)
    }

    /// The answer to a script: the same in JSON.
    pub fn call(&self, screen: &Screen<'_>, asked: &Asked<'_>) -> Response<Bytes> {
        let retry_after_s = screen.again().map(seconds);
        let message = sentence(screen, asked.lang);
        let body = match screen {
            Screen::Wait(WaitScreen { wait, .. }) => json!({
                "error": "waiting",
                "why": wait.reason,
                "message": message,
                "retry_after_s": retry_after_s,
                "ahead": wait.place.map(|place| place.ahead),
                "about_s": wait.estimate.map(|estimate| estimate.about.as_secs()),
                "at_most_s": wait.estimate.map(|estimate| estimate.at_most.as_secs()),
                "opens": wait.opens,
            }),
            Screen::Away { why, .. } => {
                json!({ "error": "turned_away", "why": why, "message": message, "retry_after_s": retry_after_s })
            }
            Screen::SignInAgain => json!({ "error": "sign_in_again", "message": message }),
            Screen::Moment { .. } => json!({ "error": "busy", "message": message, "retry_after_s": retry_after_s }),
        };
        answer(screen, asked, "application/json", Bytes::from(body.to_string()))
    }
}

impl Screen<'_> {
    /// 503 for whoever comes in later, 429 for who asks too much, 401 and 403 for who has to do something first.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Wait(_) | Self::Moment { .. } | Self::Away { why: Away::Busy, .. } => StatusCode::SERVICE_UNAVAILABLE,
            Self::Away { why: Away::Budget | Away::Signature, .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Away { why: Away::Blocked | Away::NoPass, .. } => StatusCode::FORBIDDEN,
            Self::SignInAgain => StatusCode::UNAUTHORIZED,
        }
    }

    /// After which time to ask again, where that helps.
    pub fn again(&self) -> Option<Duration> {
        match self {
            Self::Wait(screen) => Some(screen.wait.again),
            Self::Away { why: Away::Blocked | Away::NoPass, .. } | Self::SignInAgain => None,
            Self::Away { again, .. } | Self::Moment { again } => Some(*again),
        }
    }
}

fn answer(screen: &Screen<'_>, asked: &Asked<'_>, content_type: &'static str, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = screen.status();
    let headers = response.headers_mut();
    headers.reserve(HEADERS);
    for (name, value) in [
        (header::CONTENT_TYPE, content_type),
        (header::CONTENT_LANGUAGE, asked.lang.as_str()),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Some(again) = screen.again() {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds(again)));
    }
    response
}

/// Whole seconds, at least one.
fn seconds(wait: Duration) -> u64 {
    wait.as_secs().max(1)
}

/// The body of `/_gate/queue.json`.
pub fn queue(figures: &Figures) -> Bytes {
    Bytes::from(serde_json::to_string(figures).unwrap_or_default())
}

/// The body of `/_gate/draw.json`: all that it takes to recheck the draw.
pub fn draw(figures: &Figures) -> Bytes {
    let body = json!({
        "room": figures.room.to_string(),
        "algorithm": ALGORITHM,
        "seed_hash": figures.seed_hash,
        "seed": figures.seed,
        "drawn": figures.drawn,
        "opens": figures.opens,
    });
    Bytes::from(body.to_string())
}
