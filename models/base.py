"""What every entity is made of: the base class, column types, labels, choices and rules.

No Flask in here. An entity is a class with annotated columns; `ui(...)` on a
column says how people meet it, and screens, search, filters, export and history
follow from that.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Literal, Self, cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Enum,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

NAAMGEVING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


@dataclass(frozen=True, slots=True)
class Fout:
    """Eén overtreden regel: een Nederlandse zin, zo mogelijk bij een veld."""

    tekst: str
    veld: str | None = None


class RegelFout(Exception):
    """A domain rule refuses; `fouten` are sentences for people, each at its field."""

    def __init__(self, *fouten: Fout | str) -> None:
        self.fouten = tuple(f if isinstance(f, Fout) else Fout(f) for f in fouten)
        super().__init__(" ".join(f.tekst for f in self.fouten))


class Keuze(StrEnum):
    """A choice that is stored by its value and read by its label.

    `OPEN = "open", "Open"`; without a label the value itself is shown.
    """

    label: str

    def __new__(cls, waarde: str, label: str | None = None) -> Self:
        lid = str.__new__(cls, waarde)
        lid._value_ = waarde
        lid.label = label if label is not None else waarde
        return lid


def keuze_type(keuze: type[Keuze]) -> Enum:
    """Column type of a choice: its values as text, guarded by a named CHECK."""
    return Enum(
        keuze,
        native_enum=False,
        create_constraint=True,
        name=keuze.__name__.lower(),
        length=40,
        values_callable=lambda soort: [lid.value for lid in soort],
        validate_strings=True,
    )


class Centen(TypeDecorator[int]):
    """Money in whole cents; `€ 1.234,56` is made on screen only."""

    impl = BigInteger
    cache_ok = True


class Uren(TypeDecorator[Decimal]):
    """Hours with two decimals, exact: stored as whole hundredths of an hour."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else int(Decimal(value) * 100)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value) / 100


class Moment(TypeDecorator[datetime]):
    """A moment in UTC: aware in Python, without zone in the database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def nu() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Ui:
    """How people meet a column.

    label: the word on every screen. help: a sentence under the field.
    lijst/zoek/filter/details/formulier: where it appears. bij_meer: in the list of whoever sees
    rows of more than one contractpartij. inline: may be changed in the list.
    vast: may be set when the row is made, never changed after.
    geheim: never on a screen, in an export or in the history.
    stil: stands among the details only where it is filled.
    hoogste: the largest number that makes sense; sums over many rows then stay countable.
    soort: a form kind other than the column type gives (e.g. "tekstvlak", "bestand", "email").
    """

    label: str
    help: str = ""
    lijst: bool = False
    bij_meer: bool = False
    zoek: bool = False
    filter: bool = False
    sorteer: bool = True
    details: bool = True
    formulier: bool = True
    inline: bool = False
    vast: bool = False
    geheim: bool = False
    stil: bool = False
    hoogste: int | None = None
    soort: Literal["", "tekstvlak", "bestand", "email", "telefoon", "url", "jaar"] = ""


def ui(label: str, **opties: Any) -> dict[str, Ui]:
    """The `info` of a column: `mapped_column(String(80), info=ui("Naam", lijst=True))`."""
    return {"ui": Ui(label, **opties)}


#: A local part, an "@" and a domain, none of them with a space or a second "@".
EMAIL = re.compile(r"[^\s@<>()\[\],;:\\\"]+@[^\s@<>()\[\],;:\\\"]+\.[^\s@.]+")


def email_klopt(adres: str | None) -> bool:
    """Whether mail can be addressed to this."""
    return EMAIL.fullmatch(adres or "") is not None


VERBORGEN = {"details": False, "formulier": False}


@dataclass(frozen=True, slots=True)
class Woord:
    """The names of an entity: `Woord("activiteit", "activiteiten", "de")`."""

    enkelvoud: str
    meervoud: str
    lidwoord: Literal["de", "het"] = "de"

    @property
    def deze(self) -> str:
        return f"{'dit' if self.lidwoord == 'het' else 'deze'} {self.enkelvoud}"

    @property
    def nieuw(self) -> str:
        return f"{'Nieuw' if self.lidwoord == 'het' else 'Nieuwe'} {self.enkelvoud}"

    @property
    def titel(self) -> str:
        return self.enkelvoud[0].upper() + self.enkelvoud[1:]

    @property
    def titel_meervoud(self) -> str:
        return self.meervoud[0].upper() + self.meervoud[1:]


@dataclass(frozen=True, slots=True)
class Meervoud:
    """A choice of several rows through an association entity.

    relatie: the relationship to the association rows; kolom: their column that
    points at the chosen row. The association is an entity of its own, so the gate
    judges and records every link.
    """

    relatie: str
    kolom: str
    ui: Ui
    verplicht: bool = False


class Basis(DeclarativeBase):
    """The declarative base of all tables."""

    metadata = MetaData(naming_convention=NAAMGEVING)


class Afgeleid(Basis):
    """A table that triggers keep from the rows of entities: only read, and the gate stores none."""

    __abstract__ = True


def tabel(*delen: Any) -> tuple[Any, ...]:
    """`__table_args__` with AUTOINCREMENT: SQLite would else hand out an old id again,
    and the new row would inherit the old row's history."""
    return (*delen, {"sqlite_autoincrement": True})


def volgordes(*kolommen: tuple[str, ...]) -> tuple[Index, ...]:
    """Indexes for the orders that lists are shown in, for all rows and for those of one
    contractpartij: each ends in the id, which decides between equals."""
    return tuple(Index(None, *namen, "id") for namen in kolommen)


class Entiteit(Basis):
    """A row with an id, a version against stale edits, and who made and changed it when."""

    __abstract__ = True
    __table_args__: Any = tabel()

    woord: ClassVar[Woord]
    #: Column that points at the row this one is part of: the way up to its contractpartij.
    ouder: ClassVar[str | None] = None
    #: Only the gate itself writes this entity.
    alleen_poort: ClassVar[bool] = False
    #: Is about a verantwoording and no part of it: may be written while that is closed.
    buiten_slot: ClassVar[bool] = False
    #: May go without a trace once it has served; only for what the gate keeps for itself.
    vergankelijk: ClassVar[bool] = False
    #: About people: who looks at its screens goes on record.
    persoonlijk: ClassVar[bool] = False
    #: Who may come in and what they may do: saved only by who typed a code lately.
    verse_code: ClassVar[bool] = False
    #: Relationships whose rows are part of this row and go when it goes.
    delen: ClassVar[tuple[str, ...]] = ()
    meervouden: ClassVar[dict[str, Meervoud]] = {}
    #: Relationships that `str()` of a row reads, so that lists load them along.
    label_relaties: ClassVar[tuple[str, ...]] = ()
    #: Columns that a copy of this row starts without.
    niet_kopieren: ClassVar[frozenset[str]] = frozenset()
    #: Orders that end in text and have an index: the last column is kept folded (`vouwen.py`).
    tekstvolgordes: ClassVar[tuple[tuple[str, ...], ...]] = ()
    #: Default order of lists: column names, "-" in front for descending.
    volgorde: ClassVar[tuple[str, ...]] = ("id",)

    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-10)
    versie: Mapped[int] = mapped_column(
        Integer, nullable=False, sort_order=90, info=ui("Versie", **VERBORGEN)
    )
    aangemaakt_op: Mapped[datetime] = mapped_column(
        Moment, sort_order=91, info=ui("Aangemaakt op", formulier=False)
    )
    aangemaakt_door_id: Mapped[int | None] = mapped_column(
        ForeignKey("gebruiker.id"),
        sort_order=92,
        info=ui("Aangemaakt door", formulier=False, details=False),
    )
    gewijzigd_op: Mapped[datetime] = mapped_column(
        Moment, sort_order=93, info=ui("Gewijzigd op", formulier=False)
    )
    gewijzigd_door_id: Mapped[int | None] = mapped_column(
        ForeignKey("gebruiker.id"),
        sort_order=94,
        info=ui("Gewijzigd door", formulier=False, details=False),
    )

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.versie}

    def bijschrift(self) -> str:
        """What tells this row from others with the same name, where one is chosen."""
        return ""

    @classmethod
    def nabij(cls, partijen: Sequence[int]) -> ColumnElement[bool] | None:
        """Which rows come first for people of these contractpartijen; None: no row does."""
        return None

    def controleer(self) -> Iterator[Fout]:
        """The rules this row breaks now; the gate asks before every write."""
        return iter(())

    def controleer_wijziging(self, oud: Mapping[str, Any]) -> Iterator[Fout]:
        """The rules that a change from `oud` (the row as stored, by column) breaks.

        The gate asks with the locks of the aggregate held.
        """
        return iter(())

    def gevolgen(self, oud: Mapping[str, Any]) -> "Iterator[Entiteit]":
        """New rows that this change brings about, stored in the same transaction."""
        return iter(())


#: Columns the gate fills; never typed by people, never in a diff.
STEMPELS = frozenset(
    {"versie", "aangemaakt_op", "aangemaakt_door_id", "gewijzigd_op", "gewijzigd_door_id"}
)


class VanContractpartij:
    """Mixin of every row that belongs to one contractpartij; the gate fills and guards it."""

    contractpartij_id: Mapped[int] = mapped_column(
        ForeignKey("contractpartij.id"),
        index=True,
        sort_order=80,
        info=ui("Contractpartij", filter=True, formulier=False, details=False),
    )


class MetBestand:
    """Mixin of a row with one uploaded file; `bestand_sleutel` is its random name in storage."""

    bestand_naam: Mapped[str | None] = mapped_column(
        String(200), sort_order=70, info=ui("Bestand", soort="bestand")
    )
    bestand_sleutel: Mapped[str | None] = mapped_column(
        String(80), sort_order=71, info=ui("Sleutel", geheim=True, **VERBORGEN)
    )
    bestand_type: Mapped[str | None] = mapped_column(
        String(100), sort_order=72, info=ui("Bestandstype", **VERBORGEN)
    )
    bestand_grootte: Mapped[int | None] = mapped_column(
        Integer, sort_order=73, info=ui("Grootte (bytes)", **VERBORGEN)
    )
    bestand_sha256: Mapped[str | None] = mapped_column(
        String(64), sort_order=74, info=ui("SHA-256", **VERBORGEN)
    )


def kolom_ui(kolom: Any) -> Ui | None:
    """The `Ui` of a column or column property, or None where it has none."""
    gevonden = kolom.info.get("ui")
    return gevonden if isinstance(gevonden, Ui) else None


def tabel_van(entiteit: type[Entiteit]) -> Table:
    """The table of an entity; each has exactly one."""
    return cast(Table, entiteit.__table__)


def entiteiten() -> Iterable[type[Entiteit]]:
    """Every mapped entity class, in order of definition."""
    klassen = (mapper.class_ for mapper in Basis.registry.mappers)
    return sorted((k for k in klassen if issubclass(k, Entiteit)), key=lambda k: k.__name__)
