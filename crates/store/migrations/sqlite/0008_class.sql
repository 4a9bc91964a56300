-- The live class: what of a lesson outlives a restart, and for whom a chat line is.

CREATE TABLE lesson_fact (
    lesson_id BLOB NOT NULL REFERENCES lesson (id),
    seq INTEGER NOT NULL,
    fact TEXT NOT NULL,
    noted_at INTEGER NOT NULL,
    PRIMARY KEY (lesson_id, seq)
);

-- All facts up to seq, folded.
CREATE TABLE lesson_book (
    lesson_id BLOB PRIMARY KEY REFERENCES lesson (id),
    seq INTEGER NOT NULL,
    book TEXT NOT NULL,
    folded_at INTEGER NOT NULL
);

ALTER TABLE chat_message ADD COLUMN audience TEXT NOT NULL DEFAULT '"class"';
ALTER TABLE chat_message ADD COLUMN deleted_at INTEGER;
ALTER TABLE chat_message ADD COLUMN deleted_by BLOB REFERENCES person (id);
