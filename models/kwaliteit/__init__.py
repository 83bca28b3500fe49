"""Datakwaliteit: rules that each find rows which are likely wrong.

`regel.py` is the rule itself, `vinden.py` the rows it finds, `gelijkenis.py` when two names
are alike.
"""

from models.kwaliteit.regel import Controle, Kwaliteitsregel

__all__ = ["Controle", "Kwaliteitsregel"]
