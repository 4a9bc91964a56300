//! Changing work that was set, and taking it back.

use super::told::read;
use super::{At, Stuff, at};
use crate::forms::{Check, Faults};
use crate::ids::Id;
use crate::multipart::{FilesForm, Form};
use crate::screens::open_class::subject_of;
use crate::{Answer, Fields, Member, PageError};
use preau_base::{HomeworkId, Instant};
use preau_files::limits::FILE_BYTES_MAX;
use preau_school::homework::mark_text;
use preau_school::{Act, WorkAct};
use preau_store::Conn;
use preau_store::files::{self, Place};
use preau_store::homework::{self, NewHomework};
use preau_store::log::load;

/// The work of a path, for whoever set it.
async fn mine(member: &mut Member, conn: &mut Conn, id: HomeworkId) -> Result<At, PageError> {
    let at = at(member, conn, id).await?;
    member.may(Act::Work(WorkAct::Change(&at.facts)))?;
    Ok(at)
}

/// `GET /homework/{id}/change`.
pub(crate) async fn edit(mut member: Member, Id(id): Id<HomeworkId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let at = mine(&mut member, &mut conn, id).await?;
    let work = &at.work;
    let time = work.deadline_at.map(|at| member.zoned(Instant::from_millis(at)));
    let time = time.filter(|at| at.date().to_string() == work.due_day).map(|at| at.strftime("%H:%M").to_string());
    let visible = Instant::from_millis(work.visible_at);
    let visible = (visible > member.now()).then(|| member.zoned(visible).date().to_string());
    let mut pairs = vec![
        ("version", work.version.to_string()),
        ("title", work.title.clone()),
        ("body", work.body.clone()),
        ("day", work.due_day.clone()),
        ("subject", work.subject_name.clone()),
        ("time", time.unwrap_or_default()),
        ("late", work.late_rule.clone()),
        ("mark", work.mark_max.map(|most| mark_text(most, ',')).unwrap_or_default()),
        ("skills", work.skills.clone()),
        ("visible", visible.unwrap_or_default()),
    ];
    let (minutes, is_test) = load::estimate(&mut conn, id).await?;
    pairs.push(("minutes", minutes.map(|minutes| minutes.to_string()).unwrap_or_default()));
    pairs.extend(is_test.then(|| ("test", "yes".to_owned())));
    pairs.extend(work.ways().words().map(|way| ("ways", way.to_owned())));
    pairs.extend(homework::chosen(&mut conn, id).await?.into_iter().map(|pupil| ("pupils", pupil.to_string())));
    let sent: Fields = pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let stuff = Stuff::read(&member, &mut conn, Some(at)).await?;
    stuff.page(&member, &sent).answer(Faults::default(), &[])
}

/// `POST /homework/{id}/change`.
pub(crate) async fn change(mut member: Member, Id(id): Id<HomeworkId>, form: FilesForm) -> Answer {
    let (stuff, group, school) = {
        let mut conn = member.app().store.read().await?;
        let at = mine(&mut member, &mut conn, id).await?;
        let (group, school) = (at.work.group_id, at.work.school_id);
        (Stuff::read(&member, &mut conn, Some(at)).await?, group, school)
    };
    let Form { fields: sent, files, faults } = form.receive(&member, FILE_BYTES_MAX).await?;
    let mut check = Check::new(&member.page, &sent);
    let told = read(&member, &sent, Some(group), &stuff, &mut check);
    let (Some(told), true) = (told, faults.is_empty()) else {
        let wrong = check.faults();
        return stuff.page(&member, &sent).answer(wrong, &faults);
    };
    let mut tx = member.app().store.write().await?;
    let subject = subject_of(&told.subject, group, &stuff.taught);
    let work = NewHomework {
        id,
        school,
        group,
        author: member.id(),
        lesson: None,
        subject_name: &subject,
        title: &told.title,
        body: &told.body,
        due_day: &told.day.to_string(),
        handing: told.handing(),
    };
    let version = sent.raw("version").parse().unwrap_or(0);
    if !homework::change(&mut tx, &work, version, member.now()).await? {
        // The form is shown again with what was typed here, beside what is stored; saving again takes what was typed.
        let now = homework::by_id(&mut tx, id).await?.ok_or(PageError::NotFound)?;
        let retyped: Fields = sent
            .pairs()
            .map(|(name, value)| match name {
                "version" => (name.to_owned(), now.version.to_string()),
                _ => (name.to_owned(), value.to_owned()),
            })
            .collect();
        let at = At { facts: homework::facts(&mut tx, &now).await?, work: now.clone() };
        let mut page = Stuff::read(&member, &mut tx, Some(at)).await?.page(&member, &retyped);
        page.conflict = Some(now);
        return page.answer(Faults::default(), &[]);
    }
    load::describe(&mut tx, id, None, told.minutes, told.is_test).await?;
    for dropped in sent.all("drop").filter_map(|id| id.parse().ok()) {
        files::detach(&mut tx, Place::Homework(id), dropped).await?;
    }
    for file in &files {
        file.keep_at(&mut tx, &member, Place::Homework(id)).await?;
    }
    tx.commit().await?;
    Ok(member.see_other_saying(&format!("/homework/{id}"), "notice-saved"))
}

/// `POST /homework/{id}/remove`: taken back by whoever set it, while nobody has begun to hand in.
pub(crate) async fn remove(mut member: Member, Id(id): Id<HomeworkId>) -> Answer {
    let mut tx = member.app().store.write().await?;
    mine(&mut member, &mut tx, id).await?;
    if !homework::remove(&mut tx, id, member.id()).await? {
        return Ok(member.see_other_saying(&format!("/homework/{id}"), "notice-homework-handed-in"));
    }
    tx.commit().await?;
    Ok(member.see_other_saying("/homework", "notice-homework-removed"))
}
