-- What lets a program publish into one lesson, or play it, in the name of one of its teachers. The key itself is sealed and
-- stands nowhere: here is only that it holds.
CREATE TABLE stream_key (
    id BLOB PRIMARY KEY,
    lesson_id BLOB NOT NULL REFERENCES lesson (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    -- 'publish' or 'play'
    direction TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
);
CREATE INDEX stream_key_lesson ON stream_key (lesson_id, person_id);
CREATE INDEX stream_key_person ON stream_key (person_id);
CREATE INDEX stream_key_expires ON stream_key (expires_at);
