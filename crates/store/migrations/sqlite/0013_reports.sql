-- Reports of live lessons to school life, what devices and lines can do, and how long the chat of lessons is kept.

CREATE TABLE report (
    id BLOB PRIMARY KEY,
    school_id BLOB NOT NULL REFERENCES school (id),
    lesson_id BLOB NOT NULL REFERENCES lesson (id),
    kind TEXT NOT NULL,
    concern TEXT NOT NULL,
    reporter_id BLOB NOT NULL REFERENCES person (id),
    reported_id BLOB NOT NULL REFERENCES person (id),
    -- What whoever reports says.
    body TEXT NOT NULL,
    -- The reported message and those around it, as opaque JSON; empty for anything else.
    lines TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    handled_at INTEGER,
    handled_by BLOB REFERENCES person (id),
    note TEXT NOT NULL DEFAULT ''
);
CREATE INDEX report_school ON report (school_id, made_at);
CREATE INDEX report_reporter ON report (reporter_id, made_at);

-- The still of a report of a picture, a JPEG.
CREATE TABLE report_picture (
    report_id BLOB PRIMARY KEY REFERENCES report (id),
    bytes BLOB NOT NULL
);

CREATE TABLE self_test (
    id BLOB PRIMARY KEY,
    school_id BLOB NOT NULL REFERENCES school (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    browser TEXT NOT NULL,
    -- What was tried and what came of it, as opaque JSON.
    results TEXT NOT NULL,
    made_at INTEGER NOT NULL
);
CREATE INDEX self_test_school ON self_test (school_id, made_at);
CREATE INDEX self_test_person ON self_test (person_id, made_at);

-- Without a row, the chat of a school's lessons is kept to the end of the school year.
CREATE TABLE chat_keeping (
    school_id BLOB PRIMARY KEY REFERENCES school (id),
    -- NULL: to the end of the school year.
    days INTEGER,
    changed_at INTEGER NOT NULL,
    changed_by BLOB NOT NULL REFERENCES person (id)
);
