-- What was read, and where every entry is. Times of files and `seen` are Unix nanoseconds.

CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- A day file as it was when it was last read; with `size` -1 there is none, and a spool holds what
-- belongs there. `seen`: when. `stop`, `lines`: where its last slice begins, in normalised bytes and
-- as a line. `before`, `whole`: digests of what stands before that, and of all of it.
CREATE TABLE file (
    number INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    date TEXT NOT NULL,
    regular INTEGER NOT NULL,
    inode INTEGER NOT NULL DEFAULT 0,
    size INTEGER NOT NULL DEFAULT -1,
    mtime INTEGER NOT NULL DEFAULT 0,
    ctime INTEGER NOT NULL DEFAULT 0,
    seen INTEGER NOT NULL DEFAULT 0,
    stop INTEGER NOT NULL DEFAULT 0,
    lines INTEGER NOT NULL DEFAULT 0,
    before BLOB NOT NULL DEFAULT x'',
    whole BLOB NOT NULL DEFAULT x''
);
CREATE INDEX file_date ON file (date);

-- An entry. `moment`: Unix microseconds. `base`: a handwritten one's id without a twin's ending.
-- `head`: the first line of its body. `sum`: the slice's CRC-32. `copy`: another row stands for it. `spool`: no file has it
-- yet, and it was read from that spool (`offset` counts there, `line` is 0).
-- Numbers are never used twice: what follows the catalog goes by them.
CREATE TABLE entry (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    at TEXT NOT NULL,
    moment INTEGER NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    head TEXT NOT NULL,
    role TEXT NOT NULL,
    actor TEXT NOT NULL,
    session TEXT NOT NULL,
    path TEXT NOT NULL,
    parent TEXT NOT NULL,
    namespace TEXT NOT NULL,
    writer TEXT NOT NULL,
    seq INTEGER NOT NULL,
    prev TEXT NOT NULL,
    digest TEXT NOT NULL,
    git TEXT NOT NULL,
    token TEXT NOT NULL,
    tags TEXT NOT NULL,
    meta TEXT NOT NULL,
    fields TEXT NOT NULL,
    base TEXT NOT NULL,
    copy INTEGER NOT NULL,
    file INTEGER NOT NULL REFERENCES file (number),
    line INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    size INTEGER NOT NULL,
    sum INTEGER NOT NULL,
    spool INTEGER
);
CREATE INDEX entry_order ON entry (moment, writer, seq, id) WHERE copy = 0;
CREATE INDEX entry_id ON entry (id);
CREATE INDEX entry_mixed ON entry (upper(id)) WHERE id <> upper(id) AND id <> lower(id);
CREATE INDEX entry_ending ON entry (upper(substr(id, -8)));
CREATE INDEX entry_file ON entry (file, offset);
CREATE INDEX entry_kind ON entry (kind, moment) WHERE copy = 0;
CREATE INDEX entry_session ON entry (session, moment) WHERE copy = 0 AND session <> '';
CREATE INDEX entry_parent ON entry (parent) WHERE parent <> '';
CREATE INDEX entry_spool ON entry (spool) WHERE spool IS NOT NULL;

-- Which rows went, in order, for what follows the catalog.
CREATE TABLE struck (
    step INTEGER PRIMARY KEY AUTOINCREMENT,
    entry INTEGER NOT NULL,
    id TEXT NOT NULL
);
CREATE TRIGGER entry_struck AFTER DELETE ON entry BEGIN
    INSERT INTO struck (entry, id) VALUES (old.number, old.id);
    DELETE FROM tag WHERE entry = old.number;
    DELETE FROM reference WHERE entry = old.number;
END;

-- Tags of the header, and tags written in the body (`inline`); asked for by what they are folded.
CREATE TABLE tag (
    folded TEXT NOT NULL,
    entry INTEGER NOT NULL,
    inline INTEGER NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (folded, entry, inline)
) WITHOUT ROWID;
CREATE INDEX tag_entry ON tag (entry);

-- What bodies refer to: `kind` is wikilink or entry, `target` folded.
CREATE TABLE reference (
    entry INTEGER NOT NULL,
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    line INTEGER NOT NULL
);
CREATE INDEX reference_target ON reference (target, kind);
CREATE INDEX reference_entry ON reference (entry);

-- What is not as it should be in a file (`journal.finding.Finding`); `file` is its path.
CREATE TABLE finding (
    file TEXT NOT NULL,
    code TEXT NOT NULL,
    line INTEGER NOT NULL,
    message TEXT NOT NULL,
    fix TEXT NOT NULL
);
CREATE INDEX finding_file ON finding (file);

-- A spool as it was when it was last read, up to the end of its last whole record (`stop`).
CREATE TABLE spool (
    number INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    inode INTEGER NOT NULL,
    size INTEGER NOT NULL,
    mtime INTEGER NOT NULL,
    ctime INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    stop INTEGER NOT NULL
);

-- An entry that a spool holds. `placed`: a file was seen to hold it; `gone`: it was put back once.
CREATE TABLE spooled (
    spool INTEGER NOT NULL REFERENCES spool (number),
    id TEXT NOT NULL,
    path TEXT NOT NULL,
    branch TEXT NOT NULL,
    offset INTEGER NOT NULL,
    size INTEGER NOT NULL,
    gone INTEGER NOT NULL,
    placed INTEGER NOT NULL
);
CREATE INDEX spooled_id ON spooled (id);
CREATE INDEX spooled_waiting ON spooled (spool, offset) WHERE placed = 0;
