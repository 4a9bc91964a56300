-- Until when the teacher wants an invitation to be good. NULL: as long as its lesson may be entered (half an hour after its
-- end), wherever that is moved to.
ALTER TABLE lesson_guest ADD COLUMN until_at BIGINT;
UPDATE lesson_guest SET until_at = expires_at
    WHERE expires_at < (SELECT l.ends_at + 1800000 FROM lesson l WHERE l.id = lesson_guest.lesson_id);
ALTER TABLE lesson_guest DROP COLUMN expires_at;

-- The school of the recording's lesson: the list of a school is a range of one index.
ALTER TABLE recording ADD COLUMN school_id UUID REFERENCES school (id);
UPDATE recording SET school_id = (SELECT l.school_id FROM lesson l WHERE l.id = recording.lesson_id);
CREATE INDEX recording_school ON recording (school_id, begun_at) WHERE deleted_at IS NULL;

-- A publication looks for what people have moved to before today.
CREATE INDEX lesson_moved ON lesson (school_id, series_day) WHERE changed_at IS NOT NULL;
