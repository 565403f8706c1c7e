-- What folds ask of decisions, facts and tasks, in one place: these entries lie far apart, and each
-- would be looked up in a page of its own.
CREATE INDEX entry_stated
ON entry (kind, namespace, moment, id, at, title, head, parent, role, actor, session, fields)
WHERE copy = 0 AND kind IN ('decision', 'fact', 'task');
