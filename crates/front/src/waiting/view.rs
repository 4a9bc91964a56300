//! What a page says, decided from what the gate said.

use super::refusals::Fixed;
use super::texts::Texts;
use super::times::{clock, machine, minute_after, number, wait};
use super::{Asked, Lang, LessonLine, Screen, WaitScreen, WaitingPages};
use askama::Template;
use preau_base::{Instant, Level};
use preau_gate::{Away, Estimate, Figures, Lane, Place, Reason, Ticket};
use std::time::Duration;

/// Where somebody goes on whose form was not taken.
const BEGINNING: &str = "/";

/// The whole page. Parts that are None are not there.
#[derive(Template)]
#[template(path = "gate.html")]
pub(super) struct View<'a> {
    pub lang: &'static str,
    pub t: &'static Texts,
    pub site: &'a str,
    pub style: &'a str,
    pub title: String,
    pub heading: String,
    pub lead: &'static str,
    pub refresh: Option<String>,
    pub line: Option<Line<'a>>,
    pub lesson: Option<Lesson<'a>>,
    pub hints: Vec<String>,
    pub draw: bool,
    pub note: Option<&'a str>,
    pub lightened: bool,
    pub sign_in: Option<&'a str>,
    /// What can be read meanwhile, on this device.
    pub kept: Option<&'a str>,
}

/// What only those in line are shown.
pub(super) struct Line<'a> {
    pub script: &'a str,
    pub zone: &'a str,
    /// Where to go when the turn has come, when that is not the page that was asked for.
    pub enter: Option<&'static str>,
    pub figures: &'a Figures,
    /// For the script, which asks for whoever is in line.
    pub ticket: Option<Ticket>,
    pub again_s: u64,
    pub place: Option<Standing>,
    pub entered: Option<String>,
    pub texts: Vec<(String, &'static str)>,
}

impl Line<'_> {
    fn is_numbered(&self) -> bool {
        self.place.as_ref().is_some_and(|place| place.order.is_some())
    }
}

/// A place in line, in figures and words.
pub(super) struct Standing {
    /// Only of those in line: the order of their place and whose turn it is, in figures and in words.
    pub order: Option<Numbered>,
    pub turn: Option<Numbered>,
    /// None for whoever is next.
    pub ahead: Option<String>,
    pub ahead_words: &'static str,
    pub entry: Vec<Piece>,
    pub longer: bool,
    pub at_most: Option<Instant>,
}

pub(super) struct Numbered {
    pub value: u64,
    pub text: String,
}

/// A run of text, or an instant.
pub(super) struct Piece {
    pub text: String,
    pub datetime: Option<String>,
}

pub(super) struct Lesson<'a> {
    pub title: Option<&'a str>,
    pub when: String,
    pub teacher_told: bool,
}

/// The page of a refusal: the same for everybody of a language, so that it is made once.
pub(super) fn refusal(pages: &WaitingPages, fixed: Fixed, lang: Lang, (form, kept): (bool, bool)) -> View<'_> {
    let t = Texts::of(lang);
    let (words, comes_again, sign_in) = match fixed {
        Fixed::Away(why) => {
            let comes_again = !matches!(why, Away::Blocked | Away::NoPass);
            (t.away(why), comes_again, matches!(why, Away::Budget | Away::NoPass))
        }
        Fixed::SignInAgain => (t.sign_in_again, false, true),
        Fixed::Moment => (t.moment, true, false),
    };
    let mut hints = Vec::new();
    if comes_again {
        hints.push(t.hint_again.to_owned());
    }
    if fixed == Fixed::Away(Away::Budget) {
        hints.push(t.hint_shared.to_owned());
    }
    let mut view = base(pages, lang, form, words.heading.to_owned(), words.lead, hints);
    view.sign_in = sign_in.then_some(pages.sign_in.as_str());
    view.kept = pages.kept.as_deref().filter(|_| kept && fixed != Fixed::SignInAgain);
    view
}

fn base<'a>(
    pages: &'a WaitingPages,
    lang: Lang,
    form: bool,
    heading: String,
    lead: &'static str,
    mut hints: Vec<String>,
) -> View<'a> {
    let t = Texts::of(lang);
    if form {
        hints.insert(0, t.hint_form.to_owned());
    }
    View {
        lang: lang.as_str(),
        t,
        site: &pages.site,
        style: &pages.style,
        title: heading.clone(),
        heading,
        lead,
        refresh: None,
        line: None,
        lesson: None,
        hints,
        draw: false,
        note: None,
        lightened: false,
        sign_in: None,
        kept: None,
    }
}

/// The page of somebody in line.
pub(super) fn waiting<'a>(pages: &'a WaitingPages, screen: &WaitScreen<'a>, asked: &Asked<'a>) -> View<'a> {
    let t = Texts::of(asked.lang);
    let wait_facts = screen.wait;
    let time = |at| clock(at, asked.now, &pages.zone, asked.lang);
    let shut = !screen.figures.open;
    let stand = Stand::of(wait_facts.lane);
    let heading = match (wait_facts.reason, wait_facts.opens) {
        (Reason::Closed, _) => t.closed.to_owned(),
        (_, Some(opens)) => fill(t.opens_at, &[("time", time(opens))]),
        (Reason::NotYetOpen, None) => t.opens_later.to_owned(),
        _ if stand == Stand::Inside => t.inside.to_owned(),
        _ => t.in_line.to_owned(),
    };
    let hints = hints(screen, stand, asked, t);
    let mut view = base(pages, asked.lang, asked.form, heading, t.reason(wait_facts.reason), hints);
    view.note = asked.note.map(str::trim).filter(|note| !note.is_empty());
    view.lightened = asked.level > Level::Full;
    view.kept = pages.kept_of(asked);
    let standing = wait_facts.place.map(|place| standing(pages, place, screen, asked, t));
    if let Some(standing) = &standing {
        view.title = match &standing.ahead {
            Some(ahead) => format!("{ahead} {}", standing.ahead_words),
            None => standing.ahead_words.to_owned(),
        };
    }
    let figures = screen.figures;
    view.draw = stand != Stand::Inside && (shut || figures.drawn.is_some());
    if may_sign_in(pages, stand) {
        view.sign_in = Some(&pages.sign_in);
        view.hints.insert(0, if shut_to(screen) { t.hint_staff } else { t.hint_sign_in }.to_owned());
    }
    view.refresh = Some(refresh(wait_facts.again, asked.form));
    view.lesson = wait_facts.holder.and(screen.lesson.as_ref()).map(|lesson| lesson_view(lesson, &time, asked, t));
    let count = || number(figures.entered, asked.lang);
    view.line = Some(Line {
        script: &pages.script,
        zone: pages.zone.iana_name().unwrap_or("UTC"),
        enter: asked.form.then_some(BEGINNING),
        figures,
        ticket: screen.ticket.filter(|_| stand == Stand::InLine),
        again_s: wait_facts.again.as_secs(),
        place: standing,
        entered: (figures.entered > 1).then(|| fill(t.entered, &[("count", count())])),
        texts: script_texts(t),
    });
    view
}

/// Signing in has a share of its own, which nobody in line knows unless they are told.
fn may_sign_in(pages: &WaitingPages, stand: Stand) -> bool {
    pages.sign_in != BEGINNING && stand != Stand::Inside
}

/// What somebody waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stand {
    /// For room: they are let in, or hold a pass.
    Inside,
    /// For their turn.
    InLine,
    /// For their new ticket to count.
    New,
}

impl Stand {
    const fn of(lane: Lane) -> Self {
        match lane {
            Lane::Lesson | Lane::Known | Lane::Entered => Self::Inside,
            Lane::Returning => Self::InLine,
            Lane::Newcomer => Self::New,
        }
    }
}

fn hints(screen: &WaitScreen<'_>, stand: Stand, asked: &Asked<'_>, t: &'static Texts) -> Vec<String> {
    let shut = !screen.figures.open;
    let mut hints = Vec::new();
    match stand {
        Stand::Inside if shut_to(screen) => return vec![t.hint_early.to_owned(), t.hint_reload.to_owned()],
        Stand::Inside => return vec![t.hint_inside.to_owned(), t.hint_reload.to_owned()],
        Stand::New if screen.ticket.is_none() => return vec![t.no_ticket.to_owned()],
        Stand::New => hints.push(fill(t.new_ticket, &[("wait", wait(screen.wait.again, asked.lang))])),
        Stand::InLine => (),
    }
    if shut && screen.wait.opens.is_some() {
        hints.push(t.before_opening.to_owned());
    }
    let close = if shut { t.hint_close_early } else { t.hint_close };
    hints.extend([close, t.hint_reload, t.hint_tabs].map(str::to_owned));
    hints
}

/// The doors are what is waited for.
fn shut_to(screen: &WaitScreen<'_>) -> bool {
    matches!(screen.wait.reason, Reason::Closed | Reason::NotYetOpen)
}

fn standing(
    pages: &WaitingPages,
    place: Place,
    screen: &WaitScreen<'_>,
    asked: &Asked<'_>,
    t: &'static Texts,
) -> Standing {
    let turn = screen.figures.turn;
    let in_line = Stand::of(screen.wait.lane) == Stand::InLine;
    let numbered = |value, said| in_line.then(|| Numbered { value, text: number(said, asked.lang) });
    Standing {
        order: numbered(place.order, place.order.saturating_add(1)),
        turn: numbered(turn.min(place.order), turn),
        ahead: (place.ahead > 0).then(|| number(place.ahead, asked.lang)),
        // Without a time nobody knows whether it is soon: the line may stand still.
        ahead_words: match place.ahead {
            0 if screen.wait.estimate.is_none() => t.first,
            0 => t.next,
            1 => t.ahead_one,
            _ => t.ahead_other,
        },
        entry: entry(pages, screen.wait.estimate, asked, t),
        longer: screen.wait.estimate.is_some_and(|estimate| estimate.longer_than_said),
        at_most: screen.wait.estimate.map(|estimate| asked.now.plus(estimate.at_most)),
    }
}

/// When they come in, with the times as `<time>`.
fn entry(pages: &WaitingPages, estimate: Option<Estimate>, asked: &Asked<'_>, t: &'static Texts) -> Vec<Piece> {
    let plain = |text: &str| Piece { text: text.to_owned(), datetime: None };
    let Some(estimate) = estimate else { return vec![plain(t.entry_unknown)] };
    if estimate.about < Duration::from_secs(60) {
        return vec![plain(t.soon)];
    }
    let instant = |wait| minute_after(asked.now.plus(wait));
    t.entry
        .split('%')
        .map(|piece| {
            let at = match piece {
                "about" => instant(estimate.about),
                "at_most" => instant(estimate.at_most),
                text => return plain(text),
            };
            Piece { text: clock(at, asked.now, &pages.zone, asked.lang), datetime: Some(machine(at)) }
        })
        .collect()
}

fn lesson_view<'a>(
    lesson: &LessonLine<'a>,
    time: &dyn Fn(Instant) -> String,
    asked: &Asked<'_>,
    t: &'static Texts,
) -> Lesson<'a> {
    let words = if lesson.starts > asked.now { t.lesson_begins } else { t.lesson_began };
    Lesson {
        title: lesson.title,
        when: fill(words, &[("time", time(lesson.starts))]),
        teacher_told: lesson.teacher_told,
    }
}

fn script_texts(t: &'static Texts) -> Vec<(String, &'static str)> {
    let reasons = Reason::ALL.into_iter().map(|reason| (reason.name().to_owned(), t.reason(reason)));
    let others = [
        ("line", t.in_line),
        ("shut", t.closed),
        ("one", t.ahead_one),
        ("other", t.ahead_other),
        ("next", t.next),
        ("soon", t.soon),
        ("entry", t.entry),
        ("unknown", t.entry_unknown),
        ("offline", t.offline),
        ("stopped", t.stopped),
        ("entered", t.entered),
    ];
    reasons.chain(others.map(|(key, text)| (key.to_owned(), text))).collect()
}

/// The value of `Refresh`. After a form was sent the page asked for may not be one that can be fetched.
pub(super) fn refresh(again: Duration, form: bool) -> String {
    let seconds = again.as_secs().max(1);
    if form { format!("{seconds}; url={BEGINNING}") } else { seconds.to_string() }
}

pub(super) fn fill(text: &str, values: &[(&str, String)]) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("%{name}%"), value))
}

/// One sentence for a script that cannot show the page.
pub(super) fn sentence(screen: &Screen<'_>, lang: Lang) -> &'static str {
    let t = Texts::of(lang);
    match screen {
        Screen::Wait(screen) => t.reason(screen.wait.reason),
        Screen::Away { why, .. } => t.away(*why).lead,
        Screen::SignInAgain => t.sign_in_again.lead,
        Screen::Moment { .. } => t.moment.lead,
    }
}
