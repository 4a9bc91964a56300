-- Notices, mails, jobs of the machines, and attendance. A half-day is text: `2026-11-23-am`, `2026-11-23-pm`.

CREATE TABLE notice (
    id BLOB PRIMARY KEY,
    person_id BLOB NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL,
    -- A JSON object of texts.
    arguments TEXT NOT NULL,
    link TEXT NOT NULL,
    -- A person is told once of one thing.
    once_key TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    read_at INTEGER,
    UNIQUE (person_id, once_key)
);
CREATE INDEX notice_person ON notice (person_id, created_at);

CREATE TABLE mail (
    id BLOB PRIMARY KEY,
    once_key TEXT NOT NULL UNIQUE,
    person_id BLOB REFERENCES person (id),
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    -- Another machine may take it after this.
    claimed_until INTEGER NOT NULL DEFAULT 0,
    -- How often it was taken in a row without a word of what came of it.
    unanswered INTEGER NOT NULL DEFAULT 0,
    sent_at INTEGER,
    given_up_at INTEGER,
    failure TEXT NOT NULL DEFAULT ''
);
CREATE INDEX mail_waiting ON mail (not_before) WHERE sent_at IS NULL AND given_up_at IS NULL;
CREATE INDEX mail_created ON mail (created_at);

-- The kinds of mail that a person has turned off.
CREATE TABLE mail_off (
    person_id BLOB NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL,
    PRIMARY KEY (person_id, kind)
);

-- Of several machines one does a job: the one that holds its lease.
CREATE TABLE job (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    held_until INTEGER NOT NULL,
    next_at INTEGER NOT NULL
);

CREATE TABLE job_run (
    name TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    holder TEXT NOT NULL,
    finished_at INTEGER NOT NULL,
    done INTEGER NOT NULL,
    failure TEXT NOT NULL,
    PRIMARY KEY (name, started_at, holder)
);
CREATE INDEX job_run_started ON job_run (started_at);

CREATE TABLE attendance_setting (
    school_id BLOB PRIMARY KEY REFERENCES school (id),
    -- Minutes after midnight at which the afternoon begins.
    afternoon_min INTEGER NOT NULL,
    -- Minutes after a lesson's start at which its teacher is reminded of the roll.
    reminder_min INTEGER NOT NULL,
    mails_families BOOLEAN NOT NULL,
    on_site_places INTEGER NOT NULL
);

CREATE TABLE roll (
    lesson_id BLOB PRIMARY KEY REFERENCES lesson (id),
    school_id BLOB NOT NULL REFERENCES school (id),
    half_day TEXT NOT NULL,
    version INTEGER NOT NULL,
    confirmed_at INTEGER NOT NULL,
    confirmed_by BLOB NOT NULL REFERENCES person (id),
    changed_at INTEGER NOT NULL,
    changed_by BLOB NOT NULL REFERENCES person (id)
);
CREATE INDEX roll_school ON roll (school_id, half_day);

CREATE TABLE roll_entry (
    lesson_id BLOB NOT NULL REFERENCES roll (lesson_id),
    pupil_id BLOB NOT NULL REFERENCES person (id),
    school_id BLOB NOT NULL REFERENCES school (id),
    half_day TEXT NOT NULL,
    status TEXT NOT NULL,
    minutes INTEGER NOT NULL,
    PRIMARY KEY (lesson_id, pupil_id)
);
CREATE INDEX roll_entry_pupil ON roll_entry (pupil_id, half_day);
CREATE INDEX roll_entry_school ON roll_entry (school_id, half_day);
CREATE INDEX roll_entry_absent ON roll_entry (half_day) WHERE status = 'absent';

CREATE TABLE roll_reminder (
    lesson_id BLOB NOT NULL REFERENCES lesson (id),
    teacher_id BLOB NOT NULL REFERENCES person (id),
    told_at INTEGER NOT NULL,
    PRIMARY KEY (lesson_id, teacher_id)
);

-- What a family or school life says of some half-days, first and last included.
CREATE TABLE absence (
    id BLOB PRIMARY KEY,
    school_id BLOB NOT NULL REFERENCES school (id),
    pupil_id BLOB NOT NULL REFERENCES person (id),
    first_half TEXT NOT NULL,
    last_half TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    state TEXT NOT NULL,
    declared_at INTEGER NOT NULL,
    declared_by BLOB NOT NULL REFERENCES person (id),
    decided_at INTEGER,
    decided_by BLOB REFERENCES person (id)
);
CREATE INDEX absence_pupil ON absence (pupil_id, last_half);
CREATE INDEX absence_school ON absence (school_id, last_half);

-- The absences of which the relatives have been told: one mail a half-day.
CREATE TABLE absence_told (
    pupil_id BLOB NOT NULL REFERENCES person (id),
    half_day TEXT NOT NULL,
    told_at INTEGER NOT NULL,
    PRIMARY KEY (pupil_id, half_day)
);

-- A known person tried to get in and did not; a minute has one row at the most.
CREATE TABLE failed_try (
    person_id BLOB NOT NULL REFERENCES person (id),
    minute_at INTEGER NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (person_id, minute_at)
);
CREATE INDEX failed_try_minute ON failed_try (minute_at);

CREATE TABLE follow_up (
    id BLOB PRIMARY KEY,
    school_id BLOB NOT NULL REFERENCES school (id),
    pupil_id BLOB NOT NULL REFERENCES person (id),
    made_at INTEGER NOT NULL,
    made_by BLOB NOT NULL REFERENCES person (id),
    means TEXT NOT NULL,
    result TEXT NOT NULL,
    note TEXT NOT NULL
);
CREATE INDEX follow_up_pupil ON follow_up (pupil_id, made_at);
CREATE INDEX follow_up_school ON follow_up (school_id, made_at);

-- Children received at school on a day on which school is at a distance.
CREATE TABLE on_site (
    school_id BLOB NOT NULL REFERENCES school (id),
    day TEXT NOT NULL,
    pupil_id BLOB NOT NULL REFERENCES person (id),
    note TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    received_by BLOB NOT NULL REFERENCES person (id),
    PRIMARY KEY (school_id, day, pupil_id)
);
CREATE INDEX on_site_pupil ON on_site (pupil_id, day);
