-- Timetables from feeds, and timetables given to calendar programs.

-- The days of a series that a feed names one by one; a series without any recurs by its weekday.
CREATE TABLE series_day (
    series_id UUID NOT NULL REFERENCES series (id),
    day TEXT NOT NULL,
    cancelled BOOLEAN NOT NULL DEFAULT false,
    PRIMARY KEY (series_id, day)
);
CREATE UNIQUE INDEX series_external ON series (school_id, source, external_id) WHERE external_id <> '' AND removed_at IS NULL;

-- A secret address of somebody's timetable. of_person is whose lessons it gives, person_id who made it.
CREATE TABLE calendar_feed (
    id UUID PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES person (id),
    of_person UUID NOT NULL REFERENCES person (id),
    secret_hash BYTEA NOT NULL UNIQUE,
    name TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    used_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX calendar_feed_person ON calendar_feed (person_id);
CREATE INDEX calendar_feed_of ON calendar_feed (of_person);
