-- Where imported and captured entries come from (the header's `source` and `parts`): `head` is the
-- importer and the session, `tail` names something there, once for each that the entry stands for.
-- `id`: the entry's own; a purge's forget entry keeps the purged one's.
CREATE TABLE origin (
    tail TEXT NOT NULL,
    head TEXT NOT NULL,
    entry INTEGER NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (tail, head, entry)
) WITHOUT ROWID;
CREATE INDEX origin_head ON origin (head, tail);
CREATE INDEX origin_entry ON origin (entry);
CREATE TRIGGER entry_origins AFTER DELETE ON entry BEGIN
    DELETE FROM origin WHERE entry = old.number;
END;
-- A catalog that has such entries already is made anew.
DELETE FROM setting WHERE name = 'source' AND EXISTS (
    SELECT 1 FROM entry WHERE fields LIKE '%"source":%'
);
