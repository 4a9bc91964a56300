-- Files, resumable uploads, the terms of homework, and what pupils hand in.

CREATE TABLE file (
    id UUID PRIMARY KEY,
    owner_id UUID NOT NULL REFERENCES person (id),
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX file_owner ON file (owner_id);
CREATE INDEX file_created ON file (created_at);

-- Where a file is used: `place` is a word of store::files::Place, `of_id` the id of the thing. A file that is used nowhere
-- is swept.
CREATE TABLE attachment (
    place TEXT NOT NULL,
    of_id UUID NOT NULL,
    file_id UUID NOT NULL REFERENCES file (id),
    position BIGINT NOT NULL,
    PRIMARY KEY (place, of_id, file_id)
);
CREATE INDEX attachment_file ON attachment (file_id);

CREATE TABLE upload (
    id UUID PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES person (id),
    name TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX upload_person ON upload (person_id);
CREATE INDEX upload_expires ON upload (expires_at);

ALTER TABLE homework ADD COLUMN lesson_id UUID REFERENCES lesson (id);
ALTER TABLE homework ADD COLUMN visible_at BIGINT NOT NULL DEFAULT 0;
-- The instant after which handing in is late; NULL where nothing is handed in, or never late.
ALTER TABLE homework ADD COLUMN deadline_at BIGINT;
ALTER TABLE homework ADD COLUMN ways TEXT NOT NULL DEFAULT '';
ALTER TABLE homework ADD COLUMN late_rule TEXT NOT NULL DEFAULT 'accepted';
-- In hundredths.
ALTER TABLE homework ADD COLUMN mark_max BIGINT;
ALTER TABLE homework ADD COLUMN skills TEXT NOT NULL DEFAULT '';
ALTER TABLE homework ADD COLUMN whole_group BOOLEAN NOT NULL DEFAULT true;
ALTER TABLE homework ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
CREATE INDEX homework_lesson ON homework (lesson_id) WHERE lesson_id IS NOT NULL;
CREATE INDEX homework_author ON homework (author_id, due_day);

-- The chosen pupils, where it is not for the whole group.
CREATE TABLE homework_pupil (
    homework_id UUID NOT NULL REFERENCES homework (id),
    person_id UUID NOT NULL REFERENCES person (id),
    PRIMARY KEY (homework_id, person_id)
);
CREATE INDEX homework_pupil_person ON homework_pupil (person_id);

-- One pupil's work on one piece of homework: the draft, the tick, the extension, the correction.
CREATE TABLE hand_in (
    id UUID PRIMARY KEY,
    homework_id UUID NOT NULL REFERENCES homework (id),
    person_id UUID NOT NULL REFERENCES person (id),
    created_at BIGINT NOT NULL,
    done_at BIGINT,
    extended_to BIGINT,
    draft_body TEXT NOT NULL DEFAULT '',
    draft_version BIGINT NOT NULL DEFAULT 0,
    draft_saved_at BIGINT,
    comment TEXT NOT NULL DEFAULT '',
    mark BIGINT,
    levels TEXT NOT NULL DEFAULT '',
    returned_at BIGINT,
    corrected_by UUID REFERENCES person (id),
    correction_version BIGINT NOT NULL DEFAULT 0,
    UNIQUE (homework_id, person_id)
);
CREATE INDEX hand_in_person ON hand_in (person_id);

-- What was handed in, as it was acknowledged. Never changed.
CREATE TABLE receipt (
    id UUID PRIMARY KEY,
    hand_in_id UUID NOT NULL REFERENCES hand_in (id),
    idempotency_key TEXT NOT NULL,
    body TEXT NOT NULL,
    late BOOLEAN NOT NULL,
    sha256 BYTEA NOT NULL,
    handed_at BIGINT NOT NULL,
    UNIQUE (hand_in_id, idempotency_key)
);
