use super::super::Opened;
use super::find_school;
use anyhow::{Context, bail};
use preau_base::{Clock, SystemClock};
use preau_school::{MemberRole, Profile};
use preau_store::{audit, groups, people, subjects};

pub struct Wish {
    pub school: String,
    pub teacher: String,
    pub class: String,
    pub subject: String,
    pub head_teacher: bool,
}

/// Makes somebody teach a class or group of a school; they become a teacher of the school if they are not.
pub async fn run(opened: &Opened, wish: &Wish) -> anyhow::Result<()> {
    let mut tx = opened.store.write().await?;
    let school = find_school(&mut tx, &wish.school).await?;
    let teacher = people::by_login(&mut tx, wish.teacher.trim()).await?;
    let teacher = teacher.with_context(|| format!("there is nobody with the login {}", wish.teacher))?;
    let group = groups::by_name(&mut tx, school.id, &wish.class).await?;
    let group = group.with_context(|| format!("{} has no class or group {}", school.name, wish.class))?;
    let affiliations = people::affiliations(&mut tx, teacher.id).await?;
    if affiliations.iter().any(|(_, profile)| *profile == Profile::Pupil) {
        bail!("{} is a pupil and cannot teach", teacher.login);
    }
    let known = subjects::list(&mut tx, school.id).await?;
    let subject = known.iter().find(|it| it.code == wish.subject || it.name.eq_ignore_ascii_case(&wish.subject));
    if subject.is_none() && !wish.subject.is_empty() {
        bail!("{} has no subject {:?}; leave --subject out, or give its code or name", school.name, wish.subject);
    }
    let code = subject.map_or("", |subject| subject.code.as_str());
    people::affiliate(&mut tx, teacher.id, school.id, Profile::Teacher, "hand").await?;
    groups::add_member(&mut tx, group.id, teacher.id, MemberRole::Teacher, code, "hand").await?;
    if wish.head_teacher {
        groups::add_member(&mut tx, group.id, teacher.id, MemberRole::HeadTeacher, "", "hand").await?;
    }
    let entry = audit::Entry {
        actor: None,
        action: "teaching.assign",
        target: &teacher.login,
        school: Some(school.id),
        detail: &group.name,
    };
    audit::append(&mut tx, &entry, SystemClock.now()).await?;
    tx.commit().await?;
    let of = subject.map_or_else(String::new, |subject| format!(" ({})", subject.name));
    println!("{} teaches {} of {}{of}.", teacher.login, group.name, school.name);
    Ok(())
}
