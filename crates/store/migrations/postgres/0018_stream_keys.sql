-- What lets a program publish into one lesson, or play it, in the name of one of its teachers. The key itself is sealed and
-- stands nowhere: here is only that it holds.
CREATE TABLE stream_key (
    id UUID PRIMARY KEY,
    lesson_id UUID NOT NULL REFERENCES lesson (id),
    person_id UUID NOT NULL REFERENCES person (id),
    -- 'publish' or 'play'
    direction TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX stream_key_lesson ON stream_key (lesson_id, person_id);
CREATE INDEX stream_key_person ON stream_key (person_id);
CREATE INDEX stream_key_expires ON stream_key (expires_at);
