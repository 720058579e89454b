"""The durable log: what was sent, what came back, and in which order it was decided on. SQLite, standard library, WAL."""

from stream_synth.journal.journal import Journal
from stream_synth.journal.reader import JournalReader
from stream_synth.journal.records import DURABILITY, Intent, Reply, Totals, storable

__all__ = ["DURABILITY", "Intent", "Journal", "JournalReader", "Reply", "Totals", "storable"]
