-- What leaving, the export of one's own data and merging two accounts look for by person.

CREATE INDEX chat_message_person ON chat_message (person_id);
CREATE INDEX mail_person ON mail (person_id);
CREATE INDEX log_note_person ON log_note (person_id);
CREATE INDEX password_reset_person ON password_reset (person_id);
CREATE INDEX absence_declared_by ON absence (declared_by);
CREATE INDEX attachment_of ON attachment (of_id);

-- Platform administrators are few, and are counted before one of them goes.
CREATE INDEX person_platform_admin ON person (id) WHERE platform_admin;
