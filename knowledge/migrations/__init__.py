"""The steps that bring the knowledge tables up to date, run by `knowledge.store` at start."""
