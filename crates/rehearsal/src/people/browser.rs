use super::class::Class;
use crate::jar::Jar;
use crate::limits::{KEPT_OPEN_MS_MAX, PAGE_MS_MAX};
use crate::net::Origin;
use crate::page::{self, Seen, see};
use crate::people::SCHOOL;
use crate::tally::{Event, Tally};
use crate::wire::{Heard as Answer, Line, Speech};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, header};
use http_body_util::Full;
use preau_gate::Version;
use preau_sim::{Ask, Device, Heard};
use std::collections::HashSet;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// What somebody comes with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Luggage {
    /// The pass's cookie, name and value.
    pub pass: Option<(String, String)>,
    /// The application's session that the pass is bound to, where it is bound to one.
    pub session: Option<(String, String)>,
    pub login: String,
    pub password: String,
}

/// A browser of one person, in front of one server.
pub(crate) struct Browser {
    speech: Speech,
    origin: Origin,
    device: Device,
    luggage: Luggage,
    jar: Jar,
    line: Option<(Line, Instant)>,
    /// Files that it has kept, from an earlier day or this morning.
    kept: HashSet<String>,
    csrf: Option<String>,
    lesson: Option<String>,
    class: Option<Class>,
    sockets: Arc<Sockets>,
    /// The site has live lessons; elsewhere people look at their page again instead.
    lessons: bool,
}

/// Lessons' sockets that are open at once.
pub(crate) struct Sockets {
    pub open: AtomicUsize,
    pub most: usize,
    /// Whether the site has lessons at all.
    pub lessons: bool,
}

const FORM: &str = "application/x-www-form-urlencoded";
/// Where a page says that it does not work now and not for how long.
const UNTOLD: Duration = Duration::from_secs(10);

impl Browser {
    pub(crate) fn new(speech: Speech, origin: Origin, device: Device, luggage: Luggage, sockets: Arc<Sockets>) -> Self {
        let mut jar = Jar::default();
        for (name, value) in luggage.pass.iter().chain(&luggage.session) {
            jar.set(name, value);
        }
        Self {
            speech,
            origin,
            device,
            luggage,
            jar,
            line: None,
            kept: HashSet::new(),
            csrf: None,
            lesson: None,
            class: None,
            lessons: sockets.lessons,
            sockets,
        }
    }

    const fn has_pass(&self) -> bool {
        self.luggage.pass.is_some()
    }

    /// Does one step of the story and tells what stood on the screen.
    pub(crate) async fn ask(&mut self, what: Ask, tally: &Tally) -> Heard {
        let heard = match what {
            Ask::Home => self.page("/", tally).await,
            Ask::SignInPage => self.page("/sign-in", tally).await,
            Ask::SignIn => self.sign_in(tally).await,
            Ask::Door if !self.lessons => self.page("/", tally).await,
            Ask::Door => match self.lesson.clone() {
                Some(lesson) => self.page(&lesson, tally).await,
                None => Heard::Over,
            },
            Ask::Join | Ask::Beat if !self.lessons => Heard::Over,
            Ask::Join => self.join(tally).await,
            Ask::Beat => self.beat(tally).await,
        };
        match (what, heard) {
            (Ask::SignInPage, Heard::SignInNeeded) => Heard::Page,
            (_, heard) => heard,
        }
    }

    /// Leaves the lesson and closes everything.
    pub(crate) async fn leave(mut self) {
        if let Some(class) = self.class.take() {
            class.leave().await;
            self.sockets.open.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Goes to a page, with the files that it brings.
    async fn page(&mut self, path: &str, tally: &Tally) -> Heard {
        let answer = match self.send(Method::GET, path, &[], Bytes::new()).await {
            Ok(answer) => answer,
            Err(error) => return self.broke(path, &error, tally),
        };
        let heard = self.look(path, &answer, tally);
        if heard == Heard::Page || heard == Heard::SignInNeeded {
            let html = String::from_utf8_lossy(&answer.body).into_owned();
            self.csrf = page::csrf(&html).or(self.csrf.take());
            self.lesson = page::lesson(&html).filter(|_| path == "/").or(self.lesson.take());
            self.fetch_files(&html, tally).await;
        }
        heard
    }

    /// Counts what happened to this person, and whether it was a refusal of somebody behind the address with bots in it.
    fn count(&self, event: Event, tally: &Tally) {
        tally.count(event);
        let behind = self.origin.source == Some(IpAddr::V4(SCHOOL)) && tally.bots_at_work();
        if behind && event.is_refusal() {
            tally.count(Event::SchoolRefused);
        }
    }

    /// What an answer to a navigation means to the person, counted.
    fn look(&mut self, path: &str, answer: &Answer, tally: &Tally) -> Heard {
        let seen = see(answer);
        if self.origin.source == Some(IpAddr::V4(SCHOOL)) && tally.bots_at_work() {
            tally.count(Event::SchoolPage);
        }
        let status = answer.status.as_u16();
        let holder = self.has_pass();
        let say = |what: &str| {
            let again = page::retry_after(&answer.headers).map_or(0, |again| again.as_secs());
            let gist = page::gist(&String::from_utf8_lossy(&answer.body));
            format!("{what}: {path} answered {status}, again after {again} s: {gist}")
        };
        match seen {
            Seen::Page | Seen::Elsewhere => Heard::Page,
            Seen::SignIn => {
                if holder && path != "/sign-in" {
                    self.count(Event::PassRefused, tally);
                    tally.example(Event::PassRefused, || say("a pass was not taken"));
                }
                Heard::SignInNeeded
            }
            Seen::Waiting { again } => {
                tally.count(Event::WaitingPage);
                if holder {
                    tally.count(Event::PassWaited);
                }
                Heard::Wait { again }
            }
            Seen::Refusal { again } => {
                self.count(Event::RefusalPage, tally);
                if holder {
                    tally.count(Event::PassRefused);
                }
                tally.example(Event::RefusalPage, || say("refused"));
                Heard::Later { again: again.unwrap_or(UNTOLD) }
            }
            Seen::Shut => Heard::Over,
            Seen::Blank => {
                self.count(Event::BlankPage, tally);
                tally.example(Event::BlankPage, || say("blank"));
                Heard::Nothing
            }
            Seen::Bare => {
                self.count(Event::BarePage, tally);
                tally.example(Event::BarePage, || say("bare"));
                Heard::Nothing
            }
        }
    }

    /// No answer: the connection could not be made or broke, or the page did not come in time.
    fn broke(&mut self, path: &str, error: &io::Error, tally: &Tally) -> Heard {
        self.line = None;
        let event = if error.kind() == io::ErrorKind::TimedOut { Event::BlankPage } else { Event::ConnectionError };
        self.count(event, tally);
        tally.example(event, || format!("{path}: {error}"));
        Heard::Nothing
    }

    async fn fetch_files(&mut self, html: &str, tally: &Tally) {
        // Whoever has a pass was here before and has kept the files: their addresses change with their contents.
        if self.has_pass() {
            return;
        }
        for file in page::files(html) {
            if !self.kept.insert(file.clone()) {
                continue;
            }
            match self.send(Method::GET, &file, &[], Bytes::new()).await {
                Ok(answer) if answer.status.is_success() => {}
                Ok(answer) => {
                    tally.count(Event::NoFile);
                    tally.example(Event::NoFile, || format!("{file} answered {}", answer.status));
                }
                Err(error) => {
                    self.kept.remove(&file);
                    tally.count(Event::NoFile);
                    tally.example(Event::NoFile, || format!("{file}: {error}"));
                    return;
                }
            }
        }
    }

    async fn sign_in(&mut self, tally: &Tally) -> Heard {
        let Some(csrf) = self.csrf.clone() else { return Heard::SignInNeeded };
        let fields = [("csrf", csrf.as_str()), ("login", &self.luggage.login), ("password", &self.luggage.password)];
        let body = Bytes::from(form(&fields));
        let answer = match self.send(Method::POST, "/sign-in", &[("content-type", FORM)], body).await {
            Ok(answer) => answer,
            Err(error) => return self.broke("/sign-in", &error, tally),
        };
        match see(&answer) {
            Seen::Elsewhere => Heard::Page,
            // The form again, with a word of what is wrong: nobody mistypes here.
            Seen::SignIn | Seen::Refusal { .. } if answer.status != StatusCode::UNAUTHORIZED => {
                let again = page::retry_after(&answer.headers).unwrap_or(UNTOLD);
                self.count(Event::RefusalPage, tally);
                tally.example(Event::RefusalPage, || format!("signing in answered {}", answer.status));
                Heard::Later { again }
            }
            _ => self.look("/sign-in", &answer, tally),
        }
    }

    /// The token, the WebSocket, and the first word of the lesson.
    async fn join(&mut self, tally: &Tally) -> Heard {
        let (Some(lesson), Some(csrf)) = (self.lesson.clone(), self.csrf.clone()) else { return Heard::Over };
        if self.sockets.open.load(Ordering::Relaxed) >= self.sockets.most {
            return Heard::Over;
        }
        let headers = [("x-csrf", csrf.as_str()), ("accept", "application/json")];
        let answer = match self.send(Method::POST, &format!("{lesson}/token"), &headers, Bytes::new()).await {
            Ok(answer) => answer,
            Err(error) => return self.broke(&lesson, &error, tally),
        };
        if let Some(again) = page::retry_after(&answer.headers) {
            return Heard::Wait { again };
        }
        let text = serde_json::from_slice::<serde_json::Value>(&answer.body).ok();
        let field = |name: &str| text.as_ref().and_then(|text| text.get(name)?.as_str()).map(str::to_owned);
        let (Some(token), Some(url)) = (field("token"), field("url")) else {
            tally.count(Event::NoClass);
            tally.example(Event::NoClass, || format!("the token answered {}", answer.status));
            return Heard::Nothing;
        };
        self.line = None;
        match Class::join(&self.speech, self.origin, &url, &token, self.jar.header(), self.device.agent).await {
            Ok(class) => {
                self.sockets.open.fetch_add(1, Ordering::Relaxed);
                self.class = Some(class);
                Heard::Page
            }
            Err(error) => {
                tally.count(Event::NoClass);
                tally.example(Event::NoClass, || format!("the socket: {error}"));
                Heard::Nothing
            }
        }
    }

    async fn beat(&mut self, tally: &Tally) -> Heard {
        if let Some(class) = &mut self.class
            && class.ping().await
        {
            return Heard::Page;
        }
        // The lesson ended the connection, or the line broke: browsers come back by themselves.
        if self.class.take().is_some() {
            self.sockets.open.fetch_sub(1, Ordering::Relaxed);
        }
        self.join(tally).await
    }

    /// Sends a request on the connection that is open, or on a new one; a kept connection that turns out closed is
    /// replaced once, as browsers do.
    async fn send(&mut self, method: Method, path: &str, headers: &[(&str, &str)], body: Bytes) -> io::Result<Answer> {
        let within = Duration::from_millis(PAGE_MS_MAX);
        let kept = self
            .line
            .take()
            .filter(|(line, used)| line.is_usable() && used.elapsed() < Duration::from_millis(KEPT_OPEN_MS_MAX));
        if let Some((mut line, _)) = kept {
            let request = self.request(&line, &method, path, headers, body.clone())?;
            match line.ask(request, within).await {
                Ok(answer) => return Ok(self.heard(line, answer)),
                Err(error) if error.kind() == io::ErrorKind::TimedOut => return Err(error),
                Err(_closed) => {}
            }
        }
        let mut line = self.speech.line(self.origin, self.device.version == Version::Http2).await?;
        let request = self.request(&line, &method, path, headers, body)?;
        let answer = line.ask(request, within).await?;
        Ok(self.heard(line, answer))
    }

    fn heard(&mut self, line: Line, mut answer: Answer) -> Answer {
        self.jar.take(&answer.headers);
        if answer.headers.get(header::CONTENT_ENCODING).is_some_and(|it| *it == "gzip") {
            answer.body = super::class::gunzip(&answer.body);
        }
        self.line = Some((line, Instant::now()));
        answer
    }

    fn request(
        &self,
        line: &Line,
        method: &Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> io::Result<Request<Full<Bytes>>> {
        let uri = if line.is_http2() { format!("{}{path}", self.speech.origin) } else { path.to_owned() };
        let navigates = !headers.iter().any(|(name, _)| *name == "accept");
        let mut request = Request::builder()
            .method(method)
            .uri(uri)
            .header(header::USER_AGENT, self.device.agent)
            .header(header::ACCEPT_LANGUAGE, "fr-FR,fr;q=0.9")
            .header(header::ACCEPT_ENCODING, "gzip")
            .header("sec-fetch-site", "same-origin");
        if !line.is_http2() {
            request = request.header(header::HOST, &self.speech.host);
        }
        if navigates && !path.starts_with("/static/") && !path.starts_with("/_gate/") {
            request = request
                .header(header::ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8")
                .header("sec-fetch-mode", "navigate")
                .header("sec-fetch-dest", "document");
        }
        if *method == Method::POST {
            request = request.header(header::ORIGIN, &self.speech.origin);
        }
        if let Some(cookies) = self.jar.header() {
            request = request.header(header::COOKIE, cookies);
        }
        for (name, value) in headers {
            let value = HeaderValue::try_from(*value).map_err(io::Error::other)?;
            request = request.header(*name, value);
        }
        request.body(Full::new(body)).map_err(io::Error::other)
    }
}

/// `application/x-www-form-urlencoded` (WHATWG URL §5.2).
pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    let encode = |text: &str| {
        let mut out = String::new();
        for byte in text.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => out.push(char::from(byte)),
                b' ' => out.push('+'),
                other => out.push_str(&format!("%{other:02X}")),
            }
        }
        out
    };
    let pairs: Vec<_> = fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    pairs.join("&")
}
