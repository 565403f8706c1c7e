"""What may be kept, by namespace: `limits` its values, `reading` from YAML, `admission` the answer.

Nothing is imported here: an append asks `admission`, and pays for no more.
"""
