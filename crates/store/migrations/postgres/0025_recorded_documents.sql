-- Which documents and pictures of its lesson a recording shows. Those that there are have shown all of theirs until now.

CREATE TABLE recording_document (
    recording_id UUID NOT NULL REFERENCES recording (id),
    file_id UUID NOT NULL REFERENCES lesson_document (file_id),
    PRIMARY KEY (recording_id, file_id)
);
CREATE INDEX recording_document_file ON recording_document (file_id);

INSERT INTO recording_document (recording_id, file_id)
SELECT r.id, d.file_id FROM recording r JOIN lesson_document d ON d.lesson_id = r.lesson_id WHERE r.deleted_at IS NULL;
