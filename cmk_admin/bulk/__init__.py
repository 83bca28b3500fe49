"""Wijzigen in bulk: the same change to many rows, seen before it is done.

`changes.py` says what can be done to a column, `form.py` asks it, `run.py` does it (or only
tries it), `picture.py` shows what it did, `pages.py` leads a person from one to the next.
"""
