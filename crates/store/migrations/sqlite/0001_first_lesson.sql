-- Ids are UUIDv7 as 16 bytes, instants are milliseconds since 1970, days are ISO 8601 text (2026-11-23).

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE school (
    id BLOB PRIMARY KEY,
    uai TEXT UNIQUE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL DEFAULT '',
    city TEXT NOT NULL DEFAULT '',
    time_zone TEXT NOT NULL DEFAULT 'Europe/Paris',
    source TEXT NOT NULL,
    external_id TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX school_external ON school (source, external_id) WHERE external_id <> '';

CREATE TABLE subject (
    id BLOB PRIMARY KEY,
    school_id BLOB NOT NULL REFERENCES school (id),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    source TEXT NOT NULL,
    UNIQUE (school_id, code)
);

CREATE TABLE person (
    id BLOB PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    given_name TEXT NOT NULL,
    family_name TEXT NOT NULL,
    title TEXT NOT NULL DEFAULT '',
    search_name TEXT NOT NULL,
    birth_day TEXT,
    ine TEXT,
    email TEXT,
    locale TEXT,
    source TEXT NOT NULL,
    external_id TEXT,
    platform_admin BOOLEAN NOT NULL DEFAULT false,
    password_hash TEXT,
    password_changed_at INTEGER,
    code_hash BLOB UNIQUE,
    code_expires_at INTEGER,
    epoch INTEGER NOT NULL DEFAULT 0,
    suspended_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX person_external ON person (source, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX person_search ON person (search_name);
CREATE INDEX person_email ON person (email) WHERE email IS NOT NULL;

CREATE TABLE affiliation (
    person_id BLOB NOT NULL REFERENCES person (id),
    school_id BLOB NOT NULL REFERENCES school (id),
    profile TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (person_id, school_id, profile)
);
CREATE INDEX affiliation_school ON affiliation (school_id, profile);

CREATE TABLE relation (
    relative_id BLOB NOT NULL REFERENCES person (id),
    pupil_id BLOB NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL DEFAULT '',
    source TEXT NOT NULL,
    PRIMARY KEY (relative_id, pupil_id)
);
CREATE INDEX relation_pupil ON relation (pupil_id);

CREATE TABLE school_group (
    id BLOB PRIMARY KEY,
    school_id BLOB NOT NULL REFERENCES school (id),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    source TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    archived_at INTEGER,
    UNIQUE (school_id, kind, name)
);

CREATE TABLE membership (
    group_id BLOB NOT NULL REFERENCES school_group (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    role TEXT NOT NULL,
    subject_code TEXT NOT NULL DEFAULT '',
    source TEXT NOT NULL,
    PRIMARY KEY (group_id, person_id, role, subject_code)
);
CREATE INDEX membership_person ON membership (person_id);

CREATE TABLE lesson (
    id BLOB PRIMARY KEY,
    school_id BLOB NOT NULL REFERENCES school (id),
    subject_name TEXT NOT NULL,
    room TEXT NOT NULL DEFAULT '',
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    cancelled_at INTEGER,
    closed_at INTEGER,
    created_by BLOB REFERENCES person (id),
    source TEXT NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE INDEX lesson_school_time ON lesson (school_id, starts_at);
CREATE INDEX lesson_time ON lesson (starts_at);

CREATE TABLE lesson_group (
    lesson_id BLOB NOT NULL REFERENCES lesson (id),
    group_id BLOB NOT NULL REFERENCES school_group (id),
    PRIMARY KEY (lesson_id, group_id)
);
CREATE INDEX lesson_group_group ON lesson_group (group_id);

CREATE TABLE lesson_teacher (
    lesson_id BLOB NOT NULL REFERENCES lesson (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    PRIMARY KEY (lesson_id, person_id)
);
CREATE INDEX lesson_teacher_person ON lesson_teacher (person_id);

CREATE TABLE lesson_removal (
    lesson_id BLOB NOT NULL REFERENCES lesson (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    removed_by BLOB NOT NULL REFERENCES person (id),
    removed_at INTEGER NOT NULL,
    PRIMARY KEY (lesson_id, person_id)
);

CREATE TABLE visit (
    id BLOB PRIMARY KEY,
    lesson_id BLOB NOT NULL REFERENCES lesson (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    role TEXT NOT NULL,
    joined_at INTEGER NOT NULL,
    left_at INTEGER
);
CREATE INDEX visit_lesson ON visit (lesson_id);
CREATE INDEX visit_person ON visit (person_id, joined_at);

CREATE TABLE chat_message (
    id BLOB PRIMARY KEY,
    lesson_id BLOB NOT NULL REFERENCES lesson (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    idempotency_key TEXT NOT NULL,
    body TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    UNIQUE (lesson_id, person_id, idempotency_key)
);
CREATE INDEX chat_message_lesson ON chat_message (lesson_id, sent_at);

CREATE TABLE homework (
    id BLOB PRIMARY KEY,
    school_id BLOB NOT NULL REFERENCES school (id),
    group_id BLOB NOT NULL REFERENCES school_group (id),
    author_id BLOB NOT NULL REFERENCES person (id),
    subject_name TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL DEFAULT '',
    due_day TEXT NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE INDEX homework_group_day ON homework (group_id, due_day);

CREATE TABLE session (
    id BLOB PRIMARY KEY,
    person_id BLOB NOT NULL REFERENCES person (id),
    created_at INTEGER NOT NULL,
    renewed_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    shared_device BOOLEAN NOT NULL,
    browser TEXT NOT NULL DEFAULT '',
    revoked_at INTEGER
);
CREATE INDEX session_person ON session (person_id);
CREATE INDEX session_revoked ON session (revoked_at) WHERE revoked_at IS NOT NULL;

-- A raised epoch ends every pass of a person made before it; the row is the news that machines poll for.
CREATE TABLE person_epoch (
    person_id BLOB PRIMARY KEY REFERENCES person (id),
    epoch INTEGER NOT NULL,
    raised_at INTEGER NOT NULL
);
CREATE INDEX person_epoch_raised ON person_epoch (raised_at);

CREATE TABLE password_reset (
    token_hash BLOB PRIMARY KEY,
    person_id BLOB NOT NULL REFERENCES person (id),
    expires_at INTEGER NOT NULL,
    used_at INTEGER
);

CREATE TABLE setup_link (
    token_hash BLOB PRIMARY KEY,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
);

CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    actor_id BLOB,
    action TEXT NOT NULL,
    target TEXT NOT NULL DEFAULT '',
    school_id BLOB,
    detail TEXT NOT NULL DEFAULT ''
);
CREATE INDEX audit_school ON audit (school_id, at);

CREATE TABLE import_run (
    id BLOB PRIMARY KEY,
    source TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    actor_id BLOB,
    report TEXT
);

CREATE TABLE import_record (
    run_id BLOB NOT NULL,
    serial INTEGER NOT NULL,
    kind TEXT NOT NULL,
    external_id TEXT NOT NULL,
    school_key TEXT NOT NULL DEFAULT '',
    file TEXT NOT NULL,
    position INTEGER NOT NULL,
    payload TEXT NOT NULL,
    PRIMARY KEY (run_id, serial)
);
CREATE INDEX import_record_school ON import_record (run_id, school_key, kind);
CREATE INDEX import_record_external ON import_record (run_id, kind, external_id);
