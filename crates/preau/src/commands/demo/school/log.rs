//! The lesson log of the demonstration: the teachers have written most of their lessons so far, one has a progression.

use super::{SUBJECTS, Seed, TEACHERS};
use preau_base::{LogEntryId, PersonId, ProgressionId, StepId};
use preau_school::homework::Ways;
use preau_school::log::STEPS_MAX;
use preau_store::homework;
use preau_store::log::lists::{self, Span, Taught};
use preau_store::log::{self, Text, load, visas};
use preau_store::progressions::{self, StepText};
use std::time::Duration;

/// Entries are written for lessons of this long back.
const WRITTEN_BACK: Duration = Duration::from_secs(21 * 86_400);
/// Entries older than this have the head's visa.
const SIGNED_BEFORE: Duration = Duration::from_secs(14 * 86_400);

/// What lessons were about, by subject; taken in turn.
const DONE: &[(&str, &[&str])] = &[
    (
        "HIGEO",
        &[
            "L’Égypte ancienne : la crue du Nil et le limon.\n\nDocuments 1 à 3, page 34 :\n- repérer les dates ;\n- situer Memphis et Thèbes sur la carte.",
            "Le pharaon, chef politique et religieux.\n\nTrace écrite dans le cahier. Pour aller plus loin : https://www.louvre.fr/",
            "Correction du travail sur les pyramides, puis lecture d’un plan.",
        ],
    ),
    (
        "MATHS",
        &[
            "Fractions : comparer, ranger, placer sur une droite graduée.\n\n1. Rappel du vocabulaire\n2. Exercices 12 à 15, page 82",
            "Correction des exercices.\nIntroduction aux nombres décimaux.",
        ],
    ),
    ("ANGL", &["Vocabulaire de la leçon 4 : la maison.\n\nTravail oral par deux.", "Le prétérit : verbes réguliers."]),
    ("FRANC", &["Lecture suivie : « Le voyage d’Ulysse », chapitre 1.", "Accord du participe passé avec être."]),
];
const OTHERWISE: &[&str] =
    &["Suite de la leçon et exercices d’application.", "Correction du travail donné, puis trace écrite."];

const STEPS: [(&str, &str, &str); 4] = [
    ("Les premiers États", "Carte du Croissant fertile.\n\n- Sumer\n- l’Égypte", "Apprendre la légende de la carte"),
    ("L’écriture cunéiforme", "Observation d’une tablette, document 2 page 40.", ""),
    ("Le Code de Hammurabi", "Lecture de trois articles ; qui fait la loi ?", "Répondre aux questions 1 à 4, page 43"),
    ("Évaluation", "Une heure, sans document.", ""),
];

impl Seed<'_> {
    /// Writes what was done in the lessons of the last weeks; the three last ones of each teacher are yet to be written.
    pub(super) async fn log(&mut self) -> anyhow::Result<()> {
        for (login, _, _, _, subject) in TEACHERS {
            let teacher = self.known(login)?;
            let from = self.now.minus(WRITTEN_BACK);
            let mut held = lists::of_teacher(self.conn, teacher, from, self.now).await?;
            held.retain(|lesson| lesson.cancelled_at.is_none() && lesson.ends_at <= self.now);
            held.truncate(held.len().saturating_sub(3));
            let texts = DONE.iter().find(|(code, _)| code == subject).map_or(OTHERWISE, |(_, texts)| *texts);
            for (lesson, body) in held.iter().zip(texts.iter().cycle()) {
                self.entry(teacher, lesson, body).await?;
            }
        }
        let (from, to) = (self.now.minus(WRITTEN_BACK), self.now.minus(SIGNED_BEFORE));
        let scope =
            visas::Scope { school: self.school, group: None, teacher: None, from, to, seen: self.now, remark: "" };
        if let Ok(head) = self.known("direction") {
            visas::sign(self.conn, &scope, head, self.now).await?;
        }
        self.link_work().await?;
        self.progression().await
    }

    async fn entry(&mut self, author: PersonId, lesson: &Taught, body: &str) -> anyhow::Result<()> {
        let text = Text {
            lesson: lesson.lesson_id,
            school: self.school,
            author,
            step: None,
            body,
            work_title: "",
            work_body: "",
            work_minutes: None,
            work_ways: Ways::default(),
            work_is_test: false,
            publish: true,
        };
        let id = LogEntryId::new(self.now, self.rng);
        log::save(self.conn, id, &text, 0, lesson.ends_at.min(self.now)).await?;
        Ok(())
    }

    /// The homework of the demonstration stands in the log of the last written lesson of its class and subject.
    async fn link_work(&mut self) -> anyhow::Result<()> {
        for (_, class) in self.classes.clone() {
            let far = self.now.plus(Duration::from_secs(30 * 86_400));
            let span = Span { from: self.now.minus(WRITTEN_BACK), to: far, subject: "" };
            let entries = lists::of_group(self.conn, class, span, 200).await?;
            for (login, ..) in TEACHERS {
                let author = self.known(login)?;
                for work in homework::of_author(self.conn, author, "2000-01-01", "2200-01-01").await? {
                    let before = |at: preau_base::Instant| {
                        jiff::Timestamp::from_millisecond(at.as_millis())
                            .is_ok_and(|at| at.to_string().as_str() < work.due_day.as_str())
                    };
                    let fits =
                        |entry: &&lists::Read| entry.subject_name == work.subject_name && before(entry.starts_at);
                    let of = entries.iter().find(fits);
                    if work.group_id == class
                        && let Some(entry) = of
                    {
                        let is_test = work.body.contains("Interrogation");
                        load::describe(self.conn, work.id, Some(entry.lesson_id), Some(20), is_test).await?;
                    }
                }
            }
        }
        Ok(())
    }

    async fn progression(&mut self) -> anyhow::Result<()> {
        let owner = self.known("prof")?;
        let id = ProgressionId::new(self.now, self.rng);
        let subject = SUBJECTS.iter().find(|(code, _)| *code == "HIGEO").map_or("", |(_, name)| *name);
        let title = "6e : premiers États, premières écritures";
        progressions::create(self.conn, id, (self.school, owner), title, subject, self.now).await?;
        for (title, body, work_title) in STEPS {
            let step = StepId::new(self.now, self.rng);
            let work_minutes = (!work_title.is_empty()).then_some(15);
            let text = StepText { title, body, work_title, work_body: "", work_minutes };
            progressions::add_step(self.conn, step, id, &text, STEPS_MAX).await?;
        }
        Ok(())
    }
}
