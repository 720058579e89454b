"""Moves seeds through their recipes and candidates through the gates, and brings every decision to the store."""
