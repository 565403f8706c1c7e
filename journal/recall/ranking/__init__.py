"""How hits are ordered: one small module a step, all constants in `weights`, `recipe` runs them."""
