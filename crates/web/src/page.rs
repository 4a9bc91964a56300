use crate::app::App;
use crate::at_gate::KEPT_PAGE;
use crate::cookies::Cookie;
use crate::errors::PageError;
use crate::lang::Lang;
use crate::limits::{GZIP_BYTES_MIN, NOTICE_LIFE};
use crate::nav::NavItem;
use crate::request::{RequestFacts, is_notice};
use crate::texts::{self, Arg, Voice};
use crate::{Answer, gzip, static_files};
use askama::Template;
use axum::extract::{FromRequestParts, Query};
use axum::response::{IntoResponse, Redirect, Response};
use fluent_bundle::FluentArgs;
use http::request::Parts;
use http::{HeaderValue, StatusCode, Uri, header};
use jiff::tz::TimeZone;
use preau_base::{ClientFacts, Instant, Level, SystemRng};
use preau_gate::csrf::{self, Binding, Visitor};
use preau_gate::{KnownBrowser, Pass};
use std::sync::OnceLock;

/// One answer in the making: who asks, in which language, and what every page shows. Templates have it as `page`.
///
/// As an extractor it lets anybody in and asks no database; [`crate::Member`] is for people who are signed in.
pub struct Page {
    app: App,
    facts: RequestFacts,
    /// Given and family name, once [`crate::Member`] has read them.
    pub name: Option<String>,
    /// The school, as the header shows it.
    pub place: Option<String>,
    pub nav: Vec<NavItem>,
    pub zone: TimeZone,
    csrf: OnceLock<String>,
    new_visitor: OnceLock<Visitor>,
}

impl Page {
    pub(crate) fn new(app: App, facts: RequestFacts) -> Self {
        Self {
            app,
            facts,
            name: None,
            place: None,
            nav: Vec::new(),
            zone: TimeZone::get("Europe/Paris").unwrap_or(TimeZone::UTC),
            csrf: OnceLock::new(),
            new_visitor: OnceLock::new(),
        }
    }

    pub const fn app(&self) -> &App {
        &self.app
    }

    /// The instant of this request; one request has one.
    pub fn now(&self) -> Instant {
        self.facts.now
    }

    pub fn lang(&self) -> Lang {
        self.facts.lang
    }

    /// The other language's tag and name, for the switch.
    pub fn other_lang(&self) -> (&'static str, &'static str) {
        match self.lang() {
            Lang::Fr => ("en", "English"),
            Lang::En => ("fr", "Français"),
        }
    }

    pub fn client(&self) -> ClientFacts {
        self.facts.client
    }

    pub fn pass(&self) -> Option<Pass> {
        self.facts.pass
    }

    pub fn is_signed_in(&self) -> bool {
        self.facts.pass.is_some()
    }

    /// Whom this browser may keep something for, when it may.
    pub fn keeps_for(&self) -> Option<Pass> {
        self.pass().filter(|_| self.app.keeps_offline)
    }

    /// This browser keeps something that somebody has yet to send.
    pub(crate) fn has_unsent(&self) -> bool {
        self.facts.has_unsent
    }

    /// The page on which this browser has a day to read.
    pub(crate) fn kept_page(&self) -> Option<&'static str> {
        (self.app.keeps_offline && self.facts.has_kept_day).then_some(KEPT_PAGE)
    }

    pub(crate) fn known_browser(&self) -> Option<&KnownBrowser> {
        self.facts.known_browser.as_ref()
    }

    pub(crate) fn user_agent(&self) -> &str {
        &self.facts.user_agent
    }

    pub(crate) fn voice(&self) -> Voice {
        self.facts.voice()
    }

    pub(crate) fn wants_json(&self) -> bool {
        self.facts.wants_json
    }

    /// This request may be sent again as it is.
    pub(crate) fn is_get(&self) -> bool {
        self.facts.method == http::Method::GET
    }

    /// Path and query of this request where it can be asked for again, else the home page.
    pub fn here(&self) -> &str {
        if self.is_get() { &self.facts.path } else { "/" }
    }

    /// A field of the query.
    pub fn query(&self, name: &str) -> Option<String> {
        let uri: Uri = self.facts.path.parse().ok()?;
        let Query(fields) = Query::<Vec<(String, String)>>::try_from_uri(&uri).ok()?;
        fields.into_iter().find_map(|(key, value)| (key == name).then_some(value))
    }

    /// Path and query of this request, whatever its method.
    pub(crate) fn path(&self) -> &str {
        &self.facts.path
    }

    pub fn instance_name(&self) -> &str {
        &self.app.instance_name
    }

    pub fn is_demo(&self) -> bool {
        self.app.demo
    }

    /// The path of a static file, with the version in it.
    pub fn asset(&self, name: &str) -> String {
        static_files::path_of(name)
    }

    /// The text of `key`.
    pub fn t(&self, key: &str) -> String {
        texts::text(self.lang(), self.voice(), key, FluentArgs::new())
    }

    /// The text of `key` with one argument.
    pub fn t1(&self, key: &str, name: &str, value: impl Arg) -> String {
        let mut args = FluentArgs::new();
        args.set(name, value.value());
        texts::text(self.lang(), self.voice(), key, args)
    }

    /// The text of `key` with two arguments.
    pub fn t2(&self, key: &str, first: (&str, impl Arg), second: (&str, impl Arg)) -> String {
        let mut args = FluentArgs::new();
        args.set(first.0, first.1.value());
        args.set(second.0, second.1.value());
        texts::text(self.lang(), self.voice(), key, args)
    }

    /// What is turned off for everybody at this moment, where it is.
    pub fn brown_out(&self) -> Option<String> {
        match self.app.level() {
            Level::Full => None,
            Level::Light | Level::Plain | Level::Essential => Some(self.t("level-light")),
            Level::ReadOnly | Level::Waiting => Some(self.t("level-read-only")),
        }
    }

    /// What was done on the page before, said once.
    pub fn notice(&self) -> Option<String> {
        self.facts.notice.as_deref().map(|key| self.t(key))
    }

    /// The value of the hidden field `csrf` that every form with `method="post"` has, and of the header `x-csrf`.
    pub fn csrf(&self) -> &str {
        self.csrf.get_or_init(|| {
            let binding = self
                .facts
                .binding()
                .unwrap_or_else(|| Binding::Visitor(*self.new_visitor.get_or_init(|| Visitor::draw(&mut SystemRng))));
            csrf::token(binding, &self.app.keys(), &mut SystemRng)
        })
    }

    /// Renders a template as the answer, status 200.
    ///
    /// # Errors
    /// [`PageError::Internal`] when the template fails.
    pub fn html(&self, template: &impl Template) -> Answer {
        let html = template.render().map_err(PageError::internal)?;
        let mut response = self.body(html.into_bytes());
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        if let Some(visitor) = self.new_visitor.get() {
            add_cookie(&mut response, Cookie::Visitor.set(&visitor.to_text(), None, self.secure()));
        }
        if self.facts.notice.is_some() {
            add_cookie(&mut response, Cookie::Notice.clear(self.secure()));
        }
        Ok(response)
    }

    /// The same with another status, such as 422 for a form that is shown again.
    ///
    /// # Errors
    /// [`PageError::Internal`] when the template fails.
    pub fn html_as(&self, status: StatusCode, template: &impl Template) -> Answer {
        let mut response = self.html(template)?;
        *response.status_mut() = status;
        Ok(response)
    }

    fn body(&self, bytes: Vec<u8>) -> Response {
        let packed = if self.facts.gzip && bytes.len() >= GZIP_BYTES_MIN { gzip::pack(&bytes) } else { None };
        match packed {
            Some(packed) => {
                ([(header::CONTENT_ENCODING, "gzip"), (header::VARY, "accept-encoding")], packed).into_response()
            }
            None => bytes.into_response(),
        }
    }

    /// After a form was taken: the browser fetches `path` (303).
    pub fn see_other(&self, path: &str) -> Response {
        Redirect::to(path).into_response()
    }

    /// The same, and the page at `path` says the text of `notice` once. Its key starts with `notice-`.
    pub fn see_other_saying(&self, path: &str, notice: &str) -> Response {
        debug_assert!(is_notice(notice), "no such notice: {notice}");
        let mut response = self.see_other(path);
        self.set_cookie(&mut response, Cookie::Notice, notice, Some(NOTICE_LIFE));
        response
    }

    /// Where browsers find these pages, for what is printed: `https://ecole.example`.
    pub(crate) fn origin(&self) -> String {
        let asked = || {
            let scheme = if self.secure() { "https" } else { "http" };
            format!("{scheme}://{}", self.facts.host.as_deref().unwrap_or("localhost"))
        };
        self.app.public_origin.clone().unwrap_or_else(asked)
    }

    pub(crate) fn secure(&self) -> bool {
        self.facts.client.secure
    }

    pub(crate) fn set_cookie(
        &self,
        response: &mut Response,
        cookie: Cookie,
        value: &str,
        max_age: Option<std::time::Duration>,
    ) {
        add_cookie(response, cookie.set(value, max_age, self.secure()));
    }

    pub(crate) fn clear_cookie(&self, response: &mut Response, cookie: Cookie) {
        add_cookie(response, cookie.clear(self.secure()));
    }
}

pub(crate) fn add_cookie(response: &mut Response, value: Option<HeaderValue>) {
    if let Some(value) = value {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

impl FromRequestParts<App> for Page {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let facts = parts.extensions.get::<RequestFacts>().cloned();
        facts.map(|facts| Self::new(app.clone(), facts)).ok_or(PageError::NotFound)
    }
}
