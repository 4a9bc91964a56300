-- Calendars, series of lessons, and what becomes of a lesson after it was published.

-- Empty: that of the school's département.
ALTER TABLE school ADD COLUMN zone TEXT NOT NULL DEFAULT '';

-- Empty: what the name tells.
ALTER TABLE school_group ADD COLUMN grade TEXT NOT NULL DEFAULT '';

-- 1 or 2, as somebody has set it; NULL: by alphabet.
ALTER TABLE membership ADD COLUMN half INTEGER;

-- What a school has of its own for the school year that begins in this year: the text of a calendar.
CREATE TABLE school_calendar (
    school_id BLOB NOT NULL REFERENCES school (id),
    year INTEGER NOT NULL,
    body TEXT NOT NULL,
    version INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    changed_by BLOB REFERENCES person (id),
    PRIMARY KEY (school_id, year)
);

-- A lesson that comes back. Times are minutes after midnight by the school's clock; weekday 1 is Monday; weeks are 'A', 'B'
-- or empty for both.
CREATE TABLE series (
    id BLOB PRIMARY KEY,
    school_id BLOB NOT NULL REFERENCES school (id),
    subject_name TEXT NOT NULL,
    room TEXT NOT NULL DEFAULT '',
    weekday INTEGER NOT NULL,
    starts_min INTEGER NOT NULL,
    ends_min INTEGER NOT NULL,
    weeks TEXT NOT NULL DEFAULT '',
    from_day TEXT NOT NULL,
    to_day TEXT NOT NULL,
    version INTEGER NOT NULL,
    published_version INTEGER NOT NULL DEFAULT 0,
    published_at INTEGER,
    removed_at INTEGER,
    source TEXT NOT NULL,
    external_id TEXT NOT NULL DEFAULT '',
    changed_at INTEGER NOT NULL,
    changed_by BLOB REFERENCES person (id),
    created_at INTEGER NOT NULL
);
CREATE INDEX series_school ON series (school_id);

CREATE TABLE series_group (
    series_id BLOB NOT NULL REFERENCES series (id),
    group_id BLOB NOT NULL REFERENCES school_group (id),
    PRIMARY KEY (series_id, group_id)
);
CREATE INDEX series_group_group ON series_group (group_id);

CREATE TABLE series_teacher (
    series_id BLOB NOT NULL REFERENCES series (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    PRIMARY KEY (series_id, person_id)
);
CREATE INDEX series_teacher_person ON series_teacher (person_id);

-- series_day is the day of the series for which the lesson stands, wherever it was moved to. sequence counts its changes
-- (RFC 5545 §3.8.7.4), changed_at is the last one by hand. was_… is what was before the first change by hand. mode is
-- 'on_site', 'distance', 'both', or empty where no calendar has said it; on_site_half is the half that is in the room.
ALTER TABLE lesson ADD COLUMN series_id BLOB REFERENCES series (id);
ALTER TABLE lesson ADD COLUMN series_day TEXT;
ALTER TABLE lesson ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0;
ALTER TABLE lesson ADD COLUMN updated_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE lesson ADD COLUMN changed_at INTEGER;
ALTER TABLE lesson ADD COLUMN changed_by BLOB REFERENCES person (id);
ALTER TABLE lesson ADD COLUMN was_starts_at INTEGER;
ALTER TABLE lesson ADD COLUMN was_ends_at INTEGER;
ALTER TABLE lesson ADD COLUMN was_room TEXT;
ALTER TABLE lesson ADD COLUMN was_teachers TEXT;
ALTER TABLE lesson ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE lesson ADD COLUMN mode TEXT NOT NULL DEFAULT '';
ALTER TABLE lesson ADD COLUMN on_site_half INTEGER;
ALTER TABLE lesson ADD COLUMN mode_by_hand BOOLEAN NOT NULL DEFAULT false;
-- The calendar has no school for any of its groups on its day: no roll is asked for, and none counts.
ALTER TABLE lesson ADD COLUMN no_school BOOLEAN NOT NULL DEFAULT false;
CREATE UNIQUE INDEX lesson_series ON lesson (series_id, series_day) WHERE series_id IS NOT NULL;

-- When the lesson begins stands beside whom it is for and who teaches it, so that a range of one index gives somebody's day.
-- The key keeps it true.
CREATE UNIQUE INDEX lesson_start ON lesson (id, starts_at);
CREATE TABLE new_lesson_group (
    lesson_id BLOB NOT NULL,
    group_id BLOB NOT NULL REFERENCES school_group (id),
    starts_at INTEGER NOT NULL,
    PRIMARY KEY (lesson_id, group_id),
    FOREIGN KEY (lesson_id, starts_at) REFERENCES lesson (id, starts_at) ON UPDATE CASCADE
);
INSERT INTO new_lesson_group (lesson_id, group_id, starts_at)
    SELECT g.lesson_id, g.group_id, l.starts_at FROM lesson_group g JOIN lesson l ON l.id = g.lesson_id;
DROP TABLE lesson_group;
ALTER TABLE new_lesson_group RENAME TO lesson_group;
CREATE INDEX lesson_group_group ON lesson_group (group_id, starts_at, lesson_id);
CREATE TABLE new_lesson_teacher (
    lesson_id BLOB NOT NULL,
    person_id BLOB NOT NULL REFERENCES person (id),
    starts_at INTEGER NOT NULL,
    PRIMARY KEY (lesson_id, person_id),
    FOREIGN KEY (lesson_id, starts_at) REFERENCES lesson (id, starts_at) ON UPDATE CASCADE
);
INSERT INTO new_lesson_teacher (lesson_id, person_id, starts_at)
    SELECT t.lesson_id, t.person_id, l.starts_at FROM lesson_teacher t JOIN lesson l ON l.id = t.lesson_id;
DROP TABLE lesson_teacher;
ALTER TABLE new_lesson_teacher RENAME TO lesson_teacher;
CREATE INDEX lesson_teacher_person ON lesson_teacher (person_id, starts_at, lesson_id);
