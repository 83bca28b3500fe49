"""Every figure that anyone sees, counted in one place for screen, download, dossier and mail.

`cijfers`: of one verantwoording. `selectie`: which verantwoordingen a report is about.
`telling`: what is counted of each of them, by the counts that the database keeps of its rows
(`nageteld` checks them) or from the picture that closing stored. `rapport`: those added up
(Handleiding 2.5). `regels`: the very rows behind them.
"""

from models.rapportages.cijfers import Cijfers, beelden, bij_de_lijst, cijfers_van, procent

__all__ = ["Cijfers", "beelden", "bij_de_lijst", "cijfers_van", "procent"]
