"""What runs between the caller and an untrusted program. It is started as a program of its own and imports little: it costs each run."""
