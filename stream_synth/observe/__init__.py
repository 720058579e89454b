"""Looking at a run directory from outside: status, doctor, verification, and SQL while a run writes."""
