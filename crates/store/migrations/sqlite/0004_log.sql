-- The lesson log (cahier de textes): plans, entries, what was signed, read and archived.

CREATE TABLE progression (
    id BLOB PRIMARY KEY,
    school_id BLOB NOT NULL REFERENCES school (id),
    owner_id BLOB NOT NULL REFERENCES person (id),
    title TEXT NOT NULL,
    subject_name TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX progression_owner ON progression (owner_id);

CREATE TABLE progression_step (
    id BLOB PRIMARY KEY,
    progression_id BLOB NOT NULL REFERENCES progression (id),
    position INTEGER NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL DEFAULT '',
    work_title TEXT NOT NULL DEFAULT '',
    work_body TEXT NOT NULL DEFAULT '',
    work_minutes INTEGER,
    version INTEGER NOT NULL
);
CREATE INDEX progression_step_of ON progression_step (progression_id, position);

-- One a lesson, also where two teach it together; the version tells one saver of the other.
CREATE TABLE log_entry (
    id BLOB PRIMARY KEY,
    school_id BLOB NOT NULL REFERENCES school (id),
    lesson_id BLOB NOT NULL UNIQUE REFERENCES lesson (id),
    author_id BLOB NOT NULL REFERENCES person (id),
    step_id BLOB REFERENCES progression_step (id),
    body TEXT NOT NULL,
    -- Work that is planned with it; once set, it is homework and stands there.
    work_title TEXT NOT NULL DEFAULT '',
    work_body TEXT NOT NULL DEFAULT '',
    work_minutes INTEGER,
    published_at INTEGER,
    signed_at INTEGER,
    signed_by BLOB REFERENCES person (id),
    -- What whoever signed it said to its writers.
    visa_remark TEXT NOT NULL DEFAULT '',
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX log_entry_school ON log_entry (school_id, published_at);
CREATE INDEX log_entry_step ON log_entry (step_id) WHERE step_id IS NOT NULL;

-- Texts that a later save replaced.
CREATE TABLE log_revision (
    entry_id BLOB NOT NULL REFERENCES log_entry (id),
    version INTEGER NOT NULL,
    author_id BLOB NOT NULL REFERENCES person (id),
    body TEXT NOT NULL,
    saved_at INTEGER NOT NULL,
    PRIMARY KEY (entry_id, version)
);

-- What was put under an entry after its visa.
CREATE TABLE log_addition (
    id BLOB PRIMARY KEY,
    entry_id BLOB NOT NULL REFERENCES log_entry (id),
    author_id BLOB NOT NULL REFERENCES person (id),
    body TEXT NOT NULL,
    added_at INTEGER NOT NULL
);
CREATE INDEX log_addition_entry ON log_addition (entry_id);

-- A teacher's own note on a lesson, read by nobody else.
CREATE TABLE log_note (
    lesson_id BLOB NOT NULL REFERENCES lesson (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    body TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (lesson_id, person_id)
);

-- A head's leave for an inspector to read. No teacher: all; an empty subject: all.
CREATE TABLE log_reading (
    id BLOB PRIMARY KEY,
    school_id BLOB NOT NULL REFERENCES school (id),
    reader_id BLOB NOT NULL REFERENCES person (id),
    teacher_id BLOB REFERENCES person (id),
    subject_name TEXT NOT NULL DEFAULT '',
    opened_by BLOB NOT NULL REFERENCES person (id),
    opened_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    ended_at INTEGER
);
CREATE INDEX log_reading_reader ON log_reading (reader_id);
CREATE INDEX log_reading_school ON log_reading (school_id, opened_at);

-- A class's log of a school year as one page, and the hash of that page.
CREATE TABLE log_archive (
    id BLOB PRIMARY KEY,
    school_id BLOB NOT NULL REFERENCES school (id),
    group_id BLOB NOT NULL REFERENCES school_group (id),
    year INTEGER NOT NULL,
    made_by BLOB NOT NULL REFERENCES person (id),
    made_at INTEGER NOT NULL,
    entries INTEGER NOT NULL,
    html_bytes INTEGER NOT NULL,
    html_sha256 BLOB NOT NULL,
    html_gzip BLOB NOT NULL,
    UNIQUE (group_id, year, html_sha256)
);
CREATE INDEX log_archive_school ON log_archive (school_id, year);

CREATE TABLE log_archive_author (
    archive_id BLOB NOT NULL REFERENCES log_archive (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    PRIMARY KEY (archive_id, person_id)
);
CREATE INDEX log_archive_author_person ON log_archive_author (person_id);

-- How long the teacher thinks that it takes, and whether it is a test: what a class's load of work is made of.
ALTER TABLE homework ADD COLUMN minutes INTEGER;
ALTER TABLE homework ADD COLUMN is_test BOOLEAN NOT NULL DEFAULT false;
