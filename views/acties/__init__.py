"""The actions on activities and verantwoordingen: Dupliceren, sluiten, heropenen, vaststellen."""

from views.acties.dupliceren import Dupliceren
from views.acties.status import Heropenen, Sluiten, Vaststellen
from views.acties.verplaatsen import Verplaatsen

__all__ = ["Dupliceren", "Heropenen", "Sluiten", "Vaststellen", "Verplaatsen"]
