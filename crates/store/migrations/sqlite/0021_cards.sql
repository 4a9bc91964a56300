-- Sign-in cards are for primary pupils; a school may give them to all its pupils.
ALTER TABLE school ADD COLUMN cards_beyond_primary BOOLEAN NOT NULL DEFAULT false;
