-- Régions, académies, départements and communes: each lies in the one named by parent_id.
CREATE TABLE territory (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    parent_id BLOB REFERENCES territory (id),
    created_at INTEGER NOT NULL,
    UNIQUE (kind, code)
);
CREATE INDEX territory_parent ON territory (parent_id);

CREATE TABLE territory_admin (
    person_id BLOB NOT NULL REFERENCES person (id),
    territory_id BLOB NOT NULL REFERENCES territory (id),
    given_by BLOB,
    given_at INTEGER NOT NULL,
    PRIMARY KEY (person_id, territory_id)
);
CREATE INDEX territory_admin_territory ON territory_admin (territory_id);

-- The smallest territory that is known of a school; placed_by_hand keeps a feed from moving it.
ALTER TABLE school ADD COLUMN postal_code TEXT NOT NULL DEFAULT '';
ALTER TABLE school ADD COLUMN territory_id BLOB REFERENCES territory (id);
ALTER TABLE school ADD COLUMN placed_by_hand BOOLEAN NOT NULL DEFAULT false;
CREATE INDEX school_territory ON school (territory_id);

-- left_at: no school names the person any more. forgotten_at: what was personal is gone, the row stays for what points to it.
ALTER TABLE person ADD COLUMN left_at INTEGER;
ALTER TABLE person ADD COLUMN forgotten_at INTEGER;
ALTER TABLE person ADD COLUMN merged_into BLOB REFERENCES person (id);
CREATE INDEX person_left ON person (left_at) WHERE left_at IS NOT NULL;

-- Other keys under which feeds name a person: of two accounts that were merged, the key of the one that went.
CREATE TABLE person_alias (
    source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    person_id BLOB NOT NULL REFERENCES person (id),
    PRIMARY KEY (source, external_id)
);
CREATE INDEX person_alias_person ON person_alias (person_id);

-- What a relative may know and do for this child; set_by_hand keeps a feed from changing it. A barred relation stays, so that
-- a feed does not make it anew.
ALTER TABLE relation ADD COLUMN sees_day BOOLEAN NOT NULL DEFAULT true;
ALTER TABLE relation ADD COLUMN sees_attendance BOOLEAN NOT NULL DEFAULT true;
ALTER TABLE relation ADD COLUMN may_declare BOOLEAN NOT NULL DEFAULT true;
ALTER TABLE relation ADD COLUMN may_sign BOOLEAN NOT NULL DEFAULT true;
ALTER TABLE relation ADD COLUMN set_by_hand BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE relation ADD COLUMN barred_at INTEGER;
UPDATE relation SET sees_day = false, sees_attendance = false, may_declare = false, may_sign = false WHERE kind = 'contact';
UPDATE relation SET may_sign = false WHERE kind = 'in_charge';

-- Such as 2026-2027; empty for groups made before years were noted. An archived group bears its year in its name.
ALTER TABLE school_group ADD COLUMN school_year TEXT NOT NULL DEFAULT '';

-- Sign-in cards of the youngest. A person has one good card at most.
CREATE TABLE card (
    id BLOB PRIMARY KEY,
    person_id BLOB NOT NULL REFERENCES person (id),
    secret_hash BLOB NOT NULL UNIQUE,
    picture_hash BLOB NOT NULL,
    made_by BLOB NOT NULL REFERENCES person (id),
    made_at INTEGER NOT NULL,
    used_at INTEGER,
    failures INTEGER NOT NULL DEFAULT 0,
    revoked_at INTEGER
);
CREATE UNIQUE INDEX card_person ON card (person_id) WHERE revoked_at IS NULL;
CREATE INDEX card_of_person ON card (person_id);

ALTER TABLE session ADD COLUMN card_id BLOB REFERENCES card (id);
CREATE INDEX session_card ON session (card_id) WHERE card_id IS NOT NULL;

-- Whoever forgot a password names an address, in any letter case.
CREATE INDEX person_email_folded ON person (lower(email));
-- A school's acts, latest first.
CREATE INDEX audit_school_id ON audit (school_id, id);
