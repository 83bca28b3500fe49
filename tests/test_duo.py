"""Taking in DUO's files. The files in `data` are small and invented, in DUO's own shape:
bytes, line ends, delimiters, column names and all that goes wrong in them."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from cmk_admin.gate import GateSession, acting_as, system
from models.base import Fout, RegelFout
from models.historie import Bewerking, Wijziging
from models.lijsten import Sector
from models.school import Gemeente, School, Schoolbestuur
from tests.factories import maak_gemeente, maak_school, maak_schoolbestuur

DATA = Path(__file__).parent / "data"
VESTIGINGEN = DATA / "duo_vestigingen.csv"
LEERLINGEN = DATA / "duo_leerlingen.csv"
BESTUREN = DATA / "duo_besturen.csv"
GEMEENTEN = DATA / "duo_gemeenten.csv"
ALLES = (VESTIGINGEN, LEERLINGEN, BESTUREN, GEMEENTEN)


def run(app: Flask, *bestanden: Path, opties: tuple[str, ...] = ()) -> Result:
    """`flask import-duo` as somebody types it."""
    args = ["import-duo", *opties, *map(str, bestanden)]
    return app.test_cli_runner().invoke(args=args)


def neem(app: Flask, *bestanden: Path) -> str:
    """Take files in that should go well; what was said about it."""
    result = run(app, *bestanden)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def sessie(app: Flask) -> Iterator[GateSession]:
    """What is there before an import, and what is there after it."""
    with app.app_context(), acting_as(system("test")) as session:
        yield session


def scholen(session: GateSession) -> dict[str, tuple[Any, ...]]:
    """Every school as people would read it, by vestigingscode."""
    session.rollback()
    return {
        str(school.vestigingscode): (
            school.naam,
            school.adres,
            school.plaats,
            school.gemeente.naam,
            school.schoolbestuur.naam if school.schoolbestuur else None,
            school.soort.value,
            school.aantal_leerlingen,
            school.actief,
        )
        for school in session.scalars(select(School))
    }


def aantal(session: GateSession, entiteit: Any) -> int:
    session.rollback()
    return session.scalar(select(func.count(entiteit.id))) or 0


def verander(tmp_path: Path, bron: Path, oud: str, nieuw: str) -> Path:
    """A copy of a DUO file with one text in it replaced, in the same encoding."""
    encoding = "cp1252" if bron is VESTIGINGEN else "utf-8"
    inhoud = bron.read_bytes()
    assert oud.encode(encoding) in inhoud
    kopie = tmp_path / bron.name
    kopie.write_bytes(inhoud.replace(oud.encode(encoding), nieuw.encode(encoding)))
    return kopie


# --- what is in the files ------------------------------------------------------


KOMPASJE = "Dalton Kindcentrum \N{RIGHT SINGLE QUOTATION MARK}t Kompasje"
PROEFSCHOLEN = "Stichting Overbetuwse Proefscholen"
MEIERIJ = "Stichting Onderwijs, Meierij en Peel"
VERWACHT: dict[str, tuple[Any, ...]] = {
    "99AA00": (
        *(KOMPASJE, "Dorpsstraat 3-A, 6660 AB", "Elst (Gld)", "Overbetuwe"),
        *(PROEFSCHOLEN, "bo", 120, True),
    ),
    # The same school in another building, with fewer than five pupils.
    "99AA01": (
        *(KOMPASJE, "Slotlaan 7, 7040 CD", "'s-Heerenberg", "Montferland"),
        *(PROEFSCHOLEN, "bo", None, True),
    ),
    # Quotes escaped once in the one file and twice in the other; 0285 and 285; no board name.
    "99AB00": (
        *('Basisschool "de Zwaluw"', "IJsselkade 12, 7390 EF", "Twello", "Voorst"),
        *("Bevoegd gezag 99102", "sbo", 57, True),
    ),
    # Its gemeente has a name on another line only; no pupils any more.
    "99AC00": (
        "De \N{LEFT SINGLE QUOTATION MARK}Leerkuil\N{RIGHT SINGLE QUOTATION MARK}",
        *("Kerkpad 1, 5460 GH", "Veghel", "Meierijstad"),
        *(MEIERIJ, "bo", 0, False),
    ),
    "99AD00": (
        *("SO het Veld", "Kerkpad 3, 5460 GH", "Sint-Oedenrode", "Meierijstad"),
        *(MEIERIJ, "so", 33, True),
    ),
    # Twice in the file, the same both times; a board number with zeros in front.
    "99AE00": (
        *("OBS Aan de Vaart", "Rijnkade 88-BIS, 2400 IJ", "Alphen aan den Rijn"),
        *("Alphen aan den Rijn", "Stichting Voorloopnul", "bo", 199, True),
    ),
    "99AF00": (
        *("OBS De IJsbreker", "Haagweg 5, 2500 KL", "'s-Gravenhage", "'s-Gravenhage"),
        *("Stichting Voorloopnul", "vso", 81, True),
    ),
    # Not in the file of pupils, and of a board that no file names.
    "99AG00": (
        *("De Súdwesthoek", "Terp 2, 8500 MN", "Oudega (De Fryske Marren)"),
        *("De Fryske Marren", "Bevoegd gezag 99104", "onbekend", None, True),
    ),
}


@pytest.mark.beide
def test_every_quirk_of_duo_is_survived(app: Flask, sessie: GateSession) -> None:
    output = neem(app, *ALLES)
    assert scholen(sessie) == VERWACHT
    assert "Gemeenten: 8 nieuw, 0 gewijzigd, 0 ongewijzigd, 0 geweigerd." in output
    assert "Schoolbesturen: 6 nieuw, 0 gewijzigd, 0 ongewijzigd, 0 geweigerd." in output
    assert "Scholen: 8 nieuw, 0 gewijzigd, 0 ongewijzigd, 0 geweigerd." in output
    assert "geen school in het portaal: 1 vestigingen" in output
    sectoren = sessie.scalars(select(Sector.naam).join(School, School.sector_id == Sector.id))
    assert set(sectoren) == {"po/go"}
    besturen = {b.bevoegd_gezagnummer: b.naam for b in sessie.scalars(select(Schoolbestuur))}
    assert besturen["00042"] == "Stichting Voorloopnul"
    gemeenten = {g.code: (g.naam, g.provincie) for g in sessie.scalars(select(Gemeente))}
    assert gemeenten["0285"] == ("Voorst", "Gelderland")
    assert gemeenten["1734"] == ("Overbetuwe", "Gelderland")


@pytest.mark.beide
def test_a_second_run_changes_nothing_and_leaves_no_trace(app: Flask, sessie: GateSession) -> None:
    neem(app, *ALLES)
    sporen = aantal(sessie, Wijziging), aantal(sessie, Bewerking)
    output = neem(app, *ALLES)
    assert "Gemeenten: 0 nieuw, 0 gewijzigd, 8 ongewijzigd" in output
    assert "Schoolbesturen: 0 nieuw, 0 gewijzigd, 6 ongewijzigd" in output
    assert "Scholen: 0 nieuw, 0 gewijzigd, 8 ongewijzigd" in output
    assert (aantal(sessie, Wijziging), aantal(sessie, Bewerking)) == sporen


def test_files_may_come_one_by_one(app: Flask, sessie: GateSession) -> None:
    for bestand in (BESTUREN, GEMEENTEN, VESTIGINGEN, LEERLINGEN):
        neem(app, bestand)
    assert scholen(sessie) == VERWACHT


def test_history_tells_what_came_from_duo(app: Flask, sessie: GateSession) -> None:
    neem(app, *ALLES)
    stap = sessie.scalars(select(Bewerking)).one()
    assert stap.omschrijving.startswith("DUO: duo_vestigingen.csv, duo_leerlingen.csv")
    regels = sessie.scalars(select(Wijziging)).all()
    assert {(regel.door_naam, regel.bewerking_id) for regel in regels} == {("import-duo", stap.id)}


# --- what changes and what stays ---------------------------------------------------


def test_only_what_differs_is_changed(app: Flask, sessie: GateSession, tmp_path: Path) -> None:
    neem(app, *ALLES)
    eerder = aantal(sessie, Wijziging)
    nieuwer = verander(tmp_path, VESTIGINGEN, "SO het Veld;Kerkpad;3", "SO de Akker;Kerkpad;5")
    output = neem(app, nieuwer)
    assert "Scholen: 0 nieuw, 1 gewijzigd, 7 ongewijzigd" in output
    assert "99AD00, regel 6 van duo_vestigingen.csv: schoolnaam, adres" in output
    assert scholen(sessie)["99AD00"][:2] == ("SO de Akker", "Kerkpad 5, 5460 GH")
    assert aantal(sessie, Wijziging) == eerder + 1


def test_a_move_to_another_board_and_gemeente_is_followed(
    app: Flask, sessie: GateSession, tmp_path: Path
) -> None:
    neem(app, *ALLES)
    oud, nieuw = "Friesland;99104;99AG", "Friesland;99103;99AG"
    verhuisd = verander(tmp_path, VESTIGINGEN, oud, nieuw)
    inhoud = verhuisd.read_bytes().replace(b";1940;DE FRYSKE MARREN", b";0301;ZUTPHEN")
    verhuisd.write_bytes(inhoud)
    neem(app, verhuisd)
    assert scholen(sessie)["99AG00"][3:5] == ("Zutphen", MEIERIJ)


def test_a_known_board_never_loses_its_name(app: Flask, sessie: GateSession) -> None:
    maak_schoolbestuur(sessie, naam="Stichting De Zwaluwen", bevoegd_gezagnummer="99102")
    sessie.commit()
    neem(app, *ALLES)
    assert scholen(sessie)["99AB00"][4] == "Stichting De Zwaluwen"


def test_a_board_gets_its_name_as_soon_as_duo_gives_one(app: Flask, sessie: GateSession) -> None:
    neem(app, VESTIGINGEN)
    assert scholen(sessie)["99AA00"][4] == "Bevoegd gezag 99101"
    neem(app, BESTUREN)
    assert scholen(sessie)["99AA00"][4] == PROEFSCHOLEN


def test_capitals_do_not_undo_a_better_spelling(app: Flask, sessie: GateSession) -> None:
    neem(app, VESTIGINGEN)
    school = sessie.scalars(select(School).where(School.vestigingscode == "99AF00")).one()
    school.plaats, school.gemeente.naam = "’s Gravenhage", "’s-gravenhage"
    sessie.commit()
    assert "1 gewijzigd" not in neem(app, VESTIGINGEN)
    assert scholen(sessie)["99AF00"][2:4] == ("’s Gravenhage", "’s-gravenhage")


def test_a_file_of_gemeenten_does_correct_the_spelling(app: Flask, sessie: GateSession) -> None:
    maak_gemeente(sessie, code="0285", naam="voorst")
    sessie.commit()
    neem(app, GEMEENTEN)
    assert "Voorst" in {gemeente.naam for gemeente in sessie.scalars(select(Gemeente))}


def test_a_school_that_duo_no_longer_lists_is_reported_and_not_touched(
    app: Flask, sessie: GateSession, tmp_path: Path
) -> None:
    neem(app, *ALLES)
    elders = maak_school(sessie, vestigingscode="98ZZ00", brin_nummer="98ZZ", soort="bo")
    sessie.commit()
    voor = scholen(sessie)
    regels = VESTIGINGEN.read_bytes().splitlines(keepends=True)
    nieuwer = tmp_path / "nieuwer.csv"
    nieuwer.write_bytes(b"".join(regel for regel in regels if b"99AE00" not in regel))
    output = neem(app, nieuwer)
    # The gemeente of 99AE00 is not in the file any more either: nothing is known of it.
    assert "Niet meer bij DUO" not in output
    nieuwer.write_bytes(b"".join(regel for regel in regels if b"99AD00" not in regel))
    output = neem(app, nieuwer)
    assert "Niet meer bij DUO" not in output, "99AD00 was the only one of its kind"
    zonder = b"".join(regel for regel in regels if b"99AA00" not in regel)
    nieuwer.write_bytes(zonder.replace(b"1955;MONTFERLAND", b"1734;OVERBETUWE"))
    output = neem(app, nieuwer)
    assert f"  99AA00 {KOMPASJE}" in output
    assert str(elders.vestigingscode) not in output
    assert scholen(sessie)["99AA00"] == voor["99AA00"]


def test_a_school_without_pupils_is_closed_once(app: Flask, sessie: GateSession) -> None:
    neem(app, *ALLES)
    school = sessie.scalars(select(School).where(School.vestigingscode == "99AC00")).one()
    assert not school.actief
    school.actief = True
    sessie.commit()
    neem(app, *ALLES)
    assert scholen(sessie)["99AC00"][-1] is True, "who opened it again knows better"


def test_the_newest_year_counts(app: Flask, sessie: GateSession, tmp_path: Path) -> None:
    ouder = verander(tmp_path, LEERLINGEN, ";LEERLINGEN_2025", ";LEERLINGEN_1990")
    neem(app, VESTIGINGEN, LEERLINGEN, ouder)
    assert scholen(sessie)["99AA00"][6] == 120
    neem(app, VESTIGINGEN, ouder, LEERLINGEN)
    assert scholen(sessie)["99AA00"][6] == 120
    neem(app, ouder)
    assert scholen(sessie)["99AA00"][6] == 118


# --- what is refused -----------------------------------------------------------------


SLECHT = (
    ("99AG;99AG00", "99AG;99AGXX", "regel 9 van duo_vestigingen.csv: “99AGXX” is geen vest"),
    ("99AG;99AG00", "98AG;99AG00", "99AG00 hoort niet bij BRIN-nummer 98AG"),
    ("Friesland;99104", "Friesland;x", "“x” is geen bevoegd-gezagnummer"),
    (";1940;", ";19A0;", "“19A0” is geen gemeentecode"),
    (";1940;DE FRYSKE MARREN", ";1940; ", "gemeente 1940 heeft in geen van de bestanden een naam"),
    ("99AG00;De Súdwesthoek", "99AG00; ", "vestiging 99AG00 heeft geen naam"),
    ("De Súdwesthoek;Terp", "De Súdwesthoek;;Terp", "32 cellen, maar er zijn 31 kolommen"),
    ("De Súdwesthoek", "S" * 161, "naam is langer dan 160 tekens"),
    ("99AG;99AG00", "99AA;99AA00", "vestiging 99AA00 staat met andere gegevens ook op regel 2"),
)


@pytest.mark.parametrize(("oud", "nieuw", "reden"), SLECHT)
def test_a_bad_line_is_refused_with_its_number_and_nothing_changes(
    app: Flask, sessie: GateSession, tmp_path: Path, oud: str, nieuw: str, reden: str
) -> None:
    result = run(app, verander(tmp_path, VESTIGINGEN, oud, nieuw), LEERLINGEN)
    assert result.exit_code == 1
    assert reden in result.output
    assert "regel 9 van duo_vestigingen.csv" in result.output
    assert "Er is niets veranderd" in result.output
    assert aantal(sessie, School) == aantal(sessie, Gemeente) == aantal(sessie, Wijziging) == 0


def test_the_other_lines_come_in_when_that_is_asked(
    app: Flask, sessie: GateSession, tmp_path: Path
) -> None:
    bestand = verander(tmp_path, VESTIGINGEN, "99AG;99AG00", "99AG;99AGXX")
    result = run(app, bestand, LEERLINGEN, BESTUREN, GEMEENTEN, opties=("--sla-over",))
    assert result.exit_code == 0
    assert "Scholen: 7 nieuw, 0 gewijzigd, 0 ongewijzigd, 1 geweigerd." in result.output
    assert scholen(sessie) == {code: rij for code, rij in VERWACHT.items() if code != "99AG00"}
    assert "De Fryske Marren" not in {g.naam for g in sessie.scalars(select(Gemeente))}


@pytest.mark.parametrize(
    ("oud", "nieuw", "reden"),
    [
        (";SBO;", ";ZOO;", "onbekende soort onderwijs “zoo”"),
        (";57", ";veel", "“veel” is geen aantal leerlingen"),
    ],
)
def test_a_bad_line_of_pupils_is_refused(
    app: Flask, tmp_path: Path, oud: str, nieuw: str, reden: str
) -> None:
    result = run(app, VESTIGINGEN, verander(tmp_path, LEERLINGEN, oud, nieuw))
    assert result.exit_code == 1
    assert f"regel 4 van duo_leerlingen.csv: {reden}." in result.output


@pytest.mark.parametrize(
    ("inhoud", "zin"),
    [
        (b"", "geen inhoud"),
        (b"VESTIGINGSCODE;VESTIGINGSNAAM\r\n", "alleen kolomnamen"),
        (b"PK\x03\x04\x00\x00rest", "geen tekstbestand"),
        (b"naam;plaats\r\n\x81\x8d;x\r\n", "tekst in UTF-8 of Windows-1252"),
        (b"naam,aantal\nJansen,73533\n", "heeft de kolommen naam, aantal"),
        # Boards are in it, but it is about institutions.
        (
            b"JAAR,INSTELLINGSCODE,BEVOEGD GEZAG NUMMER,BEVOEGD GEZAG NAAM\n2025,99XA,41151,Roc\n",
            "heeft de kolommen JAAR, INSTELLINGSCODE, BEVOEGD GEZAG NUMMER",
        ),
        (b'a;b\r\n"' + b"x" * 200_000, "geen goed CSV-bestand"),
    ],
)
def test_a_wrong_file_is_refused_in_a_sentence(
    app: Flask, sessie: GateSession, tmp_path: Path, inhoud: bytes, zin: str
) -> None:
    verkeerd = tmp_path / "verkeerd.csv"
    verkeerd.write_bytes(inhoud)
    result = run(app, VESTIGINGEN, verkeerd)
    assert result.exit_code == 2
    assert "verkeerd.csv" in result.output
    assert zin in result.output
    assert "Traceback" not in result.output
    assert aantal(sessie, School) == 0


def test_a_file_that_is_not_there_is_said_to_be_so(app: Flask, tmp_path: Path) -> None:
    result = run(app, tmp_path / "weg.csv")
    assert result.exit_code == 2
    assert "weg.csv is niet te lezen" in result.output


@pytest.mark.beide
def test_a_rule_that_refuses_halfway_leaves_nothing(
    app: Flask, sessie: GateSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    def streng(school: School) -> Iterator[Fout]:
        if school.vestigingscode == "99AF00":
            yield Fout("Deze school mag niet.", "naam")

    monkeypatch.setattr(School, "controleer", streng)
    result = run(app, *ALLES)
    assert result.exit_code == 1
    assert "Deze school mag niet." in result.output
    assert aantal(sessie, School) == aantal(sessie, Gemeente) == aantal(sessie, Bewerking) == 0
    with pytest.raises(RegelFout):
        maak_school(sessie, brin_nummer="99AF")


# --- DUO's own files, where they are at hand ------------------------------------------------


if "CMK_DUO_DATA" in os.environ:

    @pytest.mark.beide
    def test_the_real_files_come_in_within_seconds(app: Flask, sessie: GateSession) -> None:
        echt = Path(os.environ["CMK_DUO_DATA"])
        bestanden = [
            echt / "duo_po_vestigingen_cp1252.csv",
            echt / "duo_leerlingen_historisch_1996-2025_utf8bom.csv",
            *sorted(echt.glob("gelderland_*.csv")),
        ]
        begin = time.monotonic()
        output = neem(app, *bestanden)
        eerste = time.monotonic() - begin
        assert "Scholen: 6122 nieuw, 0 gewijzigd, 0 ongewijzigd, 0 geweigerd." in output
        begin = time.monotonic()
        output = neem(app, *bestanden)
        assert "Scholen: 0 nieuw, 0 gewijzigd, 6122 ongewijzigd, 0 geweigerd." in output
        assert eerste < 15
        assert time.monotonic() - begin < 5
        assert aantal(sessie, School) == 6122
