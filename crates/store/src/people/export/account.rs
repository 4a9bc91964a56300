//! The account, and where the person belongs.

kinds! { Account;
    "person" (login: String, title: String, given_name: String, family_name: String, birth_day: Option<String>,
        ine: Option<String>, email: Option<String>, locale: Option<String>, source: String, external_id: Option<String>,
        created_at: i64, updated_at: i64, password_changed_at: Option<i64>, suspended_at: Option<i64>, left_at: Option<i64>)
        "SELECT login, title, given_name, family_name, birth_day, ine, email, locale, source, external_id, created_at, \
         updated_at, password_changed_at, suspended_at, left_at FROM person WHERE id = $1 ORDER BY id LIMIT $2 OFFSET $3";
    "keys" (source: String, external_id: String)
        "SELECT source, external_id FROM person_alias WHERE person_id = $1 ORDER BY source, external_id LIMIT $2 OFFSET $3";
    "profiles" (school: String, uai: Option<String>, profile: String)
        "SELECT s.name, s.uai, a.profile FROM affiliation a JOIN school s ON s.id = a.school_id \
         WHERE a.person_id = $1 ORDER BY s.name, s.id, a.profile LIMIT $2 OFFSET $3";
    "territories" (name: String, kind: String, given_at: i64)
        "SELECT t.name, t.kind, a.given_at FROM territory_admin a JOIN territory t ON t.id = a.territory_id \
         WHERE a.person_id = $1 ORDER BY a.given_at, t.id LIMIT $2 OFFSET $3";
    "groups" (school: String, group: String, year: String, role: String, subject: String)
        "SELECT s.name, g.name, g.school_year, m.role, m.subject_code FROM membership m \
         JOIN school_group g ON g.id = m.group_id JOIN school s ON s.id = g.school_id WHERE m.person_id = $1 \
         ORDER BY g.created_at, g.id, m.role, m.subject_code LIMIT $2 OFFSET $3";
    // What the school has decided about a relative is told to that relative, and who is barred to nobody else.
    "family" (relative: String, pupil: String, kind: String, sees_day: Option<bool>, sees_attendance: Option<bool>,
        may_declare: Option<bool>, may_sign: Option<bool>)
        "SELECT trim(p.given_name || ' ' || p.family_name), trim(c.given_name || ' ' || c.family_name), r.kind, \
         CASE WHEN r.relative_id = $1 THEN r.sees_day END, CASE WHEN r.relative_id = $1 THEN r.sees_attendance END, \
         CASE WHEN r.relative_id = $1 THEN r.may_declare END, CASE WHEN r.relative_id = $1 THEN r.may_sign END \
         FROM relation r JOIN person p ON p.id = r.relative_id \
         JOIN person c ON c.id = r.pupil_id WHERE r.relative_id = $1 OR (r.pupil_id = $1 AND r.barred_at IS NULL) \
         ORDER BY r.relative_id, r.pupil_id LIMIT $2 OFFSET $3";
    "devices" (browser: String, shared: bool, created_at: i64, renewed_at: i64, revoked_at: Option<i64>)
        "SELECT browser, shared_device, created_at, renewed_at, revoked_at FROM session WHERE person_id = $1 \
         ORDER BY created_at, id LIMIT $2 OFFSET $3";
    "cards" (made_at: i64, used_at: Option<i64>, revoked_at: Option<i64>)
        "SELECT made_at, used_at, revoked_at FROM card WHERE person_id = $1 ORDER BY made_at, id LIMIT $2 OFFSET $3";
    "calendars" (name: String, created_at: i64, used_at: Option<i64>, revoked_at: Option<i64>)
        "SELECT name, created_at, used_at, revoked_at FROM calendar_feed WHERE person_id = $1 \
         ORDER BY created_at, id LIMIT $2 OFFSET $3";
    "notices" (kind: String, created_at: i64, read_at: Option<i64>, text: String)
        "SELECT kind, created_at, read_at, arguments FROM notice WHERE person_id = $1 \
         ORDER BY created_at, id LIMIT $2 OFFSET $3";
    "mails" (email: String, subject: String, text: String, created_at: i64)
        "SELECT address, subject, body, created_at FROM mail WHERE person_id = $1 ORDER BY created_at, id LIMIT $2 OFFSET $3";
    "mails-off" (kind: String)
        "SELECT kind FROM mail_off WHERE person_id = $1 ORDER BY kind LIMIT $2 OFFSET $3";
}
