"""Steps that bring the tables of conversations up to date."""
