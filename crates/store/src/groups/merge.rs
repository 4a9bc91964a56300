use crate::{Conn, StoreError};
use preau_base::{GroupId, Instant};

repoint_columns! {
    /// Every column that names a group, and [`merge`] looks after.
    "membership" "group_id" drop ("person_id", "role", "subject_code");
    "lesson_group" "group_id" drop ("lesson_id");
    "series_group" "group_id" drop ("series_id");
    "homework" "group_id" all;
    "class_setup" "group_id" once ("teacher_id", "subject_name");
    "log_archive" "group_id" all;
}

/// Makes one of two groups of a school: members, lessons and work of `gone` are those of `keep`, and `gone` goes into the archive.
/// `false` when they are not two groups of one school and kind.
pub async fn merge(conn: &mut Conn, keep: GroupId, gone: GroupId, now: Instant) -> Result<bool, StoreError> {
    let (stays, goes) = (super::by_id(conn, keep).await?, super::by_id(conn, gone).await?);
    let fit = stays.zip(goes).is_some_and(|(stays, goes)| {
        stays.id != goes.id && stays.school_id == goes.school_id && stays.kind == goes.kind
    });
    if !fit {
        return Ok(false);
    }
    repoint(conn, keep.uuid(), gone.uuid()).await?;
    super::archive(conn, gone, now).await?;
    Ok(true)
}
