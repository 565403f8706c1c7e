-- What intact forget entries say (`journal.hidden`): `said` is such an entry's own id, `target` the
-- id of the one that it is about. In `entry`, `copy` now has three bits more: 2 is forgotten, 4 is
-- purged and its text is back, 8 is purged and its stub stands there.
CREATE TABLE forgetting (
    entry INTEGER PRIMARY KEY REFERENCES entry (number),
    said TEXT NOT NULL,
    target TEXT NOT NULL,
    what TEXT NOT NULL,
    new TEXT NOT NULL
);
CREATE INDEX forgetting_target ON forgetting (target);
-- What spools know of purges, also where git took the entry that says so to another tree.
CREATE TABLE spooled_purge (
    spool INTEGER NOT NULL REFERENCES spool (number),
    said TEXT NOT NULL,
    target TEXT NOT NULL,
    new TEXT NOT NULL
);
CREATE INDEX entry_forgotten ON entry (copy) WHERE copy > 1;
CREATE TRIGGER entry_unsaid AFTER DELETE ON entry WHEN old.kind IN ('forget', 'note') BEGIN
    DELETE FROM forgetting WHERE entry = old.number;
END;
-- A catalog that has such entries already is made anew.
DELETE FROM setting WHERE name = 'source' AND EXISTS (SELECT 1 FROM entry WHERE kind = 'forget');
