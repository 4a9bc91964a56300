-- Entry into a live class: guests, what its teachers prepare, and how long it was prolonged.

ALTER TABLE lesson ADD COLUMN prolonged_until INTEGER;

-- Somebody invited into one lesson. The guest is a row of person without any school, so that attendance and chat can name them.
CREATE TABLE lesson_guest (
    lesson_id BLOB NOT NULL REFERENCES lesson (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    invited_by BLOB NOT NULL REFERENCES person (id),
    secret_hash BLOB NOT NULL UNIQUE,
    email TEXT,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    -- The browser that has used the invitation up.
    entered_at INTEGER,
    session_id BLOB,
    revoked_at INTEGER,
    PRIMARY KEY (lesson_id, person_id)
);
CREATE INDEX lesson_guest_person ON lesson_guest (person_id);

-- What is prepared for one lesson, or for all lessons of a teacher, a group and a subject.
CREATE TABLE class_setup (
    id BLOB PRIMARY KEY,
    lesson_id BLOB UNIQUE REFERENCES lesson (id),
    teacher_id BLOB REFERENCES person (id),
    group_id BLOB REFERENCES school_group (id),
    subject_name TEXT NOT NULL DEFAULT '',
    rules TEXT NOT NULL,
    -- The names of the groups prepared, as JSON.
    group_names TEXT NOT NULL,
    changed_by BLOB NOT NULL REFERENCES person (id),
    changed_at INTEGER NOT NULL,
    UNIQUE (teacher_id, group_id, subject_name)
);
CREATE INDEX class_setup_group ON class_setup (group_id);

-- Who is in which prepared group (place 1 and on), or helps (place 0).
CREATE TABLE class_setup_person (
    setup_id BLOB NOT NULL REFERENCES class_setup (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    place INTEGER NOT NULL,
    help TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (setup_id, person_id)
);
CREATE INDEX class_setup_person_person ON class_setup_person (person_id);
