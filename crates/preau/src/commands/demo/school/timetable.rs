//! The year of the demonstration: weeks A and B, this week at a distance, the next in half groups, and today's changes.

use super::{DAY_STARTS_MIN, LESSON, SOURCE, Seed, TEACHERS};
use crate::commands::demo::people::SUBJECTS;
use anyhow::Context;
use jiff::ToSpan as _;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use preau_base::{GroupId, Instant, PersonId, SeriesId};
use preau_school::calendar::{Draft, Label, Letter, Mode, Rule, Selector, Start, Turns, ready};
use preau_school::timetable::Recurrence;
use preau_store::calendars::{self, Own};
use preau_store::lessons::{self, By};
use preau_store::series::{self, NewSeries};
use std::time::Duration;

const ROOMS: [&str; 4] = ["A 101", "A 102", "B 12", "B 14"];
/// The lesson of each day that alternates: one subject in weeks A, another in weeks B.
const ALTERNATING: usize = 5;
/// Lessons on a Wednesday.
const WEDNESDAY_LESSONS: usize = 4;

impl Seed<'_> {
    pub(super) async fn year(&mut self, zone: &TimeZone, today: Date) -> anyhow::Result<()> {
        self.calendar(today).await?;
        let calendar = calendars::of_school(self.conn, self.school).await?;
        let far = |days: i64| today.checked_add(days.days()).unwrap_or(today);
        let (first, last) = calendar.year_of(today).map_or((far(-30), far(120)), |year| (year.first, year.last));
        for weekday in [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday] {
            // Today has lessons around the hour at which the demonstration begins.
            let is_today = weekday == today.weekday() && (first..=last).contains(&today);
            let spans = if is_today { vec![(first, far(-1)), (far(1), last)] } else { vec![(first, last)] };
            for (from, to) in spans.into_iter().filter(|(from, to)| from <= to) {
                self.weekday(weekday, from, to).await?;
            }
        }
        let from = preau_school::timetable::at(first, Time::midnight(), zone).context("a first day")?;
        let from = from.minus(Duration::from_millis(1));
        series::publish(self.conn, self.school, zone, (from, self.now), self.rng).await?;
        Ok(())
    }

    /// This week at a distance, the next in half groups: what there is to be shown.
    async fn calendar(&mut self, today: Date) -> anyhow::Result<()> {
        let begins = if today.month() >= 8 { today.year() } else { today.year() - 1 };
        let Some(name) = ready::of_year(begins) else { return Ok(()) };
        let monday = today.checked_sub(i64::from(today.weekday().to_monday_zero_offset()).days())?;
        // On a Sunday the week that people look at is the one that begins.
        let monday = if today.weekday() == Weekday::Sunday { today.checked_add(1.day())? } else { monday };
        let rule = |fr: &str, en: &str, week: i64, mode| -> anyhow::Result<Rule> {
            let from = monday.checked_add(week.weeks())?;
            Ok(Rule {
                label: Label { fr: fr.to_owned(), en: en.to_owned() },
                start: Start::Morning(from),
                to: from.checked_add(4.days())?,
                selector: Selector::default(),
                mode,
                turns: Turns::Day,
            })
        };
        let rules = vec![
            rule("Fermeture du collège", "The school is closed", 0, Mode::Distance)?,
            rule("Reprise en demi-groupes", "Back in half groups", 1, Mode::HalfGroups)?,
        ];
        let draft = Draft { extends: Some(name.to_owned()), rules, ..Draft::default() };
        let own = Own { year: i64::from(begins), body: draft.to_text(), version: 0 };
        calendars::save(self.conn, self.school, &own, None, self.now).await?;
        Ok(())
    }

    async fn weekday(&mut self, weekday: Weekday, from: Date, to: Date) -> anyhow::Result<()> {
        let day = i64::from(weekday.to_monday_zero_offset());
        let lessons = if weekday == Weekday::Wednesday { WEDNESDAY_LESSONS } else { DAY_STARTS_MIN.len() };
        for (number, start_min) in DAY_STARTS_MIN.into_iter().enumerate().take(lessons) {
            let start = Time::midnight().checked_add(start_min.minutes())?;
            let end = start.checked_add(i64::try_from(LESSON.as_secs())?.seconds())?;
            let turn = day * 7 + i64::try_from(number)?;
            let when = |weeks| Recurrence { weekday, start, end, weeks, from, to };
            for (place, (_, class)) in self.classes.clone().into_iter().enumerate() {
                let turn = turn + i64::try_from(place)?;
                if number == ALTERNATING {
                    self.series(when(Some(Letter::A)), class, place, turn).await?;
                    self.series(when(Some(Letter::B)), class, place, turn + 3).await?;
                } else {
                    self.series(when(None), class, place, turn).await?;
                }
            }
        }
        Ok(())
    }

    async fn series(&mut self, recurrence: Recurrence, class: GroupId, place: usize, turn: i64) -> anyhow::Result<()> {
        let (teacher, subject_name) = self.teacher_in(turn)?;
        let series = NewSeries {
            id: SeriesId::new(self.now, self.rng),
            school: self.school,
            subject_name,
            room: ROOMS[place % ROOMS.len()],
            recurrence,
            groups: &[class],
            teachers: &[teacher],
            by: None,
            source: SOURCE,
            external_id: "",
        };
        series::create(self.conn, &series, self.now).await?;
        Ok(())
    }

    /// The teachers take the classes in turn, so that nobody teaches two at once.
    pub(super) fn teacher_in(&self, turn: i64) -> anyhow::Result<(PersonId, &'static str)> {
        let at = usize::try_from(turn.rem_euclid(TEACHERS.len() as i64)).unwrap_or(0);
        let (login, _, _, _, subject) = TEACHERS[at];
        let name = SUBJECTS.iter().find(|(code, _)| *code == subject).map_or(subject, |(_, name)| *name);
        Ok((self.known(login)?, name))
    }

    /// Of the first class's lessons later today, one is cancelled, one has another teacher, one another time.
    pub(super) async fn changes(&mut self) -> anyhow::Result<()> {
        let Some((_, class)) = self.classes.first().copied() else { return Ok(()) };
        let (from, to) = (self.now.plus(Duration::from_secs(3 * 3_600)), self.now.plus(Duration::from_secs(7 * 3_600)));
        let coming = lessons::of_school(self.conn, self.school, Some(class), from, to).await?;
        let head = self.known("direction")?;
        let coming: Vec<_> = coming.into_iter().filter(|lesson| lesson.starts_at > from).collect();
        if let Some(first) = coming.first() {
            let (other, _) = self.teacher_in(TEACHERS.len() as i64 - 1)?;
            let by = By { person: head, note: "Remplacement pour aujourd’hui." };
            lessons::set_teachers(self.conn, first.id, &[other], by, self.now).await?;
        }
        if let Some(last) = coming.last().filter(|_| coming.len() > 1) {
            let by = By { person: head, note: "Sortie au musée." };
            lessons::cancel(self.conn, last.id, true, by, self.now).await?;
        }
        Ok(())
    }

    /// Whether somebody could be in a lesson by video now.
    pub(super) fn is_live(lesson: &lessons::Lesson, now: Instant) -> bool {
        lesson.is_on(now) && lesson.is_live_for(None)
    }
}
