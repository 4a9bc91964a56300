//! How SQLite goes about statements that must stay quick whatever the size of the installation.

use super::statements::literals;
use super::world::Place;
use crate::db::Raw;
use sqlx::{AssertSqlSafe, Row as _};
use std::path::Path;

/// The plan of each statement of a source, in the lines that SQLite gives.
async fn plans(file: &str) -> Vec<(String, Vec<String>)> {
    let place = Place::sqlite().await;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file);
    let mut found = Vec::new();
    for statement in literals(&std::fs::read_to_string(path).expect("a source")) {
        let mut conn = place.store.read().await.expect("a connection");
        let Raw::Sqlite(conn) = conn.raw() else { unreachable!("a place on SQLite") };
        let rows = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"))).fetch_all(conn).await;
        let rows = rows.unwrap_or_else(|error| panic!("{file}: {statement}: {error}"));
        found.push((statement, rows.iter().map(|row| row.get::<String, _>("detail")).collect()));
    }
    assert!(!found.is_empty(), "{file} holds no statement: does the search still find them?");
    found
}

/// A table read from one end to the other. What a `WITH` has gathered may be; `few` names it.
fn walked<'a>(plan: &'a [String], few: &[&str]) -> Vec<&'a String> {
    let walks = |line: &&String| {
        let Some(of) = line.strip_prefix("SCAN ") else { return false };
        let name = of.split(' ').next().unwrap_or_default();
        !name.starts_with('(') && name != "CONSTANT" && !few.contains(&name)
    };
    plan.iter().filter(walks).collect()
}

async fn nothing_is_walked(file: &str, few: &[&str]) {
    let mut faults = Vec::new();
    for (statement, plan) in plans(file).await {
        let walked = walked(&plan, few);
        if !walked.is_empty() {
            faults.push(format!("{walked:?} in {statement}"));
        }
    }
    assert!(faults.is_empty(), "{file}:\n{}", faults.join("\n"));
}

#[tokio::test]
async fn leaving_and_the_export_look_for_one_person() {
    nothing_is_walked("people/leaving.rs", &[]).await;
    nothing_is_walked("audit.rs", &[]).await;
    for file in ["export", "export/account", "export/acts", "export/files", "export/lessons", "export/work"] {
        nothing_is_walked(&format!("people/{file}.rs"), &["kind"]).await;
    }
}

#[tokio::test]
async fn a_territory_is_counted_by_its_own_schools() {
    nothing_is_walked(
        "follow_ups/below.rs",
        &["b", "p", "m", "place", "pupil", "busy", "below", "missed", "known", "whole", "part"],
    )
    .await;
}

#[tokio::test]
async fn the_pages_of_a_whole_school_read_that_school() {
    for file in [
        "follow_ups.rs",
        "attendance.rs",
        "log/visas.rs",
        "log/lists.rs",
        "lessons.rs",
        "lessons/rooms.rs",
        "lessons/children.rs",
        "lessons/helped.rs",
    ] {
        nothing_is_walked(
            file,
            &[
                "few",
                "last",
                "t",
                "mine",
                "busy",
                "b",
                "missed",
                "seat",
                "c",
                "d",
                "line",
                "any_lesson",
                "h",
                "classes",
                "people",
            ],
        )
        .await;
    }
}

/// The entries of rolls are the largest table: a pupil's page must go by the pupil.
#[tokio::test]
async fn the_attendance_of_a_pupil_is_found_by_the_pupil() {
    let of_pupil = |(statement, _): &&(String, Vec<String>)| statement.contains("e.pupil_id = $2");
    let all = plans("attendance.rs").await;
    let (_, plan) = all.iter().find(of_pupil).expect("the statement of a pupil's page");
    assert!(plan.iter().any(|line| line.contains("roll_entry_pupil (pupil_id=? AND half_day>?)")), "{plan:#?}");
}

/// Of a day's entries few are exceptions, and these have an index of their own.
#[tokio::test]
async fn the_board_reads_the_exceptions_of_its_day() {
    let all = plans("attendance.rs").await;
    let (_, plan) =
        all.iter().find(|(statement, _)| statement.contains("'left_early'")).expect("the board's statement");
    assert!(
        plan.iter().any(|line| line.contains("roll_entry_exception (school_id=? AND half_day>? AND half_day<?)")),
        "{plan:#?}"
    );
}

/// The same where it matters of which school an entry is: the index of the school would be walked for each pupil.
#[tokio::test]
async fn pupils_who_were_not_reached_are_looked_for_by_the_pupil() {
    for file in ["follow_ups.rs", "follow_ups/below.rs"] {
        let all = plans(file).await;
        let (_, plan) = all.iter().find(|(statement, _)| statement.contains("on_site")).expect("who was not reached");
        for index in ["visit_person (person_id=?", "roll_entry_pupil (pupil_id=?", "on_site_pupil (pupil_id=?"] {
            assert!(plan.iter().any(|line| line.contains(index)), "{file}: {index}: {plan:#?}");
        }
        let of_school = |line: &String| line.contains("roll_entry_school") || line.contains("autoindex_on_site");
        assert!(!plan.iter().any(of_school), "{file}: {plan:#?}");
    }
}

#[tokio::test]
async fn the_recordings_of_a_school_are_a_range_of_one_index() {
    let all = plans("recordings.rs").await;
    let (_, plan) = all.iter().find(|(statement, _)| statement.contains("OFFSET")).expect("the list of a school");
    assert!(plan.iter().any(|line| line.contains("recording_school (school_id=?)")), "{plan:#?}");
}

/// Of the lessons of a whole year, a publication reads those to come, and those that people have moved to before.
#[tokio::test]
async fn a_publication_reads_no_lesson_that_is_over() {
    let all = plans("series/publish.rs").await;
    let (_, plan) = all.iter().find(|(statement, _)| statement.contains("UNION ALL")).expect("what there is");
    for range in ["lesson_school_time (school_id=? AND starts_at>?)", "lesson_moved (school_id=? AND series_day>?)"] {
        assert!(plan.iter().any(|line| line.contains(range)), "{plan:#?}");
    }
}
