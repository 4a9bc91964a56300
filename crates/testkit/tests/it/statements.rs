//! How many statements each page sends to the database: bounded, and the same whatever the school's size.

use preau_base::{Clock as _, SeededRng, SessionId};
use preau_gate::{Pass, Standing};
use preau_testkit::{Client, Options, TestApp};
use preau_web::routes::{self, Rule};
use preau_year::Actor::{Administrator, Head, Platform, Pupil, Relative, SchoolLife, Teacher};
use preau_year::{Actor, School, Size, pages};
use std::collections::{BTreeMap, BTreeSet};

const SMALL: Size = Size { classes: 2, pupils_per_class: 6, weeks: 3, whole: true };
const LARGER: Size = Size { classes: 6, pupils_per_class: 15, weeks: 6, whole: true };

/// Routes that give bytes, or that nobody opens as a page in a school.
const NO_PAGES: [&str; 29] = [
    "/static/{version}/{*name}",
    "/favicon.ico",
    "/accessibility",
    "/sign-in",
    "/activation",
    "/forgotten",
    "/reset",
    "/setup",
    "/card",
    "/worker.js",
    "/offline",
    "/offline/token",
    "/homework/{id}/files/{file}",
    "/homework/{id}/drafts/{file}",
    "/homework/{id}/pupils/{person}/files/{file}",
    "/homework/{id}/archive",
    "/receipts/{id}/files/{file}",
    "/lessons/{id}/log/files/{file}",
    "/log/archives/{id}",
    "/log/archives/{id}/files",
    "/guest",
    "/guest/{secret}",
    "/guest/documents/{file}/{page}",
    "/lessons/{id}/documents/{file}",
    "/lessons/{id}/documents/{file}/{page}",
    "/lessons/{id}/recordings/{n}/documents/{file}/{page}",
    "/lessons/{id}/recordings/{n}/tracks/{file}",
    "/reports/{id}/picture",
    "/self-test/down",
];

/// Opened by whoever has the address.
const BY_SECRET: [&str; 1] = ["/calendars/{secret}/preau.ics"];

/// The most statements that a page may take, by route and actor: one more than it takes, so that a page can grow by a fact
/// and not by a loop.
const BOUNDS: &[(&str, Actor, u32)] = &[
    ("/", Pupil, 7),
    ("/", Relative, 8),
    ("/", Teacher, 9),
    ("/", Head, 7),
    ("/", SchoolLife, 7),
    ("/", Administrator, 8),
    ("/", Platform, 8),
    ("/account", Pupil, 3),
    ("/admin/gate", Platform, 3),
    ("/admin/gate/live", Platform, 3),
    ("/admin/mails", Platform, 7),
    ("/api/day", Pupil, 11),
    ("/api/day", Relative, 13),
    ("/api/day", Teacher, 8),
    ("/attendance", Relative, 8),
    ("/attendance", Teacher, 7),
    ("/audit", Platform, 4),
    ("/calendars", Pupil, 4),
    ("/calendars/{secret}/preau.ics", Pupil, 18),
    ("/devices", Pupil, 4),
    ("/groups/{id}", Teacher, 10),
    ("/groups/{id}", Administrator, 12),
    ("/groups/{id}/cards", Head, 10),
    ("/groups/{id}/halves", SchoolLife, 7),
    ("/groups/{id}/load", Teacher, 7),
    ("/groups/{id}/log", Teacher, 9),
    ("/groups/{id}/merge", Administrator, 6),
    ("/groups/{id}/rename", Administrator, 5),
    ("/groups/{id}/week", Teacher, 9),
    ("/homework", Pupil, 5),
    ("/homework", Relative, 3),
    ("/homework", Teacher, 5),
    ("/homework/new", Teacher, 9),
    ("/homework/{id}", Pupil, 9),
    ("/homework/{id}", Relative, 11),
    ("/homework/{id}", Teacher, 7),
    ("/homework/{id}/change", Teacher, 10),
    ("/homework/{id}/pupils/{person}", Teacher, 13),
    ("/import", Platform, 4),
    ("/lessons/{id}", Pupil, 11),
    ("/lessons/{id}", Teacher, 12),
    ("/lessons/{id}/about", Pupil, 11),
    ("/lessons/{id}/about", Relative, 12),
    ("/lessons/{id}/about", Teacher, 11),
    ("/lessons/{id}/change", SchoolLife, 11),
    ("/lessons/{id}/chat", Teacher, 11),
    ("/lessons/{id}/guests", Teacher, 8),
    ("/lessons/{id}/log", Pupil, 14),
    ("/lessons/{id}/log/write", Teacher, 16),
    ("/lessons/{id}/recordings/{n}", Pupil, 14),
    ("/lessons/{id}/recordings/{n}", Teacher, 14),
    ("/lessons/{id}/report", Pupil, 10),
    ("/lessons/{id}/roll", Teacher, 15),
    ("/lessons/{id}/setup", Teacher, 11),
    ("/lessons/{id}/streams", Teacher, 8),
    ("/log", Pupil, 6),
    ("/log", Relative, 6),
    ("/log", Teacher, 7),
    ("/log/readings/{id}", SchoolLife, 7),
    ("/notices", Pupil, 8),
    ("/notices", Relative, 8),
    ("/notices", Teacher, 8),
    ("/open", Teacher, 8),
    ("/password", Pupil, 3),
    ("/people/{id}", Teacher, 16),
    ("/people/{id}", Administrator, 20),
    ("/people/{id}/absences/new", Relative, 6),
    ("/people/{id}/attendance", Relative, 8),
    ("/people/{id}/attendance", SchoolLife, 8),
    ("/people/{id}/change", Administrator, 6),
    ("/people/{id}/data", Pupil, 8),
    ("/people/{id}/follow-up", SchoolLife, 8),
    ("/people/{id}/homework", Relative, 8),
    ("/people/{id}/log", Relative, 9),
    ("/people/{id}/merge", Administrator, 19),
    ("/people/{id}/relations", Head, 7),
    ("/people/{id}/week", Relative, 10),
    ("/progression-steps/{id}", Teacher, 5),
    ("/progressions", Teacher, 5),
    ("/progressions/{id}", Teacher, 7),
    ("/receipts/{id}", Pupil, 9),
    ("/reports/{id}", SchoolLife, 6),
    ("/schools", Platform, 4),
    ("/schools/new", Platform, 3),
    ("/schools/{id}", Administrator, 8),
    ("/schools/{id}/attendance", SchoolLife, 9),
    ("/schools/{id}/attendance.csv", SchoolLife, 9),
    ("/schools/{id}/attendance/settings", SchoolLife, 5),
    ("/schools/{id}/audit", Administrator, 5),
    ("/schools/{id}/calendar", Head, 8),
    ("/schools/{id}/calendar/new", Head, 7),
    ("/schools/{id}/calendar/settings", Head, 7),
    ("/schools/{id}/codes", Administrator, 5),
    ("/schools/{id}/groups", Administrator, 6),
    ("/schools/{id}/groups/new", Administrator, 4),
    ("/schools/{id}/import", Administrator, 5),
    ("/schools/{id}/keeping", Head, 5),
    ("/schools/{id}/lessons", Head, 5),
    ("/schools/{id}/lessons/new", Head, 7),
    ("/schools/{id}/log", Head, 6),
    ("/schools/{id}/log/entries", Head, 7),
    ("/schools/{id}/log/readings", Head, 5),
    ("/schools/{id}/log/readings/new", Head, 6),
    ("/schools/{id}/not-reached", SchoolLife, 7),
    ("/schools/{id}/on-site", SchoolLife, 6),
    ("/schools/{id}/people", Head, 5),
    ("/schools/{id}/people", Administrator, 5),
    ("/schools/{id}/people/new", Administrator, 5),
    ("/schools/{id}/recordings", Head, 5),
    ("/schools/{id}/recordings/kept", Head, 5),
    ("/schools/{id}/replacements", SchoolLife, 5),
    ("/schools/{id}/reports", SchoolLife, 5),
    ("/schools/{id}/self-tests", SchoolLife, 5),
    ("/schools/{id}/series", Head, 11),
    ("/schools/{id}/series/new", Head, 9),
    ("/schools/{id}/territory", Platform, 5),
    ("/schools/{id}/timetable", Head, 10),
    ("/schools/{id}/timetable/import", Head, 5),
    ("/schools/{id}/year", Administrator, 6),
    ("/self-test", Pupil, 3),
    ("/series/{id}/change", Head, 10),
    ("/territories", Platform, 5),
    ("/territories/new", Platform, 4),
    ("/territories/{id}", Platform, 10),
    ("/territories/{id}/lists", Platform, 7),
    ("/territories/{id}/not-reached", Platform, 7),
    ("/week", Pupil, 7),
    ("/week", Teacher, 7),
];

async fn sown(size: &Size) -> (TestApp, School) {
    let app = TestApp::with(Options { empty: true, ..Options::default() }).await;
    let school = preau_year::sow(&app.store, &app.app.files, size, 0, app.clock.now()).await.unwrap();
    let (keys, rng) = (app.app.keys().clone(), &mut SeededRng::new(5));
    preau_year::open_calendar(&app.store, &school, &keys, app.clock.now(), rng).await.unwrap();
    (app, school)
}

fn browser(app: &TestApp, school: &School, actor: Actor) -> Client {
    let standing = match actor {
        Actor::Pupil => Standing::Pupil,
        Actor::Relative => Standing::Relative,
        Actor::Teacher => Standing::Teacher,
        Actor::Head | Actor::SchoolLife | Actor::Administrator | Actor::Platform => Standing::Staff,
    };
    let issued = app.clock.now();
    let session = SessionId::new(issued, &mut SeededRng::new(actor as u64));
    let pass = Pass { person: school.person(actor), session, standing, epoch: 0, issued, shared_device: false };
    let mut client = app.client();
    client.set_cookie("preau-pass", &pass.seal(&app.app.keys()));
    client
}

/// What each page takes, by route and actor.
async fn counts(size: &Size) -> BTreeMap<(&'static str, Actor), u32> {
    let (app, school) = Box::pin(sown(size)).await;
    let mut counts = BTreeMap::new();
    for page in pages() {
        let answer = browser(&app, &school, page.actor).get(&page.url(&school)).await;
        assert_eq!(answer.status, 200, "{:?} at {}: {}", page.actor, page.route, answer.reads());
        counts.insert((page.route, page.actor), answer.statements);
    }
    counts
}

#[tokio::test]
async fn no_page_takes_more_in_a_larger_school() {
    let (small, larger) = (counts(&SMALL).await, counts(&LARGER).await);
    let bounds: BTreeMap<_, _> = BOUNDS.iter().map(|(route, actor, most)| ((*route, *actor), *most)).collect();
    let known: BTreeSet<_> = larger.keys().collect();
    assert_eq!(bounds.keys().collect::<BTreeSet<_>>(), known, "pages with a bound, and pages");
    let mut faults = Vec::new();
    for (key, count) in &larger {
        let (before, most) = (small[key], bounds[key]);
        if *count > before {
            faults.push(format!("{key:?} takes {count} statements, in a small school {before}"));
        }
        if *count > most {
            faults.push(format!("{key:?} takes {count} statements, {most} at the most"));
        }
        if count + 1 < most {
            faults.push(format!("{key:?} takes {count} statements: its bound is {}", count + 1));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_page_is_opened_by_somebody() {
    let opened: BTreeSet<_> = pages().iter().map(|page| page.route).collect();
    let rows = routes::table();
    let gets: BTreeSet<_> = rows.iter().filter(|row| row.method == "GET").map(|row| row.path).collect();
    let of_nobody: Vec<_> = gets.iter().filter(|path| !opened.contains(*path) && !NO_PAGES.contains(path)).collect();
    assert!(of_nobody.is_empty(), "pages that nobody opens here: {of_nobody:#?}");
    let gone: Vec<_> = opened.iter().chain(&NO_PAGES).filter(|path| !gets.contains(*path)).collect();
    assert!(gone.is_empty(), "no routes: {gone:#?}");
    let public = rows.iter().filter(|row| row.rule == Rule::Anyone && opened.contains(row.path));
    let public: Vec<_> = public.map(|row| row.path).collect();
    assert_eq!(public, BY_SECRET, "nobody is signed in there");
}
