use crate::forms::{Check, Choice, Faults, FormPage, Kind};
use crate::limits::{LESSON_GROUPS_MAX, LESSON_TEACHERS_MAX, ROOM_CHARS_MAX, SUBJECT_CHARS_MAX};
use crate::screens::lessons::{Offer, chosen, same};
use crate::{Fields, Member, Page, PageError};
use jiff::ToSpan as _;
use jiff::civil::Weekday;
use preau_base::{GroupId, PersonId, SchoolId, SeriesId};
use preau_school::calendar::Letter;
use preau_school::timetable::{Recurrence, RecurrenceFault};
use preau_store::series::{NewSeries, Series};
use preau_store::{Conn, calendars};

/// A series that was typed well.
pub(super) struct Typed {
    pub subject: String,
    room: String,
    recurrence: Recurrence,
    groups: Vec<GroupId>,
    teachers: Vec<PersonId>,
}

impl Typed {
    /// Whether a series is this already.
    pub(super) fn is(&self, series: &Series) -> bool {
        (&self.subject, &self.room) == (&series.subject_name, &series.claim.room)
            && self.recurrence == series.recurrence
            && same(&self.groups, &series.claim.groups)
            && same(&self.teachers, &series.claim.teachers)
    }

    pub(super) fn series(&self, id: SeriesId, school: SchoolId, by: PersonId) -> NewSeries<'_> {
        NewSeries {
            id,
            school,
            subject_name: &self.subject,
            room: &self.room,
            recurrence: self.recurrence,
            groups: &self.groups,
            teachers: &self.teachers,
            by: Some(by),
            source: "hand",
            external_id: "",
        }
    }
}

pub(super) fn page<'a>(
    page: &'a Page,
    title: &str,
    (action, back): (String, String),
    sent: &Fields,
    offer: Offer,
) -> FormPage<'a> {
    let mut form = FormPage::new(page, page.t(title), action, back);
    form.intro = Some(page.t("series-intro"));
    let subject = form.field(sent, "subject", "lesson-subject", Kind::Suggest(offer.subjects));
    (subject.required, subject.chars_max) = (true, SUBJECT_CHARS_MAX);
    let days = (1..=7).map(|day| Choice { value: day.to_string(), label: page.t(&format!("weekday-{day}")) });
    form.field(sent, "weekday", "series-weekday", Kind::Select(days.collect())).required = true;
    form.field(sent, "start", "lesson-start", Kind::Input("time")).required = true;
    form.field(sent, "end", "lesson-end", Kind::Input("time")).required = true;
    let mut weeks = vec![Choice { value: String::new(), label: page.t("series-every-week") }];
    weeks.extend(Letter::ALL.iter().map(|letter| Choice {
        value: letter.as_str().to_owned(),
        label: page.t1("week-letter", "letter", letter.as_str()),
    }));
    form.field(sent, "weeks", "series-weeks", Kind::Select(weeks)).required = true;
    form.field(sent, "from", "series-from", Kind::Input("date")).required = true;
    form.field(sent, "to", "series-to", Kind::Input("date")).required = true;
    form.field(sent, "groups", "lesson-groups", Kind::Boxes(offer.groups)).required = true;
    form.field(sent, "teachers", "lesson-teachers", Kind::Boxes(offer.teachers));
    form.field(sent, "room", "lesson-room", Kind::Input("text")).chars_max = ROOM_CHARS_MAX;
    form.field(sent, "version", "lesson-room", Kind::Hidden);
    form
}

/// What a new form holds: to the end of the school year.
pub(super) async fn blank(member: &Member, conn: &mut Conn, school: SchoolId) -> Result<Fields, PageError> {
    let calendar = calendars::of_school(conn, school).await?;
    let today = member.today();
    let year = calendar.year_of(today).filter(|year| today <= year.last);
    let from = year.map_or(today, |year| today.max(year.first));
    let to = year.map_or_else(|| today.checked_add(300.days()).unwrap_or(today), |year| year.last);
    Ok(Fields::of([("weekday", "1".to_owned()), ("from", from.to_string()), ("to", to.to_string())]))
}

/// What the form of a series holds.
pub(super) fn of(series: &Series) -> Fields {
    let when = &series.recurrence;
    let mut pairs = vec![
        ("subject".to_owned(), series.subject_name.clone()),
        ("weekday".to_owned(), when.weekday.to_monday_one_offset().to_string()),
        ("start".to_owned(), when.start.strftime("%H:%M").to_string()),
        ("end".to_owned(), when.end.strftime("%H:%M").to_string()),
        ("weeks".to_owned(), when.weeks.map_or("", Letter::as_str).to_owned()),
        ("from".to_owned(), when.from.to_string()),
        ("to".to_owned(), when.to.to_string()),
        ("room".to_owned(), series.claim.room.clone()),
        ("version".to_owned(), series.version.to_string()),
    ];
    pairs.extend(series.claim.groups.iter().map(|group| ("groups".to_owned(), group.to_string())));
    pairs.extend(series.claim.teachers.iter().map(|teacher| ("teachers".to_owned(), teacher.to_string())));
    pairs.into_iter().collect()
}

pub(super) fn read(page: &Page, sent: &Fields, offer: &Offer) -> Result<Typed, Faults> {
    let mut check = Check::new(page, sent);
    let subject = check.needed("subject", SUBJECT_CHARS_MAX);
    let room = check.line("room", ROOM_CHARS_MAX);
    let weekday = sent.raw("weekday").parse().ok().and_then(|day| Weekday::from_monday_one_offset(day).ok());
    if weekday.is_none() {
        check.fault("weekday", "fault-choose");
    }
    let (start, end) = (check.time("start"), check.time("end"));
    let (from, to) = (check.day("from"), check.day("to"));
    let weeks = sent.raw("weeks").parse::<Letter>().ok();
    let mut found = None;
    if let (Some(weekday), Some(start), Some(end), Some(from), Some(to)) = (weekday, start, end, from, to) {
        let recurrence = Recurrence { weekday, start, end, weeks, from, to };
        match recurrence.check() {
            Ok(()) => found = Some(recurrence),
            Err(RecurrenceFault::Time) => check.fault("end", "fault-end"),
            Err(RecurrenceFault::Days) => check.fault("to", "fault-series-days"),
        }
    }
    let groups = chosen(sent, "groups", &offer.groups);
    if groups.is_empty() || groups.len() > LESSON_GROUPS_MAX {
        check.fault("groups", "fault-groups");
    }
    let teachers = chosen(sent, "teachers", &offer.teachers);
    if teachers.len() > LESSON_TEACHERS_MAX {
        check.fault("teachers", "fault-teachers");
    }
    match found {
        Some(recurrence) if check.is_good() => Ok(Typed { subject, room, recurrence, groups, teachers }),
        _ => Err(check.faults()),
    }
}
