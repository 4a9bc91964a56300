-- What a territory has decided about a list of départements in the calendar of the school year that begins in this year: those
-- of its own that are on it, by number, separated by spaces.
CREATE TABLE calendar_list (
    territory_id BLOB NOT NULL REFERENCES territory (id),
    year INTEGER NOT NULL,
    list TEXT NOT NULL,
    departements TEXT NOT NULL,
    version INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    changed_by BLOB REFERENCES person (id),
    PRIMARY KEY (territory_id, year, list)
);

-- Schools whose lessons have yet to follow such a decision. `was` is what the territory had decided before; NULL: nothing.
CREATE TABLE calendar_due (
    school_id BLOB NOT NULL REFERENCES school (id),
    territory_id BLOB NOT NULL REFERENCES territory (id),
    year INTEGER NOT NULL,
    list TEXT NOT NULL,
    was TEXT,
    since INTEGER NOT NULL,
    PRIMARY KEY (school_id, territory_id, year, list)
);

-- `no_school` was set after the lesson had begun, and nothing showed that it took place: whoever calls its roll says that it did.
ALTER TABLE lesson ADD COLUMN closed_late BOOLEAN NOT NULL DEFAULT false;
