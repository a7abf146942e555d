"""Anki: packages of decks (.apkg) and notes as text."""
