"""Anki: deck packages (.apkg) and notes as text."""
