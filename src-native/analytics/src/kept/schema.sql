-- Sites, and what trackers call them. Lists are lines.
CREATE TABLE sites (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    aliases TEXT NOT NULL,
    hosts TEXT NOT NULL,
    zone TEXT NOT NULL,
    honours_opt_out INTEGER NOT NULL,
    query_keys TEXT NOT NULL,
    places INTEGER NOT NULL,
    internal TEXT NOT NULL,
    keep_months INTEGER NOT NULL,
    identified INTEGER NOT NULL,
    currency TEXT NOT NULL
);

-- One row: a number that grows with every change, for what was answered to be thrown away.
CREATE TABLE changes (version INTEGER NOT NULL);
INSERT INTO changes VALUES (0);

-- Words of all sites, with numbers of their own in each list; a number is never given twice.
CREATE TABLE words (
    lexicon INTEGER NOT NULL,
    id INTEGER NOT NULL,
    word TEXT NOT NULL,
    PRIMARY KEY (lexicon, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX words_by_word ON words (lexicon, word);
CREATE TABLE lexicons (
    lexicon INTEGER PRIMARY KEY,
    given INTEGER NOT NULL
);

-- Lasting visitors of sites that have them.
CREATE TABLE people (
    site INTEGER NOT NULL,
    visitor INTEGER NOT NULL,
    id INTEGER NOT NULL,
    PRIMARY KEY (site, visitor)
) WITHOUT ROWID;

-- With it a lasting id is found again, and without it nobody can try which one it was. Told to nobody.
CREATE TABLE keys (
    site INTEGER PRIMARY KEY,
    key BLOB NOT NULL
);

-- Events of days that are not in a block yet: a batch as it was told.
CREATE TABLE hot (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    site INTEGER NOT NULL,
    day INTEGER NOT NULL,
    events INTEGER NOT NULL,
    last INTEGER NOT NULL,
    data BLOB NOT NULL
);
CREATE INDEX hot_by_day ON hot (site, day);

-- Days in columns. A block that is written again is another block.
CREATE TABLE blocks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    site INTEGER NOT NULL,
    day INTEGER NOT NULL,
    visits INTEGER NOT NULL,
    events INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL
);
CREATE UNIQUE INDEX blocks_by_day ON blocks (site, day);
-- id = block * 128 + column
CREATE TABLE columns (
    id INTEGER PRIMARY KEY,
    data BLOB NOT NULL
);

-- What a day in a block comes to, by our own definition and without what is no person. Stays when its
-- events go.
CREATE TABLE days (
    site INTEGER NOT NULL,
    day INTEGER NOT NULL,
    visitors INTEGER NOT NULL,
    visits INTEGER NOT NULL,
    views INTEGER NOT NULL,
    events INTEGER NOT NULL,
    bounces INTEGER NOT NULL,
    bounced_of INTEGER NOT NULL,
    duration INTEGER NOT NULL,
    still INTEGER NOT NULL,
    engaged INTEGER NOT NULL,
    people BLOB, -- numbers of its visitors, on sites where those last; a column
    PRIMARY KEY (site, day)
);

-- What was not counted at all, and why; no more is known of it.
CREATE TABLE uncounted (
    site INTEGER NOT NULL,
    day INTEGER NOT NULL,
    reason TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (site, day, reason)
) WITHOUT ROWID;

-- Batches that were told with a key, and the days of them that have landed.
CREATE TABLE batches (
    site INTEGER NOT NULL,
    key TEXT NOT NULL,
    day INTEGER NOT NULL, -- or the smallest number: all of it
    events INTEGER NOT NULL,
    PRIMARY KEY (site, key, day)
) WITHOUT ROWID;
