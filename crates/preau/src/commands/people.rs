mod assign;
mod codes;

use super::open;
use crate::cli::PeopleCommand;
use anyhow::Context;
use preau_store::schools::School;
use preau_store::{Conn, people, schools};

pub async fn run(command: PeopleCommand) -> anyhow::Result<()> {
    match command {
        PeopleCommand::Codes { place, school, class, profile, renew, html } => {
            let wish = codes::Wish { school, class, profile: codes::profile(profile), renew, html };
            codes::run(&open(&place).await?, &wish).await
        }
        PeopleCommand::Assign { place, school, teacher, class, subject, head_teacher } => {
            let wish = assign::Wish { school, teacher, class, subject, head_teacher };
            assign::run(&open(&place).await?, &wish).await
        }
        PeopleCommand::Find { place, school, text } => {
            let opened = open(&place).await?;
            let mut conn = opened.store.read().await?;
            let school = find_school(&mut conn, &school).await?;
            let found = people::search(&mut conn, school.id, &text, None, 0).await?;
            for person in &found {
                println!("{}\t{}\t{}\t{}", person.login, person.full_name(), person.profiles, person.groups);
            }
            if found.is_empty() {
                println!("Nobody in {} matches.", school.name);
            }
            Ok(())
        }
    }
}

/// The school with this code.
pub(super) async fn find_school(conn: &mut Conn, uai: &str) -> anyhow::Result<School> {
    let uai = uai.trim().to_uppercase();
    let found = schools::by_uai(conn, &uai).await?;
    found.with_context(|| format!("there is no school with the code (UAI) {uai}"))
}
