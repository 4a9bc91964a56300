-- Whether teachers may have the operator's speech engine write captions: the voices of those who speak go to it.
ALTER TABLE recording_setting ADD COLUMN captions BOOLEAN NOT NULL DEFAULT FALSE;

-- Who leaves, or is one with somebody else, is looked for among those who were reported.
CREATE INDEX report_reported ON report (reported_id);
