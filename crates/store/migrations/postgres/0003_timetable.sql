-- Calendars, series of lessons, and what becomes of a lesson after it was published.

-- Empty: that of the school's département.
ALTER TABLE school ADD COLUMN zone TEXT NOT NULL DEFAULT '';

-- Empty: what the name tells.
ALTER TABLE school_group ADD COLUMN grade TEXT NOT NULL DEFAULT '';

-- 1 or 2, as somebody has set it; NULL: by alphabet.
ALTER TABLE membership ADD COLUMN half BIGINT;

-- What a school has of its own for the school year that begins in this year: the text of a calendar.
CREATE TABLE school_calendar (
    school_id UUID NOT NULL REFERENCES school (id),
    year BIGINT NOT NULL,
    body TEXT NOT NULL,
    version BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by UUID REFERENCES person (id),
    PRIMARY KEY (school_id, year)
);

-- A lesson that comes back. Times are minutes after midnight by the school's clock; weekday 1 is Monday; weeks are 'A', 'B'
-- or empty for both.
CREATE TABLE series (
    id UUID PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES school (id),
    subject_name TEXT NOT NULL,
    room TEXT NOT NULL DEFAULT '',
    weekday BIGINT NOT NULL,
    starts_min BIGINT NOT NULL,
    ends_min BIGINT NOT NULL,
    weeks TEXT NOT NULL DEFAULT '',
    from_day TEXT NOT NULL,
    to_day TEXT NOT NULL,
    version BIGINT NOT NULL,
    published_version BIGINT NOT NULL DEFAULT 0,
    published_at BIGINT,
    removed_at BIGINT,
    source TEXT NOT NULL,
    external_id TEXT NOT NULL DEFAULT '',
    changed_at BIGINT NOT NULL,
    changed_by UUID REFERENCES person (id),
    created_at BIGINT NOT NULL
);
CREATE INDEX series_school ON series (school_id);

CREATE TABLE series_group (
    series_id UUID NOT NULL REFERENCES series (id),
    group_id UUID NOT NULL REFERENCES school_group (id),
    PRIMARY KEY (series_id, group_id)
);
CREATE INDEX series_group_group ON series_group (group_id);

CREATE TABLE series_teacher (
    series_id UUID NOT NULL REFERENCES series (id),
    person_id UUID NOT NULL REFERENCES person (id),
    PRIMARY KEY (series_id, person_id)
);
CREATE INDEX series_teacher_person ON series_teacher (person_id);

-- series_day is the day of the series for which the lesson stands, wherever it was moved to. sequence counts its changes
-- (RFC 5545 §3.8.7.4), changed_at is the last one by hand. was_… is what was before the first change by hand. mode is
-- 'on_site', 'distance', 'both', or empty where no calendar has said it; on_site_half is the half that is in the room.
ALTER TABLE lesson ADD COLUMN series_id UUID REFERENCES series (id);
ALTER TABLE lesson ADD COLUMN series_day TEXT;
ALTER TABLE lesson ADD COLUMN sequence BIGINT NOT NULL DEFAULT 0;
ALTER TABLE lesson ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE lesson ADD COLUMN changed_at BIGINT;
ALTER TABLE lesson ADD COLUMN changed_by UUID REFERENCES person (id);
ALTER TABLE lesson ADD COLUMN was_starts_at BIGINT;
ALTER TABLE lesson ADD COLUMN was_ends_at BIGINT;
ALTER TABLE lesson ADD COLUMN was_room TEXT;
ALTER TABLE lesson ADD COLUMN was_teachers TEXT;
ALTER TABLE lesson ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE lesson ADD COLUMN mode TEXT NOT NULL DEFAULT '';
ALTER TABLE lesson ADD COLUMN on_site_half BIGINT;
ALTER TABLE lesson ADD COLUMN mode_by_hand BOOLEAN NOT NULL DEFAULT false;
-- The calendar has no school for any of its groups on its day: no roll is asked for, and none counts.
ALTER TABLE lesson ADD COLUMN no_school BOOLEAN NOT NULL DEFAULT false;
CREATE UNIQUE INDEX lesson_series ON lesson (series_id, series_day) WHERE series_id IS NOT NULL;

-- When the lesson begins stands beside whom it is for and who teaches it, so that a range of one index gives somebody's day.
-- The key keeps it true.
CREATE UNIQUE INDEX lesson_start ON lesson (id, starts_at);
ALTER TABLE lesson_group ADD COLUMN starts_at BIGINT;
UPDATE lesson_group g SET starts_at = l.starts_at FROM lesson l WHERE l.id = g.lesson_id;
ALTER TABLE lesson_group ALTER COLUMN starts_at SET NOT NULL;
ALTER TABLE lesson_group DROP CONSTRAINT lesson_group_lesson_id_fkey;
ALTER TABLE lesson_group ADD CONSTRAINT lesson_group_lesson_fkey
    FOREIGN KEY (lesson_id, starts_at) REFERENCES lesson (id, starts_at) ON UPDATE CASCADE;
DROP INDEX lesson_group_group;
CREATE INDEX lesson_group_group ON lesson_group (group_id, starts_at, lesson_id);
ALTER TABLE lesson_teacher ADD COLUMN starts_at BIGINT;
UPDATE lesson_teacher t SET starts_at = l.starts_at FROM lesson l WHERE l.id = t.lesson_id;
ALTER TABLE lesson_teacher ALTER COLUMN starts_at SET NOT NULL;
ALTER TABLE lesson_teacher DROP CONSTRAINT lesson_teacher_lesson_id_fkey;
ALTER TABLE lesson_teacher ADD CONSTRAINT lesson_teacher_lesson_fkey
    FOREIGN KEY (lesson_id, starts_at) REFERENCES lesson (id, starts_at) ON UPDATE CASCADE;
DROP INDEX lesson_teacher_person;
CREATE INDEX lesson_teacher_person ON lesson_teacher (person_id, starts_at, lesson_id);
