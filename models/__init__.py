"""MySQL: rows, their pure rules, and the collections that own the SQL."""
