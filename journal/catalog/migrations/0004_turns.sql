-- An entry's number in its session (the header's `turn`), and the path that its session goes on from
-- there, if it says so (`switched`). In `entry`, `copy` has one bit more: 16 is kept aside.
ALTER TABLE entry ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entry ADD COLUMN switched TEXT NOT NULL DEFAULT '';
CREATE INDEX entry_turn ON entry (session, namespace, turn, moment, id) WHERE session <> '';
CREATE INDEX entry_path
ON entry (session, namespace, coalesce(nullif(path, ''), 'main'), turn, moment, id)
WHERE session <> '' AND copy = 0;
CREATE INDEX entry_told ON entry (session, namespace, kind, turn, moment, id)
WHERE session <> '' AND kind NOT IN ('message', 'note');
CREATE INDEX entry_switched ON entry (session, namespace, turn, moment, id) WHERE switched <> '';
-- A catalog that has such entries already is made anew.
DELETE FROM setting WHERE name = 'source' AND EXISTS (
    SELECT 1 FROM entry WHERE fields LIKE '%"turn":%' OR fields LIKE '%"switched":%'
    OR fields LIKE '%"event": "context"%'
);
