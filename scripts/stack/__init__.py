"""Private servers of one shop in one folder: what ``scripts/run`` shows and the tests break."""
