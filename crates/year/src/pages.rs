use crate::{Actor, School};
use Actor::{Administrator, Head, Platform, Pupil, Relative, SchoolLife, Teacher};

/// A page that somebody opens in the course of their work.
#[derive(Clone, Copy)]
pub struct Page {
    /// As the route table has it.
    pub route: &'static str,
    pub actor: Actor,
    /// Path and query, where they are not the route itself.
    url: Option<fn(&School) -> String>,
}

impl Page {
    const fn new(route: &'static str, actor: Actor, url: fn(&School) -> String) -> Self {
        Self { route, actor, url: Some(url) }
    }

    /// A route that names nothing.
    const fn plain(route: &'static str, actor: Actor) -> Self {
        Self { route, actor, url: None }
    }

    /// The path and query in a school.
    pub fn url(&self, school: &School) -> String {
        self.url.map_or_else(|| self.route.to_owned(), |url| url(school))
    }
}

/// Every page that shows something, as those who use it open it.
pub fn pages() -> Vec<Page> {
    let mut pages = own();
    pages.extend(timetable());
    pages.extend(log());
    pages.extend(work());
    pages.extend(attendance());
    pages.extend(people());
    pages.extend(territories());
    pages.extend(class());
    pages
}

fn of_pupil(school: &School, rest: &str) -> String {
    format!("/people/{}{rest}", school.person(Pupil))
}

fn of_school(school: &School, rest: &str) -> String {
    format!("/schools/{}{rest}", school.id)
}

fn of_class(school: &School, rest: &str) -> String {
    format!("/groups/{}{rest}", school.class)
}

fn of_homework(school: &School, rest: &str) -> String {
    format!("/homework/{}{rest}", school.homework)
}

fn own() -> Vec<Page> {
    let mut pages: Vec<_> = Actor::ALL.map(|actor| Page::plain("/", actor)).into();
    pages.extend([Pupil, Teacher].map(|actor| Page::plain("/week", actor)));
    pages.extend([Pupil, Relative, Teacher].map(|actor| Page::plain("/notices", actor)));
    pages.extend([
        Page::plain("/account", Pupil),
        Page::plain("/password", Pupil),
        Page::plain("/devices", Pupil),
        Page::plain("/calendars", Pupil),
        // As a calendar program asks for it.
        Page::new("/calendars/{secret}/preau.ics", Pupil, |it| format!("/calendars/{}/preau.ics", it.calendar)),
        Page::new("/people/{id}/data", Pupil, |it| of_pupil(it, "/data")),
        Page::new("/lessons/{id}", Pupil, |it| format!("/lessons/{}", it.lesson_now)),
        Page::new("/lessons/{id}", Teacher, |it| format!("/lessons/{}", it.lesson_now)),
        Page::new("/lessons/{id}/about", Pupil, |it| format!("/lessons/{}/about", it.lesson_before)),
        Page::new("/lessons/{id}/about", Relative, |it| format!("/lessons/{}/about", it.lesson_before)),
        Page::new("/lessons/{id}/about", Teacher, |it| format!("/lessons/{}/about", it.lesson_now)),
        Page::plain("/open", Teacher),
    ]);
    pages
}

fn timetable() -> Vec<Page> {
    vec![
        Page::new("/people/{id}/week", Relative, |it| of_pupil(it, "/week")),
        Page::new("/groups/{id}/week", Teacher, |it| of_class(it, "/week")),
        Page::new("/schools/{id}/timetable", Head, |it| of_school(it, "/timetable")),
        Page::new("/schools/{id}/lessons", Head, |it| of_school(it, "/lessons")),
        Page::new("/schools/{id}/lessons/new", Head, |it| of_school(it, "/lessons/new")),
        Page::new("/lessons/{id}/change", SchoolLife, |it| format!("/lessons/{}/change", it.lesson_now)),
        Page::new("/schools/{id}/series", Head, |it| of_school(it, "/series")),
        Page::new("/schools/{id}/series/new", Head, |it| of_school(it, "/series/new")),
        Page::new("/series/{id}/change", Head, |it| format!("/series/{}/change", it.series)),
        Page::new("/schools/{id}/replacements", SchoolLife, |it| of_school(it, "/replacements")),
        Page::new("/schools/{id}/calendar", Head, |it| of_school(it, "/calendar")),
        Page::new("/schools/{id}/calendar/new", Head, |it| of_school(it, "/calendar/new")),
        Page::new("/schools/{id}/calendar/settings", Head, |it| of_school(it, "/calendar/settings")),
        Page::new("/groups/{id}/halves", SchoolLife, |it| of_class(it, "/halves")),
        Page::new("/schools/{id}/timetable/import", Head, |it| of_school(it, "/timetable/import")),
    ]
}

fn log() -> Vec<Page> {
    let mut pages: Vec<_> = [Pupil, Relative, Teacher].map(|actor| Page::plain("/log", actor)).into();
    pages.extend([
        Page::new("/people/{id}/log", Relative, |it| of_pupil(it, "/log")),
        Page::new("/groups/{id}/log", Teacher, |it| of_class(it, "/log")),
        Page::new("/groups/{id}/load", Teacher, |it| of_class(it, "/load")),
        Page::new("/lessons/{id}/log", Pupil, |it| format!("/lessons/{}/log", it.lesson_before)),
        Page::new("/lessons/{id}/log/write", Teacher, |it| format!("/lessons/{}/log/write", it.lesson_now)),
        Page::new("/schools/{id}/log", Head, |it| of_school(it, "/log")),
        Page::new("/schools/{id}/log/entries", Head, |it| of_school(it, &format!("/log/entries?group={}", it.class))),
        Page::new("/schools/{id}/log/readings", Head, |it| of_school(it, "/log/readings")),
        Page::new("/schools/{id}/log/readings/new", Head, |it| of_school(it, "/log/readings/new")),
        Page::new("/log/readings/{id}", SchoolLife, |it| format!("/log/readings/{}", it.reading)),
        Page::plain("/progressions", Teacher),
        Page::new("/progressions/{id}", Teacher, |it| format!("/progressions/{}", it.progression)),
        Page::new("/progression-steps/{id}", Teacher, |it| format!("/progression-steps/{}", it.step)),
    ]);
    pages
}

fn work() -> Vec<Page> {
    let mut pages: Vec<_> = [Pupil, Relative, Teacher].map(|actor| Page::plain("/homework", actor)).into();
    pages.extend([
        Page::plain("/api/day", Pupil),
        Page::plain("/api/day", Relative),
        Page::plain("/api/day", Teacher),
        Page::new("/people/{id}/homework", Relative, |it| of_pupil(it, "/homework")),
        Page::plain("/homework/new", Teacher),
        Page::new("/homework/{id}", Pupil, |it| of_homework(it, "")),
        Page::new("/homework/{id}", Relative, |it| of_homework(it, "")),
        Page::new("/homework/{id}", Teacher, |it| of_homework(it, "")),
        Page::new("/homework/{id}/change", Teacher, |it| of_homework(it, "/change")),
        Page::new("/homework/{id}/pupils/{person}", Teacher, |it| {
            of_homework(it, &format!("/pupils/{}", it.person(Pupil)))
        }),
        Page::new("/receipts/{id}", Pupil, |it| format!("/receipts/{}", it.receipt)),
    ]);
    pages
}

fn attendance() -> Vec<Page> {
    let mut pages: Vec<_> = [Relative, Teacher].map(|actor| Page::plain("/attendance", actor)).into();
    pages.extend([
        Page::new("/lessons/{id}/setup", Teacher, |it| format!("/lessons/{}/setup", it.lesson_now)),
        Page::new("/lessons/{id}/guests", Teacher, |it| format!("/lessons/{}/guests", it.lesson_now)),
        Page::new("/lessons/{id}/streams", Teacher, |it| format!("/lessons/{}/streams", it.lesson_now)),
        Page::new("/lessons/{id}/roll", Teacher, |it| format!("/lessons/{}/roll", it.lesson_now)),
        Page::new("/schools/{id}/attendance", SchoolLife, |it| of_school(it, "/attendance")),
        Page::new("/schools/{id}/attendance/settings", SchoolLife, |it| of_school(it, "/attendance/settings")),
        Page::new("/people/{id}/attendance", Relative, |it| of_pupil(it, "/attendance")),
        Page::new("/people/{id}/attendance", SchoolLife, |it| of_pupil(it, "/attendance")),
        Page::new("/people/{id}/absences/new", Relative, |it| of_pupil(it, "/absences/new")),
        Page::new("/schools/{id}/not-reached", SchoolLife, |it| of_school(it, "/not-reached")),
        Page::new("/territories/{id}/not-reached", Platform, |it| format!("/territories/{}/not-reached", it.territory)),
        Page::new("/schools/{id}/attendance.csv", SchoolLife, |it| of_school(it, "/attendance.csv")),
        Page::new("/people/{id}/follow-up", SchoolLife, |it| of_pupil(it, "/follow-up")),
        Page::new("/schools/{id}/on-site", SchoolLife, |it| of_school(it, "/on-site")),
        Page::plain("/admin/mails", Platform),
    ]);
    pages
}

fn people() -> Vec<Page> {
    vec![
        Page::new("/schools/{id}/people", Administrator, |it| of_school(it, "/people")),
        Page::new("/schools/{id}/people", Head, |it| of_school(it, "/people?q=mart")),
        Page::new("/schools/{id}/people/new", Administrator, |it| of_school(it, "/people/new")),
        Page::new("/people/{id}", Administrator, |it| of_pupil(it, "")),
        Page::new("/people/{id}", Teacher, |it| of_pupil(it, "")),
        Page::new("/people/{id}/change", Administrator, |it| of_pupil(it, "/change")),
        Page::new("/people/{id}/relations", Head, |it| of_pupil(it, "/relations")),
        Page::new("/people/{id}/merge", Administrator, |it| of_pupil(it, "/merge?with=0.1")),
        Page::new("/schools/{id}/codes", Administrator, |it| of_school(it, "/codes")),
        Page::new("/schools/{id}/groups", Administrator, |it| of_school(it, "/groups")),
        Page::new("/schools/{id}/groups/new", Administrator, |it| of_school(it, "/groups/new")),
        Page::new("/groups/{id}", Teacher, |it| of_class(it, "")),
        Page::new("/groups/{id}", Administrator, |it| of_class(it, "?q=mart")),
        Page::new("/groups/{id}/rename", Administrator, |it| of_class(it, "/rename")),
        Page::new("/groups/{id}/merge", Administrator, |it| of_class(it, "/merge")),
        Page::new("/groups/{id}/cards", Head, |it| of_class(it, "/cards")),
        Page::new("/schools/{id}/year", Administrator, |it| of_school(it, "/year")),
    ]
}

fn territories() -> Vec<Page> {
    vec![
        Page::plain("/schools", Platform),
        Page::plain("/schools/new", Platform),
        Page::new("/schools/{id}", Administrator, |it| of_school(it, "")),
        Page::new("/schools/{id}/audit", Administrator, |it| of_school(it, "/audit")),
        Page::plain("/audit", Platform),
        Page::plain("/territories", Platform),
        Page::plain("/territories/new", Platform),
        Page::new("/territories/{id}", Platform, |it| format!("/territories/{}", it.territory)),
        Page::new("/territories/{id}/lists", Platform, |it| format!("/territories/{}/lists", it.territory)),
        Page::new("/schools/{id}/territory", Platform, |it| of_school(it, "/territory")),
        Page::plain("/import", Platform),
        Page::new("/schools/{id}/import", Administrator, |it| of_school(it, "/import")),
        Page::plain("/admin/gate", Platform),
        Page::plain("/admin/gate/live", Platform),
    ]
}

/// What stands around live classes.
fn class() -> Vec<Page> {
    vec![
        Page::plain("/self-test", Pupil),
        Page::new("/lessons/{id}/report", Pupil, |it| format!("/lessons/{}/report", it.lesson_now)),
        Page::new("/lessons/{id}/chat", Teacher, |it| format!("/lessons/{}/chat", it.lesson_now)),
        Page::new("/schools/{id}/reports", SchoolLife, |it| of_school(it, "/reports")),
        Page::new("/schools/{id}/self-tests", SchoolLife, |it| of_school(it, "/self-tests")),
        Page::new("/schools/{id}/keeping", Head, |it| of_school(it, "/keeping")),
        Page::new("/schools/{id}/recordings", Head, |it| of_school(it, "/recordings")),
        Page::new("/schools/{id}/recordings/kept", Head, |it| of_school(it, "/recordings/kept")),
        Page::new("/lessons/{id}/recordings/{n}", Pupil, |it| format!("/lessons/{}/recordings/1", it.lesson_before)),
        Page::new("/lessons/{id}/recordings/{n}", Teacher, |it| format!("/lessons/{}/recordings/1", it.lesson_before)),
        Page::new("/reports/{id}", SchoolLife, |it| format!("/reports/{}", it.report)),
    ]
}
