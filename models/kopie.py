"""Copying a row with its parts: everything goes along but what a class leaves out."""

from datetime import date
from typing import TypeVar

from sqlalchemy import inspect

from models.base import STEMPELS, Entiteit

T = TypeVar("T", bound=Entiteit)


def kopieer(bron: T) -> T:
    """A new, unsaved copy of `bron` with its `delen`; the gate fills stamps and owner.

    Columns named in `niet_kopieren` of the class stay behind.
    """
    klasse = type(bron)
    weg = STEMPELS | {"id", "contractpartij_id"} | klasse.niet_kopieren
    mapper = inspect(klasse)
    kopie = klasse(
        **{
            eigenschap.key: getattr(bron, eigenschap.key)
            for eigenschap in mapper.column_attrs
            if eigenschap.key not in weg
            and eigenschap.key in mapper.columns
            and eigenschap.key != klasse.ouder
        }
    )
    for relatie in klasse.delen:
        getattr(kopie, relatie).extend(kopieer(deel) for deel in getattr(bron, relatie))
    return kopie


def verschuif_jaar(dag: date, jaren: int) -> date:
    """The same day in another year; 29 February becomes the 28th where it does not exist."""
    try:
        return dag.replace(year=dag.year + jaren)
    except ValueError:
        return dag.replace(year=dag.year + jaren, day=28)
