-- Notices, mails, jobs of the machines, and attendance. A half-day is text: `2026-11-23-am`, `2026-11-23-pm`.

CREATE TABLE notice (
    id UUID PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL,
    -- A JSON object of texts.
    arguments TEXT NOT NULL,
    link TEXT NOT NULL,
    -- A person is told once of one thing.
    once_key TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    read_at BIGINT,
    UNIQUE (person_id, once_key)
);
CREATE INDEX notice_person ON notice (person_id, created_at);

CREATE TABLE mail (
    id UUID PRIMARY KEY,
    once_key TEXT NOT NULL UNIQUE,
    person_id UUID REFERENCES person (id),
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    not_before BIGINT NOT NULL,
    tries BIGINT NOT NULL DEFAULT 0,
    -- Another machine may take it after this.
    claimed_until BIGINT NOT NULL DEFAULT 0,
    -- How often it was taken in a row without a word of what came of it.
    unanswered BIGINT NOT NULL DEFAULT 0,
    sent_at BIGINT,
    given_up_at BIGINT,
    failure TEXT NOT NULL DEFAULT ''
);
CREATE INDEX mail_waiting ON mail (not_before) WHERE sent_at IS NULL AND given_up_at IS NULL;
CREATE INDEX mail_created ON mail (created_at);

-- The kinds of mail that a person has turned off.
CREATE TABLE mail_off (
    person_id UUID NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL,
    PRIMARY KEY (person_id, kind)
);

-- Of several machines one does a job: the one that holds its lease.
CREATE TABLE job (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    held_until BIGINT NOT NULL,
    next_at BIGINT NOT NULL
);

CREATE TABLE job_run (
    name TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    holder TEXT NOT NULL,
    finished_at BIGINT NOT NULL,
    done BIGINT NOT NULL,
    failure TEXT NOT NULL,
    PRIMARY KEY (name, started_at, holder)
);
CREATE INDEX job_run_started ON job_run (started_at);

CREATE TABLE attendance_setting (
    school_id UUID PRIMARY KEY REFERENCES school (id),
    -- Minutes after midnight at which the afternoon begins.
    afternoon_min BIGINT NOT NULL,
    -- Minutes after a lesson's start at which its teacher is reminded of the roll.
    reminder_min BIGINT NOT NULL,
    mails_families BOOLEAN NOT NULL,
    on_site_places BIGINT NOT NULL
);

CREATE TABLE roll (
    lesson_id UUID PRIMARY KEY REFERENCES lesson (id),
    school_id UUID NOT NULL REFERENCES school (id),
    half_day TEXT NOT NULL,
    version BIGINT NOT NULL,
    confirmed_at BIGINT NOT NULL,
    confirmed_by UUID NOT NULL REFERENCES person (id),
    changed_at BIGINT NOT NULL,
    changed_by UUID NOT NULL REFERENCES person (id)
);
CREATE INDEX roll_school ON roll (school_id, half_day);

CREATE TABLE roll_entry (
    lesson_id UUID NOT NULL REFERENCES roll (lesson_id),
    pupil_id UUID NOT NULL REFERENCES person (id),
    school_id UUID NOT NULL REFERENCES school (id),
    half_day TEXT NOT NULL,
    status TEXT NOT NULL,
    minutes BIGINT NOT NULL,
    PRIMARY KEY (lesson_id, pupil_id)
);
CREATE INDEX roll_entry_pupil ON roll_entry (pupil_id, half_day);
CREATE INDEX roll_entry_school ON roll_entry (school_id, half_day);
CREATE INDEX roll_entry_absent ON roll_entry (half_day) WHERE status = 'absent';

CREATE TABLE roll_reminder (
    lesson_id UUID NOT NULL REFERENCES lesson (id),
    teacher_id UUID NOT NULL REFERENCES person (id),
    told_at BIGINT NOT NULL,
    PRIMARY KEY (lesson_id, teacher_id)
);

-- What a family or school life says of some half-days, first and last included.
CREATE TABLE absence (
    id UUID PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES school (id),
    pupil_id UUID NOT NULL REFERENCES person (id),
    first_half TEXT NOT NULL,
    last_half TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    state TEXT NOT NULL,
    declared_at BIGINT NOT NULL,
    declared_by UUID NOT NULL REFERENCES person (id),
    decided_at BIGINT,
    decided_by UUID REFERENCES person (id)
);
CREATE INDEX absence_pupil ON absence (pupil_id, last_half);
CREATE INDEX absence_school ON absence (school_id, last_half);

-- The absences of which the relatives have been told: one mail a half-day.
CREATE TABLE absence_told (
    pupil_id UUID NOT NULL REFERENCES person (id),
    half_day TEXT NOT NULL,
    told_at BIGINT NOT NULL,
    PRIMARY KEY (pupil_id, half_day)
);

-- A known person tried to get in and did not; a minute has one row at the most.
CREATE TABLE failed_try (
    person_id UUID NOT NULL REFERENCES person (id),
    minute_at BIGINT NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (person_id, minute_at)
);
CREATE INDEX failed_try_minute ON failed_try (minute_at);

CREATE TABLE follow_up (
    id UUID PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES school (id),
    pupil_id UUID NOT NULL REFERENCES person (id),
    made_at BIGINT NOT NULL,
    made_by UUID NOT NULL REFERENCES person (id),
    means TEXT NOT NULL,
    result TEXT NOT NULL,
    note TEXT NOT NULL
);
CREATE INDEX follow_up_pupil ON follow_up (pupil_id, made_at);
CREATE INDEX follow_up_school ON follow_up (school_id, made_at);

-- Children received at school on a day on which school is at a distance.
CREATE TABLE on_site (
    school_id UUID NOT NULL REFERENCES school (id),
    day TEXT NOT NULL,
    pupil_id UUID NOT NULL REFERENCES person (id),
    note TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    received_by UUID NOT NULL REFERENCES person (id),
    PRIMARY KEY (school_id, day, pupil_id)
);
CREATE INDEX on_site_pupil ON on_site (pupil_id, day);
