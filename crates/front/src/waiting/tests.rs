//! What people see, for every reason, in both languages; sizes; and that nothing of a page is inline.

use super::*;
use http::header;
use jiff::tz::TimeZone;
use preau_base::{Instant, Level, SeededRng};
use preau_gate::{Away, Estimate, Figures, HolderKey, Lane, Place, Reason, Room, Ticket, Turn, Wait, waiting};
use std::time::Duration;

/// 2026-11-23 8:52 in Paris.
const NOW: Instant = Instant::from_secs(1_795_420_320);
/// One flight of TCP: an initial window of ten segments (RFC 6928).
const FLIGHT_BYTES: usize = 14 * 1_024;

fn pages() -> WaitingPages {
    WaitingPages::new("Lycée Jeanne-d’Arc", "/sign-in", Some("/offline"), TimeZone::get("Europe/Paris").unwrap())
}

fn asked(lang: Lang) -> Asked<'static> {
    Asked { lang, now: NOW, form: false, kept: false, level: Level::Full, note: None }
}

/// A room in which 12 million wait, as far as its figures tell.
fn figures(open: bool) -> Figures {
    let opens = (!open).then(|| NOW.plus(Duration::from_secs(480)));
    let mut room = Room::new(7, [3; 32], opens, NOW);
    for _ in 0..3_000 {
        let ticket = room.issue(NOW).unwrap();
        let _ = room.comes_back(&ticket, 1, NOW);
    }
    let mut figures = room.figures(NOW);
    figures.entered = 412_806;
    figures.turn = if open { 9_870 } else { 0 };
    figures
}

fn ticket() -> Ticket {
    Ticket { room: 7, serial: 12_407, issued: NOW.minus(Duration::from_secs(90)), promised: None }
}

fn wait(reason: Reason) -> Wait {
    Wait {
        lane: Lane::Returning,
        reason,
        ticket: None,
        place: Some(Place { order: 12_407, ahead: 2_247 }),
        estimate: Some(Estimate {
            about: Duration::from_secs(690),
            at_most: Duration::from_secs(1_065),
            longer_than_said: false,
        }),
        opens: None,
        again: Duration::from_secs(20),
        lesson: None,
        holder: None,
    }
}

fn text(response: &http::Response<bytes::Bytes>) -> String {
    String::from_utf8(response.body().to_vec()).unwrap()
}

fn page_of(wait: &Wait, figures: &Figures, asked: &Asked<'_>) -> String {
    let screen = WaitScreen { wait, ticket: Some(wait.ticket.unwrap_or(ticket())), figures, lesson: None };
    text(&pages().page(&Screen::Wait(screen), asked))
}

/// The worst case of a page: each text at its longest, everything shown.
fn fullest(lang: Lang) -> String {
    let figures = figures(true);
    let note = "é".repeat(280);
    let mut wait = wait(Reason::Attack);
    wait.holder = Some(HolderKey(1));
    wait.estimate = wait.estimate.map(|estimate| Estimate { longer_than_said: true, ..estimate });
    let lesson = LessonLine { title: Some("Histoire-géographie"), starts: NOW, teacher_told: true };
    let screen = WaitScreen { wait: &wait, ticket: Some(ticket()), figures: &figures, lesson: Some(lesson) };
    let asked = Asked { form: true, kept: true, level: Level::Plain, note: Some(&note), ..asked(lang) };
    text(&pages().page(&Screen::Wait(screen), &asked))
}

#[test]
fn page_style_and_script_are_one_flight() {
    for lang in Lang::ALL {
        let sizes: Vec<_> = files().iter().map(|file| file.body.len()).chain([fullest(lang).len()]).collect();
        assert!(sizes.iter().sum::<usize>() <= FLIGHT_BYTES, "style, script, {lang:?} page: {sizes:?}");
    }
}

#[test]
fn place_people_ahead_and_time_are_told() {
    for (lang, texts) in [
        (
            Lang::Fr,
            [
                "<title>2\u{202f}247 personnes devant vous · Lycée Jeanne-d’Arc</title>",
                "<strong id=\"ahead\">2\u{202f}247</strong> <span id=\"words\">personnes devant vous</span>",
                "entrée vers <time datetime=\"2026-11-23T08:04:00Z\">9\u{a0}h\u{a0}04</time>, au plus tard vers \
                 <time datetime=\"2026-11-23T08:10:00Z\">9\u{a0}h\u{a0}10</time>",
                "<dt>Votre place</dt><dd id=\"order\">12\u{202f}408</dd>",
                "votre place reste gardée 15 minutes",
                "412\u{202f}806 personnes sont déjà entrées.",
            ],
        ),
        (
            Lang::En,
            [
                "<title>2,247 people before you · Lycée Jeanne-d’Arc</title>",
                "<strong id=\"ahead\">2,247</strong> <span id=\"words\">people before you</span>",
                "you enter about <time datetime=\"2026-11-23T08:04:00Z\">9:04</time>, at the latest about \
                 <time datetime=\"2026-11-23T08:10:00Z\">9:10</time>",
                "<dt>Your place</dt><dd id=\"order\">12,408</dd>",
                "your place is kept for 15 minutes",
                "412,806 people have already come in.",
            ],
        ),
    ] {
        let page = page_of(&wait(Reason::Crowd), &figures(true), &asked(lang));
        for text in texts {
            assert!(page.contains(text), "{text} in:\n{page}");
        }
        assert!(page.contains("<meta http-equiv=\"refresh\" content=\"20\">"), "{page}");
    }
}

#[test]
fn each_reason_says_why_in_both_languages() {
    let mut said = std::collections::BTreeSet::new();
    for lang in Lang::ALL {
        for reason in Reason::ALL {
            let page = page_of(&wait(reason), &figures(true), &asked(lang));
            let lead = page.split("id=\"reason\">").nth(1).unwrap().split('<').next().unwrap();
            assert!(lead.len() > 40 && said.insert(lead.to_owned()), "{reason:?}: {lead}");
        }
    }
}

/// Signing in has a share of its own, before shut doors for staff; who is in does not need it.
#[test]
fn whoever_is_in_line_is_told_that_they_can_sign_in() {
    let link = "href=\"/sign-in\"";
    for reason in Reason::ALL {
        let page = page_of(&wait(reason), &figures(true), &asked(Lang::Fr));
        assert!(page.contains(link), "{reason:?}");
        let shut = matches!(reason, Reason::Closed | Reason::NotYetOpen);
        assert_eq!(page.contains("ouverte au personnel"), shut, "{reason:?}");
    }
    let early = page_of(&Wait { lane: Lane::Known, ..wait(Reason::Closed) }, &figures(false), &asked(Lang::Fr));
    assert!(early.contains("fermée pour le moment") && early.contains("sans nouveau mot de passe"), "{early}");
    assert!(!early.contains(link));
    let newcomer = Wait { lane: Lane::Newcomer, place: None, estimate: None, ..wait(Reason::Full) };
    assert!(page_of(&newcomer, &figures(true), &asked(Lang::En)).contains(link));
    let inside = Wait { lane: Lane::Known, ..wait(Reason::Slow) };
    assert!(!page_of(&inside, &figures(true), &asked(Lang::Fr)).contains(link));
}

/// The way to what is on the device stands beside the wait, in a tab of its own: the page goes on waiting.
#[test]
fn whoever_has_their_day_on_the_device_is_led_to_it() {
    let link = "<a href=\"/offline\" target=\"_blank\">";
    let (figures, again) = (figures(true), Duration::from_secs(9));
    let wait = wait(Reason::Crowd);
    let screens = Away::ALL.map(|why| Screen::Away { why, again }).into_iter().chain([Screen::Moment { again }]);
    let line = Screen::Wait(WaitScreen { wait: &wait, ticket: Some(ticket()), figures: &figures, lesson: None });
    for screen in screens.chain([line, Screen::SignInAgain]) {
        for (lang, form) in [(Lang::Fr, false), (Lang::En, true)] {
            let answers = [false, true].map(|kept| pages().page(&screen, &Asked { kept, form, ..asked(lang) }));
            let [without, with] = answers.each_ref().map(text);
            // Whose session ended has no day here any more.
            let expected = !matches!(screen, Screen::SignInAgain);
            assert_eq!(with.contains(link), expected, "{screen:?}: {with}");
            assert!(!without.contains("/offline"), "{without}");
            // All else of the page is the same, and it comes again by itself as it would.
            let rest: String =
                with.lines().filter(|line| !line.contains(link)).map(|line| format!("{line}\n")).collect();
            assert_eq!(rest.trim_end(), without.trim_end());
            assert_eq!(answers[0].headers().get(header::REFRESH), answers[1].headers().get(header::REFRESH));
        }
    }
    let nowhere = WaitingPages::new("ENT", "/sign-in", None, TimeZone::UTC);
    let answer = nowhere.page(&Screen::Moment { again }, &Asked { kept: true, ..asked(Lang::Fr) });
    assert!(!text(&answer).contains("_blank"));
}

#[test]
fn before_the_doors_open_the_draw_is_explained() {
    let shut = figures(false);
    let wait = Wait { place: None, estimate: None, opens: shut.opens, ..wait(Reason::NotYetOpen) };
    let page = page_of(&wait, &shut, &asked(Lang::Fr));
    assert!(page.contains("<h1 id=\"heading\">Les portes ouvrent à 9\u{a0}h\u{a0}00</h1>"), "{page}");
    assert!(page.contains("tiré au sort à ce moment-là") && page.contains("href=\"/_gate/draw.json\""), "{page}");
    assert!(page.contains("data-serial=\"12407\"") && !page.contains("data-order"), "{page}");
    assert!(!page.contains("Votre place</dt>"), "{page}");
}

#[test]
fn a_new_ticket_tells_that_it_counts_soon() {
    let fresh = Ticket { issued: NOW, ..ticket() };
    let wait = Wait { lane: Lane::Newcomer, ticket: Some(fresh), place: None, estimate: None, ..wait(Reason::Crowd) };
    let page = page_of(&wait, &figures(true), &asked(Lang::Fr));
    assert!(page.contains("Elle comptera dès que la page se sera rechargée, dans 20\u{a0}secondes"), "{page}");
    assert!(!page.contains("data-serial"), "the script leaves the page to its refresh: {page}");
}

#[test]
fn who_is_known_waits_for_room_and_not_in_line() {
    let (figures, place) = (figures(true), Some(Place { order: 12, ahead: 12 }));
    let wait = Wait { lane: Lane::Lesson, holder: Some(HolderKey(1)), place, ..wait(Reason::Slow) };
    let screen = WaitScreen { wait: &wait, ticket: None, figures: &figures, lesson: None };
    let page = text(&pages().page(&Screen::Wait(screen), &asked(Lang::Fr)));
    assert!(page.contains("<h1 id=\"heading\">Un instant, on vous fait de la place</h1>"), "{page}");
    assert!(page.contains("<strong id=\"ahead\">12</strong>") && page.contains("entrée vers"), "{page}");
    for absent in ["data-order", "data-serial", "Votre place</dt>", "onglet", "tirage", "La file est pleine", "<dl>"] {
        assert!(!page.contains(absent), "{absent} in {page}");
    }
}

#[test]
fn what_is_personal_is_only_for_whoever_has_a_pass() {
    let (figures, mut wait) = (figures(true), wait(Reason::Crowd));
    let lesson =
        LessonLine { title: Some("Maths & co"), starts: NOW.plus(Duration::from_secs(480)), teacher_told: true };
    let mut personal = |holder| {
        wait.holder = holder;
        let screen = WaitScreen { wait: &wait, ticket: Some(ticket()), figures: &figures, lesson: Some(lesson) };
        text(&pages().page(&Screen::Wait(screen), &asked(Lang::Fr)))
    };
    let page = personal(Some(HolderKey(1)));
    assert!(page.contains("Votre cours</dt><dd>Maths &#38; co, commence à 9\u{a0}h\u{a0}00"), "{page}");
    assert!(page.contains("Votre professeur sait que vous attendez"), "{page}");
    let page = personal(None);
    assert!(!page.contains("Votre cours") && !page.contains("professeur"), "{page}");
}

#[test]
fn the_note_is_text_and_the_level_is_named() {
    let asked = Asked { level: Level::Light, note: Some("<b>Panne</b> & retard"), ..asked(Lang::Fr) };
    let page = page_of(&wait(Reason::Slow), &figures(true), &asked);
    assert!(page.contains("&#60;b&#62;Panne&#60;/b&#62; &#38; retard"), "{page}");
    assert!(page.contains("<span class=\"tag\" id=\"lightened\">Affichage allégé</span>"), "{page}");
}

#[test]
fn nobody_is_shown_something_bare() {
    for lang in Lang::ALL {
        let again = Duration::from_secs(9);
        let screens = Away::ALL.map(|why| Screen::Away { why, again });
        for screen in screens.into_iter().chain([Screen::SignInAgain, Screen::Moment { again }]) {
            let response = pages().page(&screen, &asked(lang));
            let page = text(&response);
            assert!(page.starts_with("<!doctype html>") && page.contains("<h1 id="), "{page}");
            assert!(page.contains("/_gate/waiting.css?v="), "{page}");
            assert!(page.len() < 3_000, "{} bytes", page.len());
            let comes_again = response.headers().get(header::REFRESH);
            assert_eq!(comes_again.is_some(), screen.again().is_some());
            assert!(screen.again().is_some() || page.contains("href=\"/sign-in\"") || page.contains("/h1>"), "{page}");
        }
    }
}

#[test]
fn nothing_is_inline_and_the_policy_says_so() {
    let screen = WaitScreen { wait: &wait(Reason::Crowd), ticket: None, figures: &figures(true), lesson: None };
    let response = pages().page(&Screen::Wait(screen), &asked(Lang::Fr));
    let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'"));
    assert_eq!(response.headers()[header::REFRESH], "20");
    assert_eq!(response.headers()[header::RETRY_AFTER], "20");
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    for page in Lang::ALL.map(fullest) {
        assert!(!page.contains("style=") && !page.contains("<style") && !page.contains("<script>"), "{page}");
    }
}

#[test]
fn a_form_is_told_that_it_was_not_taken() {
    let asked = Asked { form: true, ..asked(Lang::Fr) };
    let wait = wait(Reason::Crowd);
    let screen = WaitScreen { wait: &wait, ticket: Some(ticket()), figures: &figures(true), lesson: None };
    let response = pages().page(&Screen::Wait(screen), &asked);
    assert_eq!(response.headers()[header::REFRESH], "20; url=/");
    let page = text(&response);
    assert!(page.contains("n’a pas été enregistré") && page.contains("data-enter=\"/\""), "{page}");
}

#[test]
fn scripts_get_json() {
    let wait = wait(Reason::Crowd);
    let screen = WaitScreen { wait: &wait, ticket: Some(ticket()), figures: &figures(true), lesson: None };
    let response = pages().call(&Screen::Wait(screen), &asked(Lang::En));
    assert_eq!((response.status().as_u16(), &response.headers()[header::RETRY_AFTER]), (503, &20.into()));
    let body: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(
        body,
        serde_json::json!({
            "error": "waiting", "why": "crowd", "retry_after_s": 20, "ahead": 2_247, "about_s": 690, "at_most_s": 1_065,
            "opens": null,
            "message": "Many people arrive at the same time. Those whose lesson begins go first.",
        })
    );
    let away = Screen::Away { why: Away::Budget, again: Duration::from_millis(1_500) };
    let response = pages().call(&away, &asked(Lang::Fr));
    assert_eq!((response.status().as_u16(), &response.headers()[header::RETRY_AFTER]), (429, &1.into()));
}

#[test]
fn the_draw_can_be_rechecked_from_what_is_served() {
    let mut room = Room::new(1, [9; 32], Some(NOW), NOW);
    let tickets: Vec<_> = (0..100).filter_map(|_| room.issue(NOW)).collect();
    for ticket in &tickets {
        let _ = room.comes_back(ticket, 1, NOW);
    }
    let before: serde_json::Value = serde_json::from_slice(&draw(&room.figures(NOW))).unwrap();
    assert_eq!((&before["seed"], &before["drawn"]), (&serde_json::Value::Null, &serde_json::Value::Null));
    room.open(NOW);
    let after: serde_json::Value = serde_json::from_slice(&draw(&room.figures(NOW))).unwrap();
    assert_eq!(before["seed_hash"], after["seed_hash"]);
    assert_eq!(after["seed"], "09".repeat(32));
    for ticket in &tickets {
        let Turn::Wait(place) = room.comes_back(ticket, 1, NOW) else { panic!("{ticket:?} does not wait") };
        assert_eq!(place.order, waiting::verify(&[9; 32], after["drawn"].as_u64().unwrap(), ticket.serial));
    }
    let pace = waiting::pace(0, None, &mut SeededRng::new(1));
    assert!(pace <= Duration::from_secs(3));
}

/// Writes pages to the folder `PREAU_PAGES`, to be looked at in a browser.
#[test]
fn pages_to_look_at() {
    let Ok(folder) = std::env::var("PREAU_PAGES") else { return };
    let folder = std::path::Path::new(&folder);
    let shut = figures(false);
    let before = Wait { place: None, estimate: None, opens: shut.opens, ..wait(Reason::NotYetOpen) };
    let away = Screen::Away { why: Away::Budget, again: Duration::from_secs(9) };
    for (name, page) in [
        ("full-fr", fullest(Lang::Fr)),
        ("full-en", fullest(Lang::En)),
        ("crowd", page_of(&wait(Reason::Crowd), &figures(true), &asked(Lang::Fr))),
        ("before", page_of(&before, &shut, &asked(Lang::Fr))),
        ("budget", text(&pages().page(&away, &asked(Lang::Fr)))),
        ("new", {
            let ticket = Some(Ticket { issued: NOW, ..ticket() });
            let new = Wait { lane: Lane::Newcomer, ticket, place: None, estimate: None, ..wait(Reason::Crowd) };
            page_of(&new, &figures(true), &asked(Lang::Fr))
        }),
        ("known", {
            let known = Wait { lane: Lane::Lesson, holder: Some(HolderKey(1)), ..wait(Reason::Crowd) };
            page_of(&known, &figures(true), &asked(Lang::Fr))
        }),
        ("again", text(&pages().page(&Screen::SignInAgain, &asked(Lang::Fr)))),
    ] {
        std::fs::write(folder.join(format!("{name}.html")), page).unwrap();
    }
    std::fs::write(folder.join("figures.json"), queue(&figures(true))).unwrap();
    for file in files() {
        std::fs::write(folder.join(file.path.trim_start_matches("/_gate/")), &file.body).unwrap();
    }
}
