"""What agents and people said to each other, as Markdown that a person reads with ease. Cheap."""
