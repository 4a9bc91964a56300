-- The lesson log (cahier de textes): plans, entries, what was signed, read and archived.

CREATE TABLE progression (
    id UUID PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES school (id),
    owner_id UUID NOT NULL REFERENCES person (id),
    title TEXT NOT NULL,
    subject_name TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX progression_owner ON progression (owner_id);

CREATE TABLE progression_step (
    id UUID PRIMARY KEY,
    progression_id UUID NOT NULL REFERENCES progression (id),
    position BIGINT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL DEFAULT '',
    work_title TEXT NOT NULL DEFAULT '',
    work_body TEXT NOT NULL DEFAULT '',
    work_minutes BIGINT,
    version BIGINT NOT NULL
);
CREATE INDEX progression_step_of ON progression_step (progression_id, position);

-- One a lesson, also where two teach it together; the version tells one saver of the other.
CREATE TABLE log_entry (
    id UUID PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES school (id),
    lesson_id UUID NOT NULL UNIQUE REFERENCES lesson (id),
    author_id UUID NOT NULL REFERENCES person (id),
    step_id UUID REFERENCES progression_step (id),
    body TEXT NOT NULL,
    -- Work that is planned with it; once set, it is homework and stands there.
    work_title TEXT NOT NULL DEFAULT '',
    work_body TEXT NOT NULL DEFAULT '',
    work_minutes BIGINT,
    published_at BIGINT,
    signed_at BIGINT,
    signed_by UUID REFERENCES person (id),
    -- What whoever signed it said to its writers.
    visa_remark TEXT NOT NULL DEFAULT '',
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX log_entry_school ON log_entry (school_id, published_at);
CREATE INDEX log_entry_step ON log_entry (step_id) WHERE step_id IS NOT NULL;

-- Texts that a later save replaced.
CREATE TABLE log_revision (
    entry_id UUID NOT NULL REFERENCES log_entry (id),
    version BIGINT NOT NULL,
    author_id UUID NOT NULL REFERENCES person (id),
    body TEXT NOT NULL,
    saved_at BIGINT NOT NULL,
    PRIMARY KEY (entry_id, version)
);

-- What was put under an entry after its visa.
CREATE TABLE log_addition (
    id UUID PRIMARY KEY,
    entry_id UUID NOT NULL REFERENCES log_entry (id),
    author_id UUID NOT NULL REFERENCES person (id),
    body TEXT NOT NULL,
    added_at BIGINT NOT NULL
);
CREATE INDEX log_addition_entry ON log_addition (entry_id);

-- A teacher's own note on a lesson, read by nobody else.
CREATE TABLE log_note (
    lesson_id UUID NOT NULL REFERENCES lesson (id),
    person_id UUID NOT NULL REFERENCES person (id),
    body TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (lesson_id, person_id)
);

-- A head's leave for an inspector to read. No teacher: all; an empty subject: all.
CREATE TABLE log_reading (
    id UUID PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES school (id),
    reader_id UUID NOT NULL REFERENCES person (id),
    teacher_id UUID REFERENCES person (id),
    subject_name TEXT NOT NULL DEFAULT '',
    opened_by UUID NOT NULL REFERENCES person (id),
    opened_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX log_reading_reader ON log_reading (reader_id);
CREATE INDEX log_reading_school ON log_reading (school_id, opened_at);

-- A class's log of a school year as one page, and the hash of that page.
CREATE TABLE log_archive (
    id UUID PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES school (id),
    group_id UUID NOT NULL REFERENCES school_group (id),
    year BIGINT NOT NULL,
    made_by UUID NOT NULL REFERENCES person (id),
    made_at BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    html_bytes BIGINT NOT NULL,
    html_sha256 BYTEA NOT NULL,
    html_gzip BYTEA NOT NULL,
    UNIQUE (group_id, year, html_sha256)
);
CREATE INDEX log_archive_school ON log_archive (school_id, year);

CREATE TABLE log_archive_author (
    archive_id UUID NOT NULL REFERENCES log_archive (id),
    person_id UUID NOT NULL REFERENCES person (id),
    PRIMARY KEY (archive_id, person_id)
);
CREATE INDEX log_archive_author_person ON log_archive_author (person_id);

-- How long the teacher thinks that it takes, and whether it is a test: what a class's load of work is made of.
ALTER TABLE homework ADD COLUMN minutes BIGINT;
ALTER TABLE homework ADD COLUMN is_test BOOLEAN NOT NULL DEFAULT false;
