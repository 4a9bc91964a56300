//! Work and lesson log: what a pupil has handed in and got back, what a teacher has written.

kinds! { Work;
    "work-chosen" (subject: String, work: String, due_day: String)
        "SELECT w.subject_name, w.title, w.due_day FROM homework_pupil c JOIN homework w ON w.id = c.homework_id \
         WHERE c.person_id = $1 ORDER BY w.created_at, w.id LIMIT $2 OFFSET $3";
    "work-done" (subject: String, work: String, done_at: Option<i64>, extended_at: Option<i64>)
        "SELECT w.subject_name, w.title, h.done_at, h.extended_to FROM hand_in h JOIN homework w ON w.id = h.homework_id \
         WHERE h.person_id = $1 AND (h.done_at IS NOT NULL OR h.extended_to IS NOT NULL) \
         ORDER BY h.created_at, h.id LIMIT $2 OFFSET $3";
    "drafts" (subject: String, work: String, saved_at: Option<i64>, text: String)
        "SELECT w.subject_name, w.title, h.draft_saved_at, h.draft_body FROM hand_in h \
         JOIN homework w ON w.id = h.homework_id WHERE h.person_id = $1 AND h.draft_saved_at IS NOT NULL \
         ORDER BY h.created_at, h.id LIMIT $2 OFFSET $3";
    "hand-ins" (subject: String, work: String, handed_at: i64, late: bool, text: String)
        "SELECT w.subject_name, w.title, r.handed_at, r.late, r.body FROM receipt r JOIN hand_in h ON h.id = r.hand_in_id \
         JOIN homework w ON w.id = h.homework_id WHERE h.person_id = $1 ORDER BY r.handed_at, r.id LIMIT $2 OFFSET $3";
    "corrections" (subject: String, work: String, returned_at: Option<i64>, mark_hundredths: Option<i64>, levels: String,
        text: String)
        "SELECT w.subject_name, w.title, h.returned_at, CAST(h.mark AS BIGINT), h.levels, h.comment FROM hand_in h \
         JOIN homework w ON w.id = h.homework_id WHERE h.person_id = $1 AND h.returned_at IS NOT NULL \
         ORDER BY h.returned_at, h.id LIMIT $2 OFFSET $3";
    "homework" (subject: String, work: String, due_day: String, created_at: i64, text: String)
        "SELECT subject_name, title, due_day, created_at, body FROM homework WHERE author_id = $1 \
         ORDER BY created_at, id LIMIT $2 OFFSET $3";
    "uploads" (name: String, bytes: i64, created_at: i64)
        "SELECT name, CAST(bytes AS BIGINT), created_at FROM upload WHERE person_id = $1 \
         ORDER BY created_at, id LIMIT $2 OFFSET $3";
    "log-entries" (subject: String, starts_at: i64, text: String, work: String, work_text: String,
        published_at: Option<i64>, signed_at: Option<i64>, remark: String)
        "SELECT l.subject_name, l.starts_at, e.body, e.work_title, e.work_body, e.published_at, e.signed_at, e.visa_remark \
         FROM log_entry e JOIN lesson l ON l.id = e.lesson_id WHERE e.author_id = $1 \
         ORDER BY e.created_at, e.id LIMIT $2 OFFSET $3";
    "log-revisions" (subject: String, starts_at: i64, saved_at: i64, text: String)
        "SELECT l.subject_name, l.starts_at, r.saved_at, r.body FROM log_revision r JOIN log_entry e ON e.id = r.entry_id \
         JOIN lesson l ON l.id = e.lesson_id WHERE r.author_id = $1 ORDER BY r.saved_at, e.id, r.version LIMIT $2 OFFSET $3";
    "log-additions" (subject: String, starts_at: i64, created_at: i64, text: String)
        "SELECT l.subject_name, l.starts_at, a.added_at, a.body FROM log_addition a JOIN log_entry e ON e.id = a.entry_id \
         JOIN lesson l ON l.id = e.lesson_id WHERE a.author_id = $1 ORDER BY a.added_at, a.id LIMIT $2 OFFSET $3";
    "notes" (subject: String, starts_at: i64, updated_at: i64, text: String)
        "SELECT l.subject_name, l.starts_at, n.updated_at, n.body FROM log_note n JOIN lesson l ON l.id = n.lesson_id \
         WHERE n.person_id = $1 ORDER BY l.starts_at, l.id LIMIT $2 OFFSET $3";
    "log-readings" (subject: String, opened_at: i64, until_at: i64, ended_at: Option<i64>)
        "SELECT subject_name, opened_at, until_at, ended_at FROM log_reading WHERE teacher_id = $1 OR reader_id = $1 \
         ORDER BY opened_at, id LIMIT $2 OFFSET $3";
    "log-archives" (group: String, year: i64, made_at: i64)
        "SELECT g.name, CAST(a.year AS BIGINT), a.made_at FROM log_archive_author o JOIN log_archive a ON a.id = o.archive_id \
         JOIN school_group g ON g.id = a.group_id WHERE o.person_id = $1 ORDER BY a.made_at, a.id LIMIT $2 OFFSET $3";
    "progressions" (subject: String, title: String, created_at: i64, updated_at: i64)
        "SELECT subject_name, title, created_at, updated_at FROM progression WHERE owner_id = $1 \
         ORDER BY created_at, id LIMIT $2 OFFSET $3";
    "progression-steps" (progression: String, position: i64, title: String, text: String, work: String, work_text: String,
        work_minutes: Option<i64>)
        "SELECT p.title, CAST(s.position AS BIGINT), s.title, s.body, s.work_title, s.work_body, \
         CAST(s.work_minutes AS BIGINT) FROM progression_step s JOIN progression p ON p.id = s.progression_id \
         WHERE p.owner_id = $1 ORDER BY p.created_at, p.id, s.position, s.id LIMIT $2 OFFSET $3";
}
