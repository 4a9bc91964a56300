//! Attendance in the demonstration: rolls of the last days, reasons, pupils who were not reached, children on site.

use super::Seed;
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use preau_base::{AbsenceId, FollowUpId, Instant, LessonId, PersonId, VisitId};
use preau_school::LessonRole;
use preau_school::attendance::{AFTERNOON_MIN, ExcuseState, HalfDay, Means, Reached, Reason, Status};
use preau_school::timetable::LessonMode;
use preau_store::absences::{self, NewAbsence};
use preau_store::attendance::{self, Settings};
use preau_store::follow_ups::{self, NewFollowUp};
use preau_store::lessons::{self, Lesson};
use preau_store::on_site::{self, Arrival};
use preau_store::rolls::{self, Entry, NewRoll};
use preau_store::{failed_tries, people, visits};
use std::time::Duration;

/// Rolls are there for lessons of this long back.
const CALLED_BACK: Duration = Duration::from_secs(7 * 86_400);
/// The roll of a lesson that ended this lately is yet to be called.
const NOT_CALLED: Duration = Duration::from_secs(70 * 60);
/// One pupil in so many was not simply there.
const EXCEPTION_PART: usize = 17;

impl Seed<'_> {
    pub(super) async fn attendance(&mut self) -> anyhow::Result<()> {
        let zone = TimeZone::get("Europe/Paris")?;
        let now = jiff::Timestamp::from_millisecond(self.now.as_millis())?.to_zoned(zone.clone());
        let settings = Settings { on_site_places: 12, ..Settings::default() };
        attendance::change_settings(self.conn, self.school, &Settings::default(), &settings).await?;
        let anne = self.known("parent")?;
        let names = ("Mme", "Anne", "Leroy");
        people::set_names(self.conn, anne, names, Some("anne.leroy@exemple.fr"), self.now).await?;
        for (_, class) in self.classes.clone() {
            let from = self.now.minus(CALLED_BACK);
            let held = lessons::of_school(self.conn, self.school, Some(class), from, self.now).await?;
            let half_of = |lesson: &Lesson| {
                let at = jiff::Timestamp::from_millisecond(lesson.starts_at.as_millis()).unwrap_or_default();
                HalfDay::at(&at.to_zoned(zone.clone()), AFTERNOON_MIN)
            };
            let called_before = self.now.minus(NOT_CALLED);
            let (called, rest): (Vec<_>, Vec<_>) =
                held.iter().filter(|lesson| lesson.is_open()).partition(|lesson| lesson.ends_at <= called_before);
            // Max has missed the last half-day without a word from home, which a mail tells of.
            let missed = called.last().map(|lesson| half_of(lesson));
            for (number, lesson) in called.into_iter().enumerate() {
                let half = half_of(lesson);
                self.roll(lesson, half, (number, Some(half) == missed)).await?;
            }
            let now = self.now;
            for lesson in rest.into_iter().filter(|lesson| lesson.ends_at <= now) {
                self.stays(lesson).await?;
            }
        }
        self.reasons(now.date()).await?;
        self.unreached().await?;
        self.received(now.date()).await
    }

    async fn roll(
        &mut self,
        lesson: &Lesson,
        half: HalfDay,
        (number, max_misses): (usize, bool),
    ) -> anyhow::Result<()> {
        let max = self.known("eleve")?;
        let teacher = lessons::facts(self.conn, lesson.id).await?.and_then(|facts| facts.teachers.first().copied());
        let Some(by) = teacher else { return Ok(()) };
        let pupils = rolls::roster(self.conn, lesson.id).await?;
        let here = if lesson.mode() == Some(LessonMode::OnSite) { Status::Present } else { Status::Distant };
        let entry = |(place, pupil): (usize, &rolls::Pupil)| {
            let (status, minutes) = match (place * 5 + number * 3) % EXCEPTION_PART {
                _ if pupil.id == max => (if max_misses { Status::Absent } else { here }, 0),
                // The two last ones of each class were not seen at all.
                _ if place + 2 >= pupils.len() => (Status::NoConnection, 0),
                0 => (Status::Late, 8),
                1 if number.is_multiple_of(3) => (Status::Absent, 0),
                2 if number.is_multiple_of(4) => (Status::NoConnection, 0),
                3 if number.is_multiple_of(7) => (Status::LeftEarly, 15),
                _ => (here, 0),
            };
            Entry { pupil_id: pupil.id, status, minutes }
        };
        let entries: Vec<Entry> = pupils.iter().enumerate().map(entry).collect();
        let roll = NewRoll { lesson: lesson.id, school: self.school, half, by, seen: 0, entries: &entries };
        rolls::save(self.conn, &roll, lesson.ends_at).await?;
        Ok(())
    }

    /// A lesson at a distance whose roll is yet to be called: the class has seen who came when.
    async fn stays(&mut self, lesson: &Lesson) -> anyhow::Result<()> {
        let pupils = rolls::roster(self.conn, lesson.id).await?;
        let minutes = |count: u64| Duration::from_secs(count * 60);
        for (place, pupil) in pupils.iter().enumerate().take(pupils.len().saturating_sub(3)) {
            let late = if place % 9 == 4 { 9 } else { u64::try_from(place % 4)? };
            let left = if place % 11 == 6 { lesson.ends_at.minus(minutes(20)) } else { lesson.ends_at };
            self.stay(lesson.id, pupil.id, lesson.starts_at.plus(minutes(late)), left).await?;
        }
        if let Some(tried) = pupils.last() {
            failed_tries::note(self.conn, tried.id, lesson.starts_at, "full").await?;
        }
        Ok(())
    }

    async fn stay(&mut self, lesson: LessonId, pupil: PersonId, from: Instant, to: Instant) -> anyhow::Result<()> {
        let id = VisitId::new(from, self.rng);
        visits::join(self.conn, id, lesson, pupil, LessonRole::Pupil, from).await?;
        visits::leave(self.conn, id, to).await?;
        Ok(())
    }

    /// A mother has an appointment with her son tomorrow; somebody else had the flu.
    async fn reasons(&mut self, today: Date) -> anyhow::Result<()> {
        let (mother, max, ines) = (self.known("parent")?, self.known("eleve")?, self.known("eleve2")?);
        let school_life = self.known("vie-scolaire")?;
        let day = |days: i64| today.checked_add(days.days());
        let (tomorrow, before, yesterday) = (day(1)?, day(-3)?, day(-1)?);
        for (pupil, first, last, reason, detail, state, by) in [
            (
                max,
                HalfDay::morning(tomorrow),
                HalfDay::morning(tomorrow),
                Reason::Appointment,
                "Chez l’orthodontiste, de retour à midi.",
                ExcuseState::Declared,
                mother,
            ),
            (
                ines,
                HalfDay::morning(before),
                HalfDay::afternoon(yesterday),
                Reason::Health,
                "Grippe.",
                ExcuseState::Accepted,
                school_life,
            ),
        ] {
            let id = AbsenceId::new(self.now, self.rng);
            let absence = NewAbsence { id, school: self.school, pupil, first, last, reason, detail, state, by };
            absences::declare(self.conn, &absence, self.now).await?;
        }
        Ok(())
    }

    /// Somebody has tried to reach the last pupil of each class.
    async fn unreached(&mut self) -> anyhow::Result<()> {
        let by = self.known("vie-scolaire")?;
        let tries = [
            (Means::Phone, Reached::NoAnswer, "Deux appels, pas de répondeur."),
            (Means::Material, Reached::UnderWay, "Une tablette et une clé 4G sont réservées."),
        ];
        for (_, class) in self.classes.clone() {
            let pupils = preau_store::groups::members(self.conn, class, preau_school::MemberRole::Pupil).await?;
            let Some(pupil) = pupils.last() else { continue };
            for (days, (means, result, note)) in (1..).zip(tries.into_iter().rev()) {
                let id = FollowUpId::new(self.now, self.rng);
                let entry = NewFollowUp { id, school: self.school, pupil: pupil.id, by, means, result, note };
                follow_ups::add(self.conn, &entry, self.now.minus(Duration::from_secs(86_400 * days))).await?;
            }
        }
        Ok(())
    }

    async fn received(&mut self, today: Date) -> anyhow::Result<()> {
        let by = self.known("vie-scolaire")?;
        let day = today.to_string();
        let Some((_, class)) = self.classes.last().copied() else { return Ok(()) };
        let pupils = preau_store::groups::members(self.conn, class, preau_school::MemberRole::Pupil).await?;
        for (pupil, note) in pupils.iter().skip(4).zip(["Mère infirmière", "", "Père pompier"]) {
            let arrival = Arrival { school: self.school, day: &day, pupil: pupil.id, note, by };
            on_site::receive(self.conn, &arrival, self.now).await?;
        }
        Ok(())
    }
}
