-- Files, resumable uploads, the terms of homework, and what pupils hand in.

CREATE TABLE file (
    id BLOB PRIMARY KEY,
    owner_id BLOB NOT NULL REFERENCES person (id),
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE INDEX file_owner ON file (owner_id);
CREATE INDEX file_created ON file (created_at);

-- Where a file is used: `place` is a word of store::files::Place, `of_id` the id of the thing. A file that is used nowhere
-- is swept.
CREATE TABLE attachment (
    place TEXT NOT NULL,
    of_id BLOB NOT NULL,
    file_id BLOB NOT NULL REFERENCES file (id),
    position INTEGER NOT NULL,
    PRIMARY KEY (place, of_id, file_id)
);
CREATE INDEX attachment_file ON attachment (file_id);

CREATE TABLE upload (
    id BLOB PRIMARY KEY,
    person_id BLOB NOT NULL REFERENCES person (id),
    name TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    finished_at INTEGER
);
CREATE INDEX upload_person ON upload (person_id);
CREATE INDEX upload_expires ON upload (expires_at);

ALTER TABLE homework ADD COLUMN lesson_id BLOB REFERENCES lesson (id);
ALTER TABLE homework ADD COLUMN visible_at INTEGER NOT NULL DEFAULT 0;
-- The instant after which handing in is late; NULL where nothing is handed in, or never late.
ALTER TABLE homework ADD COLUMN deadline_at INTEGER;
ALTER TABLE homework ADD COLUMN ways TEXT NOT NULL DEFAULT '';
ALTER TABLE homework ADD COLUMN late_rule TEXT NOT NULL DEFAULT 'accepted';
-- In hundredths.
ALTER TABLE homework ADD COLUMN mark_max INTEGER;
ALTER TABLE homework ADD COLUMN skills TEXT NOT NULL DEFAULT '';
ALTER TABLE homework ADD COLUMN whole_group BOOLEAN NOT NULL DEFAULT true;
ALTER TABLE homework ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
CREATE INDEX homework_lesson ON homework (lesson_id) WHERE lesson_id IS NOT NULL;
CREATE INDEX homework_author ON homework (author_id, due_day);

-- The chosen pupils, where it is not for the whole group.
CREATE TABLE homework_pupil (
    homework_id BLOB NOT NULL REFERENCES homework (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    PRIMARY KEY (homework_id, person_id)
);
CREATE INDEX homework_pupil_person ON homework_pupil (person_id);

-- One pupil's work on one piece of homework: the draft, the tick, the extension, the correction.
CREATE TABLE hand_in (
    id BLOB PRIMARY KEY,
    homework_id BLOB NOT NULL REFERENCES homework (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    created_at INTEGER NOT NULL,
    done_at INTEGER,
    extended_to INTEGER,
    draft_body TEXT NOT NULL DEFAULT '',
    draft_version INTEGER NOT NULL DEFAULT 0,
    draft_saved_at INTEGER,
    comment TEXT NOT NULL DEFAULT '',
    mark INTEGER,
    levels TEXT NOT NULL DEFAULT '',
    returned_at INTEGER,
    corrected_by BLOB REFERENCES person (id),
    correction_version INTEGER NOT NULL DEFAULT 0,
    UNIQUE (homework_id, person_id)
);
CREATE INDEX hand_in_person ON hand_in (person_id);

-- What was handed in, as it was acknowledged. Never changed.
CREATE TABLE receipt (
    id BLOB PRIMARY KEY,
    hand_in_id BLOB NOT NULL REFERENCES hand_in (id),
    idempotency_key TEXT NOT NULL,
    body TEXT NOT NULL,
    late BOOLEAN NOT NULL,
    sha256 BLOB NOT NULL,
    handed_at INTEGER NOT NULL,
    UNIQUE (hand_in_id, idempotency_key)
);
