"""Dutch form fields, and the form of an entity made from its attributes."""
