-- What the copy of a person's data and the end of an account look for by person.

CREATE INDEX audit_actor ON audit (actor_id);
CREATE INDEX audit_target ON audit (target);
-- Of the acts that are about two people: the target is one of them, the detail the other.
CREATE INDEX audit_detail ON audit (detail) WHERE action IN ('person.merge', 'relation.add', 'relation.allow', 'relation.bar',
    'relation.end', 'relation.rights');
CREATE INDEX log_entry_author ON log_entry (author_id);
CREATE INDEX log_revision_author ON log_revision (author_id);
CREATE INDEX log_addition_author ON log_addition (author_id);
CREATE INDEX log_reading_teacher ON log_reading (teacher_id);
CREATE INDEX lesson_removal_person ON lesson_removal (person_id);
