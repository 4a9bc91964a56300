//! What teachers and heads have of their own: a progression, and leave to read the log.

use crate::people::People;
use crate::timetable::HOUR;
use crate::{Actor, When};
use preau_base::{ProgressionId, ReadingId, SeededRng, StepId};
use preau_school::log::Reading;
use preau_store::log::readings;
use preau_store::progressions::{self, StepText};
use preau_store::{Conn, StoreError};

const STEPS: usize = 40;

pub(crate) struct Own {
    pub progression: ProgressionId,
    pub step: StepId,
    pub reading: ReadingId,
}

/// A progression of the teacher with a step for each week, and a reading that the head has opened to school life.
pub(crate) async fn sow(conn: &mut Conn, people: &People, when: &When, rng: &mut SeededRng) -> Result<Own, StoreError> {
    let progression = ProgressionId::new(when.now, rng);
    let teacher = people.actors[&Actor::Teacher];
    let owner = (people.school, teacher);
    progressions::create(conn, progression, owner, "Programme de l’année", "Français", when.now).await?;
    let mut step = StepId::new(when.now, rng);
    for number in 0..STEPS {
        step = StepId::new(when.now, rng);
        let title = format!("Séance {}", number + 1);
        let text = StepText {
            title: &title,
            body: "Lecture, questions, trace écrite.",
            work_title: "Exercices",
            work_body: "Page 86.",
            work_minutes: Some(20),
        };
        progressions::add_step(conn, step, progression, &text, STEPS).await?;
    }
    let reading = Reading {
        reader: people.actors[&Actor::SchoolLife],
        school: people.school,
        teacher: Some(teacher),
        subject: String::new(),
        until: when.now.plus(HOUR * 24 * 30),
        ended: false,
    };
    let id = ReadingId::new(when.now, rng);
    readings::open(conn, id, &reading, people.actors[&Actor::Head], when.now).await?;
    Ok(Own { progression, step, reading: id })
}
