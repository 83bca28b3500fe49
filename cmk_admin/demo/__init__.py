"""Invented cultuurpunten, schools and activities, to look around in and to test with."""
