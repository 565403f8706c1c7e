"""Packs and this workspace: what leaves it, what comes into it.

`exporting` makes a pack of what a selection takes: `survey` looks at all files first, `leaving`
says which slices go, `outgoing` rids them of secrets, `gathering` brings them together with their
chains (`whose`). `matching` holds a pack against the workspace, `outbox` exports where
the policy says so. `bringing` imports.
"""
