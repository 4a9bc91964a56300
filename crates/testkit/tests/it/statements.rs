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
    "/calendars/{secret}/preau.ics",
    "/guest",
    "/guest/{secret}",
    "/guest/documents/{file}/{page}",
    "/lessons/{id}/documents/{file}",
    "/lessons/{id}/documents/{file}/{page}",
    "/lessons/{id}/recordings/{n}/tracks/{file}",
    "/reports/{id}/picture",
    "/self-test/down",
];

/// Pages of what the year that is sown has none of: a recording, a report.
const WITHOUT_DATA: [&str; 2] = ["/lessons/{id}/recordings/{n}", "/reports/{id}"];

/// The most statements that a page may take, by route and actor: one more than it takes, so that a page can grow by a fact
/// and not by a loop.
const BOUNDS: [(&str, Actor, u32); 117] = [
    ("/", Pupil, 12),
    ("/", Relative, 19),
    ("/", Teacher, 13),
    ("/", Head, 10),
    ("/", SchoolLife, 10),
    ("/", Administrator, 13),
    ("/", Platform, 13),
    ("/account", Pupil, 7),
    ("/admin/gate", Platform, 6),
    ("/admin/gate/live", Platform, 6),
    ("/admin/mails", Platform, 10),
    ("/api/day", Pupil, 15),
    ("/attendance", Relative, 12),
    ("/attendance", Teacher, 12),
    ("/audit", Platform, 7),
    ("/calendars", Pupil, 8),
    ("/devices", Pupil, 8),
    ("/groups/{id}", Teacher, 16),
    ("/groups/{id}", Administrator, 18),
    ("/groups/{id}/cards", Head, 14),
    ("/groups/{id}/halves", SchoolLife, 11),
    ("/groups/{id}/load", Teacher, 11),
    ("/groups/{id}/log", Teacher, 13),
    ("/groups/{id}/merge", Administrator, 10),
    ("/groups/{id}/rename", Administrator, 9),
    ("/groups/{id}/week", Teacher, 13),
    ("/homework", Pupil, 9),
    ("/homework", Relative, 7),
    ("/homework", Teacher, 8),
    ("/homework/new", Teacher, 13),
    ("/homework/{id}", Pupil, 14),
    ("/homework/{id}", Relative, 20),
    ("/homework/{id}", Teacher, 11),
    ("/homework/{id}/change", Teacher, 14),
    ("/homework/{id}/pupils/{person}", Teacher, 20),
    ("/import", Platform, 7),
    ("/lessons/{id}", Pupil, 13),
    ("/lessons/{id}", Teacher, 13),
    ("/lessons/{id}/change", SchoolLife, 15),
    ("/lessons/{id}/chat", Teacher, 11),
    ("/lessons/{id}/guests", Teacher, 12),
    ("/lessons/{id}/log", Pupil, 18),
    ("/lessons/{id}/log/write", Teacher, 20),
    ("/lessons/{id}/report", Pupil, 10),
    ("/lessons/{id}/roll", Teacher, 19),
    ("/lessons/{id}/setup", Teacher, 16),
    ("/log", Pupil, 10),
    ("/log", Relative, 15),
    ("/log", Teacher, 12),
    ("/log/readings/{id}", SchoolLife, 11),
    ("/notices", Pupil, 12),
    ("/notices", Relative, 12),
    ("/notices", Teacher, 12),
    ("/open", Teacher, 12),
    ("/password", Pupil, 7),
    ("/people/{id}", Teacher, 21),
    ("/people/{id}", Administrator, 29),
    ("/people/{id}/absences/new", Relative, 12),
    ("/people/{id}/attendance", Relative, 14),
    ("/people/{id}/attendance", SchoolLife, 14),
    ("/people/{id}/change", Administrator, 12),
    ("/people/{id}/data", Pupil, 12),
    ("/people/{id}/follow-up", SchoolLife, 14),
    ("/people/{id}/homework", Relative, 14),
    ("/people/{id}/log", Relative, 15),
    ("/people/{id}/merge", Administrator, 27),
    ("/people/{id}/relations", Head, 13),
    ("/people/{id}/week", Relative, 16),
    ("/progression-steps/{id}", Teacher, 9),
    ("/progressions", Teacher, 9),
    ("/progressions/{id}", Teacher, 11),
    ("/receipts/{id}", Pupil, 15),
    ("/schools", Platform, 7),
    ("/schools/new", Platform, 6),
    ("/schools/{id}", Administrator, 14),
    ("/schools/{id}/attendance", SchoolLife, 13),
    ("/schools/{id}/attendance.csv", SchoolLife, 11),
    ("/schools/{id}/attendance/settings", SchoolLife, 9),
    ("/schools/{id}/audit", Administrator, 9),
    ("/schools/{id}/calendar", Head, 12),
    ("/schools/{id}/calendar/new", Head, 11),
    ("/schools/{id}/calendar/settings", Head, 11),
    ("/schools/{id}/codes", Administrator, 9),
    ("/schools/{id}/groups", Administrator, 10),
    ("/schools/{id}/groups/new", Administrator, 8),
    ("/schools/{id}/import", Administrator, 9),
    ("/schools/{id}/keeping", Head, 5),
    ("/schools/{id}/lessons", Head, 9),
    ("/schools/{id}/lessons/new", Head, 11),
    ("/schools/{id}/log", Head, 11),
    ("/schools/{id}/log/entries", Head, 12),
    ("/schools/{id}/log/readings", Head, 9),
    ("/schools/{id}/log/readings/new", Head, 10),
    ("/schools/{id}/not-reached", SchoolLife, 11),
    ("/schools/{id}/on-site", SchoolLife, 10),
    ("/schools/{id}/people", Head, 9),
    ("/schools/{id}/people", Administrator, 9),
    ("/schools/{id}/people/new", Administrator, 9),
    ("/schools/{id}/recordings", Head, 5),
    ("/schools/{id}/replacements", SchoolLife, 9),
    ("/schools/{id}/reports", SchoolLife, 5),
    ("/schools/{id}/self-tests", SchoolLife, 5),
    ("/schools/{id}/series", Head, 13),
    ("/schools/{id}/series/new", Head, 13),
    ("/schools/{id}/territory", Platform, 8),
    ("/schools/{id}/timetable", Head, 14),
    ("/schools/{id}/timetable/import", Head, 9),
    ("/schools/{id}/year", Administrator, 10),
    ("/self-test", Pupil, 3),
    ("/series/{id}/change", Head, 14),
    ("/territories", Platform, 8),
    ("/territories/new", Platform, 7),
    ("/territories/{id}", Platform, 13),
    ("/territories/{id}/lists", Platform, 10),
    ("/territories/{id}/not-reached", Platform, 10),
    ("/week", Pupil, 11),
    ("/week", Teacher, 11),
];

async fn sown(size: &Size) -> (TestApp, School) {
    let app = TestApp::with(Options { empty: true, ..Options::default() }).await;
    let school = preau_year::sow(&app.store, size, 0, app.clock.now()).await.unwrap();
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
    let (app, school) = sown(size).await;
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
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_page_is_opened_by_somebody() {
    let opened: BTreeSet<_> = pages().iter().map(|page| page.route).collect();
    let rows = routes::table();
    let gets: BTreeSet<_> = rows.iter().filter(|row| row.method == "GET").map(|row| row.path).collect();
    let elsewhere: Vec<_> = NO_PAGES.iter().chain(&WITHOUT_DATA).collect();
    let of_nobody: Vec<_> = gets.iter().filter(|path| !opened.contains(*path) && !elsewhere.contains(path)).collect();
    assert!(of_nobody.is_empty(), "pages that nobody opens here: {of_nobody:#?}");
    let gone: Vec<_> =
        opened.iter().chain(&NO_PAGES).chain(&WITHOUT_DATA).filter(|path| !gets.contains(*path)).collect();
    assert!(gone.is_empty(), "no routes: {gone:#?}");
    let public: Vec<_> = rows.iter().filter(|row| row.rule == Rule::Anyone && opened.contains(row.path)).collect();
    assert!(public.is_empty(), "nobody is signed in there");
}
