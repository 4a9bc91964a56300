-- The live class: what of a lesson outlives a restart, and for whom a chat line is.

CREATE TABLE lesson_fact (
    lesson_id UUID NOT NULL REFERENCES lesson (id),
    seq BIGINT NOT NULL,
    fact TEXT NOT NULL,
    noted_at BIGINT NOT NULL,
    PRIMARY KEY (lesson_id, seq)
);

-- All facts up to seq, folded.
CREATE TABLE lesson_book (
    lesson_id UUID PRIMARY KEY REFERENCES lesson (id),
    seq BIGINT NOT NULL,
    book TEXT NOT NULL,
    folded_at BIGINT NOT NULL
);

ALTER TABLE chat_message ADD COLUMN audience TEXT NOT NULL DEFAULT '"class"';
ALTER TABLE chat_message ADD COLUMN deleted_at BIGINT;
ALTER TABLE chat_message ADD COLUMN deleted_by UUID REFERENCES person (id);
