-- Documents and pictures of a live class, made into pages. The pages' pictures lie one behind the other in one stored file.

CREATE TABLE lesson_document (
    file_id UUID PRIMARY KEY REFERENCES file (id),
    lesson_id UUID NOT NULL REFERENCES lesson (id),
    -- The file that came, and what it was to be: asked for again, it is not made again.
    source_id UUID NOT NULL,
    is_picture BOOLEAN NOT NULL,
    pages BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (lesson_id, source_id)
);

-- Where a page stands in the file, for a screen and for a weak line.
CREATE TABLE lesson_page (
    file_id UUID NOT NULL REFERENCES lesson_document (file_id),
    page BIGINT NOT NULL,
    small BOOLEAN NOT NULL,
    coding TEXT NOT NULL,
    width_px BIGINT NOT NULL,
    height_px BIGINT NOT NULL,
    at BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    PRIMARY KEY (file_id, page, small)
);
