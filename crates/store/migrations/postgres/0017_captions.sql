-- The host whose speech engine teachers may have write captions, as the school was shown it: the voices of those who speak
-- go there, and to no other.
ALTER TABLE recording_setting ADD COLUMN captions_host TEXT;

-- Who leaves, or is one with somebody else, is looked for among those who were reported.
CREATE INDEX report_reported ON report (reported_id);
