"""Hooks: what the tools that people use call, so that what is said there reaches the journal."""
