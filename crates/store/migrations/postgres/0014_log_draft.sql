-- Work that is planned with an entry is kept as the form had it: how it is handed in, and whether it is a test.

ALTER TABLE log_entry ADD COLUMN work_ways TEXT NOT NULL DEFAULT '';
ALTER TABLE log_entry ADD COLUMN work_is_test BOOLEAN NOT NULL DEFAULT false;
