//! Lessons, live classes and attendance.

kinds! { Lessons;
    "teaching" (subject: String, room: String, starts_at: i64, ends_at: i64)
        "SELECT l.subject_name, l.room, l.starts_at, l.ends_at FROM lesson l WHERE l.id IN \
         (SELECT t.lesson_id FROM lesson_teacher t WHERE t.person_id = $1 \
          UNION SELECT w.lesson_id FROM lesson_was_teacher w WHERE w.person_id = $1) \
         ORDER BY l.starts_at, l.id LIMIT $2 OFFSET $3";
    "classes" (subject: String, starts_at: i64, joined_at: i64, left_at: Option<i64>)
        "SELECT l.subject_name, l.starts_at, v.joined_at, v.left_at FROM visit v JOIN lesson l ON l.id = v.lesson_id \
         WHERE v.person_id = $1 ORDER BY v.joined_at, v.id LIMIT $2 OFFSET $3";
    "chat" (subject: String, sent_at: i64, text: String, deleted_at: Option<i64>)
        "SELECT l.subject_name, c.sent_at, c.body, c.deleted_at FROM chat_message c JOIN lesson l ON l.id = c.lesson_id \
         WHERE c.person_id = $1 ORDER BY c.sent_at, c.id LIMIT $2 OFFSET $3";
    "removals" (subject: String, starts_at: i64, removed_at: i64)
        "SELECT l.subject_name, l.starts_at, r.removed_at FROM lesson_removal r JOIN lesson l ON l.id = r.lesson_id \
         WHERE r.person_id = $1 ORDER BY r.removed_at, l.id LIMIT $2 OFFSET $3";
    "recordings" (subject: String, kind: String, begins_at: i64)
        "SELECT l.subject_name, t.kind, t.begins_at FROM recording_track t JOIN file f ON f.id = t.file_id \
         JOIN recording r ON r.id = t.recording_id JOIN lesson l ON l.id = r.lesson_id WHERE f.owner_id = $1 \
         AND t.kind IN ('voice', 'camera', 'screen') AND r.deleted_at IS NULL ORDER BY t.begins_at, f.id LIMIT $2 OFFSET $3";
    "reports" (subject: String, created_at: i64, text: String)
        "SELECT l.subject_name, r.made_at, r.body FROM report r JOIN lesson l ON l.id = r.lesson_id \
         WHERE r.reporter_id = $1 ORDER BY r.made_at, r.id LIMIT $2 OFFSET $3";
    "self-tests" (browser: String, created_at: i64, text: String)
        "SELECT browser, made_at, results FROM self_test WHERE person_id = $1 ORDER BY made_at, id LIMIT $2 OFFSET $3";
    "invitations" (subject: String, starts_at: i64, email: Option<String>, created_at: i64)
        "SELECT l.subject_name, l.starts_at, g.email, g.created_at FROM lesson_guest g JOIN lesson l ON l.id = g.lesson_id \
         WHERE g.person_id = $1 ORDER BY g.created_at, l.id LIMIT $2 OFFSET $3";
    "stream-keys" (subject: String, name: String, created_at: i64)
        "SELECT l.subject_name, k.name, k.created_at FROM stream_key k JOIN lesson l ON l.id = k.lesson_id \
         WHERE k.person_id = $1 ORDER BY k.created_at, k.id LIMIT $2 OFFSET $3";
    "setups" (subject: String, rules: String, groups: String, updated_at: i64)
        "SELECT s.subject_name, s.rules, s.group_names, s.changed_at FROM class_setup s WHERE s.teacher_id = $1 \
         ORDER BY s.changed_at, s.id LIMIT $2 OFFSET $3";
    "helps" (subject: String, role: String, updated_at: i64)
        "SELECT COALESCE(l.subject_name, s.subject_name), p.help, s.changed_at FROM class_setup_person p \
         JOIN class_setup s ON s.id = p.setup_id LEFT JOIN lesson l ON l.id = s.lesson_id \
         WHERE p.person_id = $1 AND p.place = 0 ORDER BY s.changed_at, s.id LIMIT $2 OFFSET $3";
    "attendance" (subject: String, half_day: String, status: String, minutes: i64)
        "SELECT l.subject_name, e.half_day, e.status, CAST(e.minutes AS BIGINT) FROM roll_entry e \
         JOIN lesson l ON l.id = e.lesson_id WHERE e.pupil_id = $1 ORDER BY e.half_day, e.lesson_id LIMIT $2 OFFSET $3";
    "absences" (first: String, last: String, reason: String, text: String, status: String, declared_at: i64,
        decided_at: Option<i64>)
        "SELECT first_half, last_half, reason, detail, state, declared_at, decided_at FROM absence WHERE pupil_id = $1 \
         ORDER BY declared_at, id LIMIT $2 OFFSET $3";
    "declared" (pupil: String, first: String, last: String, reason: String, text: String, declared_at: i64)
        "SELECT trim(p.given_name || ' ' || p.family_name), a.first_half, a.last_half, a.reason, a.detail, a.declared_at \
         FROM absence a JOIN person p ON p.id = a.pupil_id WHERE a.declared_by = $1 AND a.pupil_id <> $1 \
         ORDER BY a.declared_at, a.id LIMIT $2 OFFSET $3";
    "failed-tries" (tried_at: i64, reason: String)
        "SELECT minute_at, why FROM failed_try WHERE person_id = $1 ORDER BY minute_at LIMIT $2 OFFSET $3";
    "follow-ups" (made_at: i64, means: String, result: String)
        "SELECT made_at, means, result FROM follow_up WHERE pupil_id = $1 ORDER BY made_at, id LIMIT $2 OFFSET $3";
    "on-site" (school: String, day: String, received_at: i64)
        "SELECT s.name, o.day, o.received_at FROM on_site o JOIN school s ON s.id = o.school_id WHERE o.pupil_id = $1 \
         ORDER BY o.day, s.id LIMIT $2 OFFSET $3";
}
