-- Beside the schema, in files of any age: what is noted of sharing with a team, and in a file that follows
-- another machine what is not here yet.
CREATE TABLE IF NOT EXISTS sharing (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;

-- Objects that are to be had where this file follows, and the days they are about.
CREATE TABLE IF NOT EXISTS absent (
    name TEXT PRIMARY KEY,
    site INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    block INTEGER NOT NULL -- whose columns it has; else 0
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS absent_by_day ON absent (site, block, first);
