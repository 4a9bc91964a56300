-- Who taught a lesson before it was changed by hand. lesson.was_teachers has their names, and loses those of who is forgotten.
CREATE TABLE lesson_was_teacher (
    lesson_id UUID NOT NULL REFERENCES lesson (id) ON DELETE CASCADE,
    person_id UUID NOT NULL REFERENCES person (id),
    PRIMARY KEY (lesson_id, person_id)
);
CREATE INDEX lesson_was_teacher_person ON lesson_was_teacher (person_id);

-- Names are found again among the staff of the school; those of nobody there any more go.
INSERT INTO lesson_was_teacher (lesson_id, person_id)
    SELECT DISTINCT l.id, p.id FROM lesson l
    JOIN affiliation a ON a.school_id = l.school_id AND a.profile NOT IN ('pupil', 'relative')
    JOIN person p ON p.id = a.person_id
    WHERE l.was_teachers <> ''
    AND ', ' || l.was_teachers || ', ' LIKE '%, ' || trim(p.title || ' ' || p.family_name) || ', %';
UPDATE lesson SET was_teachers = COALESCE((SELECT string_agg(trim(p.title || ' ' || p.family_name), ', '
    ORDER BY p.family_name, p.id) FROM lesson_was_teacher w JOIN person p ON p.id = w.person_id
    WHERE w.lesson_id = lesson.id), '') WHERE was_teachers <> '';

-- Of the rolls of a day, the board lists those who were not simply there: one entry in fifteen.
CREATE INDEX roll_entry_exception ON roll_entry (school_id, half_day)
    WHERE status IN ('absent', 'no_connection', 'late', 'left_early');
