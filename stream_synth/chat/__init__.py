"""Talks to models: limits, retries, money, and a journal row for everything that was paid for."""

from stream_synth.chat.budget import Budget
from stream_synth.chat.client import Chat
from stream_synth.chat.endpoint import Endpoint, Serve, read_key
from stream_synth.chat.offline import Offline, worst_case
from stream_synth.chat.price import Price
from stream_synth.chat.serve import serving

__all__ = ["Budget", "Chat", "Endpoint", "Offline", "Price", "Serve", "read_key", "serving", "worst_case"]
