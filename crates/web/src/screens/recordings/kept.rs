//! The recordings that a school keeps, for its head: of what each is, and the way to take one away. What is in them is for
//! those of the lesson alone.

use crate::files;
use crate::ids::Id;
use crate::paging::Paging;
use crate::screens::home::capital;
use crate::screens::place;
use crate::{Answer, Fields, Member, Page};
use askama::Template;
use preau_base::{LessonId, SchoolId};
use preau_school::{Act, RecordingAct};
use preau_store::limits::PAGE_ROWS_MAX;
use preau_store::recordings::{self, Kept};

#[derive(Template)]
#[template(path = "recordings/kept.html")]
struct KeptPage<'a> {
    page: &'a Page,
    school: SchoolId,
    rows: Vec<Row>,
    paging: Paging,
}

struct Row {
    lesson: LessonId,
    number: i64,
    /// `Histoire-géographie, 6e B · Mme Fontaine`
    what: String,
    when: String,
    size: String,
    until: String,
}

/// `GET /schools/{id}/recordings/kept`.
pub(crate) async fn list(mut member: Member, Id(id): Id<SchoolId>, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    place::school(&mut member, &mut conn, id, Act::Recording(RecordingAct::List(id))).await?;
    let mut paging = Paging::of(&asked, PAGE_ROWS_MAX, format!("/schools/{id}/recordings/kept"), &[]);
    let mut rows = recordings::of_school(&mut conn, id, member.now(), paging.offset()).await?;
    paging.cut(&mut rows);
    let page = &member.page;
    let rows = rows.into_iter().map(|kept| row(page, kept)).collect();
    page.html(&KeptPage { page, school: id, rows, paging })
}

fn row(page: &Page, kept: Kept) -> Row {
    let lesson = [kept.subject_name.as_str(), &kept.groups].map(str::trim);
    let lesson: Vec<&str> = lesson.into_iter().filter(|part| !part.is_empty()).collect();
    let what = if kept.teachers.is_empty() {
        lesson.join(", ")
    } else {
        format!("{} · {}", lesson.join(", "), kept.teachers)
    };
    Row {
        lesson: kept.lesson_id,
        number: kept.number,
        what,
        when: capital(&page.moment(kept.begun_at)),
        size: files::size(page, kept.bytes),
        until: page.moment(kept.expires_at),
    }
}
