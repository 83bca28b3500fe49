"""The dossier of a closed verantwoording: as workbook, as JSON, and on paper to sign.

Everything in it comes from the picture that closing stored (spec rule 4), so it is the same
byte for byte whenever it is made: also after a school was merged or a person was erased.
"""

import hashlib
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Response, abort, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import load_only

from cmk_admin import database, excel, exports, formats, on_record
from cmk_admin.page import Cell, Crumb, Detail, PageHeader
from models.verantwoording import Momentopname, Verantwoording, Werkwijze
from views.verantwoordingen import schermen

JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Version:
    """One closing of a verantwoording, with where its dossier is."""

    label: str
    closed: str
    sha256: str
    view_url: str
    xlsx_url: str
    json_url: str


def versions(verantwoording: Verantwoording) -> tuple[Version, ...]:
    """Every time it was closed, newest first; also while it is open again."""
    light = load_only(Momentopname.nummer, Momentopname.op, Momentopname.sha256)
    rows = database.session().scalars(
        select(Momentopname)
        .where(Momentopname.verantwoording_id == verantwoording.id)
        .order_by(Momentopname.nummer.desc())
        .options(light)
    )
    return tuple(
        Version(
            f"Versie {row.nummer}",
            formats.moment(row.op),
            row.sha256,
            url_for("verantwoordingen.dossier", id=row.id),
            url_for("verantwoordingen.dossier_excel", id=row.id),
            url_for("verantwoordingen.dossier_json", id=row.id),
        )
        for row in rows
    )


def find(id_: int) -> Momentopname:
    """The picture with this number, or a 404 page."""
    found = database.session().get(Momentopname, id_) if id_ < 2**31 else None
    return found or abort(404)


def as_json(row: Momentopname) -> bytes:
    """What was fixed, in the one way of writing it: its SHA-256 is that of the picture."""
    text = json.dumps(row.inhoud, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def as_xlsx(row: Momentopname) -> bytes:
    """The same as a workbook, stamped with the moment of closing."""
    file = io.BytesIO()
    excel.write(_sheets(row), file, created=row.op)
    return file.getvalue()


def download_json(id_: int) -> Response:
    row = find(id_)
    on_record.took(f"{_title(row)} (json)")
    return exports.download(as_json(row), f"{_name(row)}.json", JSON)


def download_xlsx(id_: int) -> Response:
    row = find(id_)
    on_record.took(f"{_title(row)} (xlsx)")
    return exports.download(as_xlsx(row), f"{_name(row)}.xlsx", excel.XLSX)


def _title(row: Momentopname) -> str:
    """For the record: which dossier of which project."""
    year, project = row.inhoud["kalenderjaar"], row.inhoud["project"]
    return f"Dossier {year}, versie {row.nummer}, {project}"


def _name(row: Momentopname) -> str:
    """Of plain letters: a header holds no others."""
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in row.inhoud["project"])
    words = "-".join(filter(None, plain.split("-")))
    return f"dossier-{words}-{row.inhoud['kalenderjaar']}-versie-{row.nummer}"


def show(id_: int) -> str:
    """To read, to print and to sign."""
    row = find(id_)
    verantwoording = schermen.find(row.verantwoording_id)
    title = f"Dossier {row.inhoud['kalenderjaar']}, versie {row.nummer}"
    return render_template(
        "verantwoordingen/dossier.html",
        header=PageHeader(
            title,
            schermen.crumbs(verantwoording, Crumb(title)),
            f"{row.inhoud['project']} · {row.inhoud['contractpartij']}",
        ),
        facts=[Detail(label, Cell(_shown(kind, value))) for label, kind, value in _facts(row)],
        sheets=[(title, columns, list(_shown_rows(columns, rows)), _totals(columns, rows))
                for title, columns, rows in _tables(row.inhoud)],
        xlsx_url=url_for("verantwoordingen.dossier_excel", id=row.id),
        json_url=url_for("verantwoordingen.dossier_json", id=row.id),
        json_sha256=hashlib.sha256(as_json(row)).hexdigest(),
        xlsx_sha256=hashlib.sha256(as_xlsx(row)).hexdigest(),
        party=row.inhoud["contractpartij"],
    )  # fmt: skip


# --- what is in it ----------------------------------------------------------------


Fact = tuple[str, excel.Kind, Any]
Table = tuple[str, tuple[excel.Column, ...], list[list[Any]]]


def _facts(row: Momentopname) -> list[Fact]:
    """What stands on the front."""
    content = row.inhoud
    totals, method = content["totalen"], content["werkwijze"]
    hours = sum((Decimal(a["uren"]) for a in content["activiteiten"]), Decimal(0))
    return [
        ("Contractpartij", "text", content["contractpartij"]),
        ("Project", "text", content["project"]),
        ("Sector", "text", content["sector"]),
        ("Kalenderjaar", "text", str(content["kalenderjaar"])),
        ("Werkwijze", "text", Werkwijze(method).label if method else "Niet gekozen"),
        ("Versie", "text", str(row.nummer)),
        ("Gesloten op", "moment", row.op),
        ("Aantal activiteiten", "integer", totals["activiteiten"]),
        ("Totaal aantal uren", "hours", hours),
        ("Bereikte scholen", "integer", totals["scholen"]),
        ("Deelnames van leerkrachten", "integer", totals["deelnames"]),
        ("Baten", "money", totals["baten"]),
        ("Lasten", "money", totals["lasten"]),
        ("Saldo", "money", totals["baten"] - totals["lasten"]),
        ("SHA-256 van de vastgelegde gegevens", "text", row.sha256),
    ]


def _sheets(row: Momentopname) -> Iterator[excel.Sheet]:
    front = [[label, _shown(kind, value)] for label, kind, value in _facts(row)]
    labels = (excel.Column("Dossier", width=38), excel.Column("", width=70))
    yield excel.Sheet("Voorblad", labels, front, plain=True)
    for title, columns, rows in _tables(row.inhoud):
        yield excel.Sheet(title, columns, rows)


def _tables(content: dict[str, Any]) -> Iterator[Table]:
    activities = content["activiteiten"]
    yield "Activiteiten", ACTIVITY, [_activity(a) for a in activities]
    yield "Scholen", SCHOOL, [_school(a, s) for a in activities for s in a["scholen"]]
    yield "Lasten", COST, [_cost(a, x) for a in activities for x in a["lasten"]]
    yield "Baten", INCOME, [[b["bron"], b["omschrijving"], b["bedrag"]] for b in content["baten"]]
    budget = content.get("begroting", ())
    yield "Begroting", BUDGET, [[p["naam"], p["doel"], p["bedrag"]] for p in budget]


ACTIVITY = (
    excel.Column("Activiteit", width=40),
    excel.Column("CMK-doel"),
    excel.Column("Periode van", "date"),
    excel.Column("Periode tot en met", "date"),
    excel.Column("Aantal activiteiten", "integer", total=True),
    excel.Column("Uren", "hours", total=True),
    excel.Column("Doelgroepen"),
    excel.Column("Samenwerkingspartners"),
    excel.Column("Scholen", "integer"),
    excel.Column("Leerkrachten", "integer", total=True),
    excel.Column("Lasten", "money", total=True),
)
SCHOOL = (
    excel.Column("Activiteit", width=40),
    excel.Column("School", width=40),
    excel.Column("Vestigingscode"),
    excel.Column("Schoolbestuur"),
    excel.Column("Gemeente"),
    excel.Column("Leerkrachten", "integer", total=True),
)
COST = (
    excel.Column("Activiteit", width=40),
    excel.Column("Toelichting", width=40),
    excel.Column("Kostensoort"),
    excel.Column("Betaald op", "date"),
    excel.Column("Boekstuknummer"),
    excel.Column("Leverancier"),
    excel.Column("Bedrag", "money", total=True),
)
INCOME = (
    excel.Column("Bron"),
    excel.Column("Omschrijving", width=40),
    excel.Column("Bedrag", "money", total=True),
)
BUDGET = (
    excel.Column("Post", width=40),
    excel.Column("CMK-doel"),
    excel.Column("Bedrag", "money", total=True),
)


def _activity(a: dict[str, Any]) -> list[Any]:
    return [
        a["naam"],
        a["doel"],
        _day(a["van"]),
        _day(a["tot"]),
        a["aantal"],
        Decimal(a["uren"]),
        ", ".join(a["doelgroepen"]),
        ", ".join(a["partners"]),
        len(a["scholen"]),
        sum(s["leerkrachten"] or 0 for s in a["scholen"]),
        sum(x["bedrag"] or 0 for x in a["lasten"]),
    ]


def _school(a: dict[str, Any], s: dict[str, Any]) -> list[Any]:
    return [a["naam"], s["naam"], s["vestigingscode"], s["bestuur"], s["gemeente"],
            s["leerkrachten"]]  # fmt: skip


def _cost(a: dict[str, Any], x: dict[str, Any]) -> list[Any]:
    return [a["naam"], x["toelichting"], x["kostensoort"], _day(x["betaald_op"]),
            x["boekstuknummer"], x["leverancier"], x["bedrag"]]  # fmt: skip


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


# --- on screen and on paper -------------------------------------------------------


SHOWN: dict[str, Callable[[Any], str]] = {
    "money": formats.euro,
    "hours": formats.hours,
    "integer": formats.number,
    "date": formats.day,
    "moment": formats.moment,
}


def _shown(kind: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    show_value = SHOWN.get(kind)
    return str(value) if show_value is None else show_value(value)


def _shown_rows(
    columns: Sequence[excel.Column], rows: Sequence[Sequence[Any]]
) -> Iterator[list[str]]:
    for row in rows:
        yield [_shown(column.kind, value) for column, value in zip(columns, row, strict=True)]


def _totals(columns: Sequence[excel.Column], rows: Sequence[Sequence[Any]]) -> list[str]:
    """What stands under each column that is added up."""
    found = []
    for number, column in enumerate(columns):
        filled = (row[number] or 0 for row in rows)
        found.append(_shown(column.kind, sum(filled)) if column.total else "")
    return found
