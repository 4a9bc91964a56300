-- Recordings of live lessons: who may, what there is of them, and until when.

CREATE TABLE recording_setting (
    school_id UUID PRIMARY KEY REFERENCES school (id),
    -- Whether teachers may record their lessons.
    allowed BOOLEAN NOT NULL,
    -- For how many days a recording is kept.
    days BIGINT NOT NULL,
    -- Whether those who may see a recording may take its files home.
    downloads BOOLEAN NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by UUID NOT NULL REFERENCES person (id)
);

CREATE TABLE recording (
    id UUID PRIMARY KEY,
    lesson_id UUID NOT NULL REFERENCES lesson (id),
    -- From 1 within the lesson.
    number BIGINT NOT NULL,
    begun_at BIGINT NOT NULL,
    -- The end of the last track that there is.
    ended_at BIGINT,
    expires_at BIGINT NOT NULL,
    -- Nobody sees it any more; its files go, and this row stays so that its number is not used again.
    deleted_at BIGINT,
    deleted_by UUID REFERENCES person (id),
    UNIQUE (lesson_id, number),
    UNIQUE (lesson_id, begun_at)
);
CREATE INDEX recording_expires ON recording (expires_at) WHERE deleted_at IS NULL;

-- Each is a file, whose owner is who is heard or seen.
CREATE TABLE recording_track (
    file_id UUID PRIMARY KEY REFERENCES file (id),
    recording_id UUID NOT NULL REFERENCES recording (id),
    kind TEXT NOT NULL,
    begins_at BIGINT NOT NULL,
    lasts_ms BIGINT NOT NULL
);
CREATE INDEX recording_track_recording ON recording_track (recording_id);
