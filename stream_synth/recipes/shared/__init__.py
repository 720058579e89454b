"""What several methods are made of: how they ask, what becomes of a reply, how answers are judged, the pieces of a card."""
