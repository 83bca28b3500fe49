"""DUO's files and names by themselves, without a database."""

from itertools import permutations
from pathlib import Path

import pytest

from cmk_admin.duo.files import WrongFileError, lees
from cmk_admin.duo.kinds import herken
from cmk_admin.duo.names import kies, nette_naam
from cmk_admin.duo.records import gemeentecode, verzamel

DATA = Path(__file__).parent / "data"
LEERLINGEN = DATA / "duo_leerlingen.csv"


def test_the_order_of_the_files_does_not_matter() -> None:
    bestanden = sorted(DATA.glob("duo_*.csv"))
    assert len(bestanden) == 4
    eerste = verzamel(map(lees, bestanden))
    for volgorde in permutations(bestanden):
        assert verzamel(map(lees, volgorde)) == eerste


def test_delimiter_encoding_and_column_names_are_found_per_file(tmp_path: Path) -> None:
    bestand = tmp_path / "scholen.csv"
    tekst = (
        "brin,vestigings_code,vestigings naam,PLAATS,gemeente code,Gemeente,"
        "bevoegd-gezag_nummer,leerlingen_2023,leerlingen_2024\n"
        '99AA,99aa00,"Één, twee",Zutphen,GM0301,Zutphen,99101,7,8\n'
    )
    bestand.write_text(tekst, encoding="utf-8")
    assert herken(lees(bestand)).naam == "vestigingen"
    invoer = verzamel([lees(bestand)])
    assert invoer.geweigerd == []
    assert invoer.scholen["99AA00"].velden["naam"] == "Één, twee"
    assert invoer.scholen["99AA00"].velden["gemeente"] == "0301"
    assert invoer.leerlingen["99AA00"].aantal == 8


@pytest.mark.parametrize("geschreven", ["GM0285", "0285", "285", "gm285"])
def test_a_code_of_a_gemeente_has_four_digits(geschreven: str) -> None:
    assert gemeentecode(geschreven) == "0285"


def test_the_file_of_pupils_reads_like_any_other() -> None:
    tabel = lees(LEERLINGEN)
    assert tabel.kolommen[0] == "INSTELLINGSCODE", "without the mark in front of the file"
    assert tabel.rijen[2].cellen["naamvestiging"] == 'Basisschool "de Zwaluw"'


def test_line_numbers_count_lines_of_the_file_not_rows(tmp_path: Path) -> None:
    bestand = tmp_path / "gemeenten.csv"
    bestand.write_text('gemeentecode;gemeentenaam\n0301;"Zut\nphen"\n\n0x;Fout\n')
    invoer = verzamel([lees(bestand)])
    assert [str(weigering.plek) for weigering in invoer.geweigerd] == ["regel 5 van gemeenten.csv"]
    assert invoer.gemeentenamen["0301"] == ["Zut phen"]


def test_invisible_characters_are_left_out(tmp_path: Path) -> None:
    bestand = tmp_path / "gemeenten.csv"
    bestand.write_text("gemeentecode;gemeentenaam\n0301;\u200bZut\x07phen\xa0\n", encoding="utf-8")
    assert verzamel([lees(bestand)]).gemeentenamen["0301"] == ["Zutphen"]


def test_reading_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongFileError, match="niet te lezen"):
        lees(tmp_path)


@pytest.mark.parametrize(
    ("duo", "netjes"),
    [
        ("ZUTPHEN", "Zutphen"),
        ("Zutphen", "Zutphen"),
        ("'S-GRAVENHAGE", "'s-Gravenhage"),
        ("S HERTOGENBOSCH", "'s-Hertogenbosch"),
        ("'S GRAVENMOER", "'s Gravenmoer"),
        ("'T HARDE", "'t Harde"),
        ("TULL EN 'T WAAL", "Tull en 't Waal"),
        ("OUDE IJSSELSTREEK", "Oude IJsselstreek"),
        ("CAPELLE AAN DEN IJSSEL", "Capelle aan den IJssel"),
        ("NIEUWERKERK AD IJSSEL", "Nieuwerkerk aan den IJssel"),
        ("DE BILT", "De Bilt"),
        ("WEHE-DEN HOORN", "Wehe-den Hoorn"),
        ("HEI- EN BOEICOP", "Hei- en Boeicop"),
        ("ALPHEN-CHAAM", "Alphen-Chaam"),
        ("BERGEN NH", "Bergen (NH)"),
        ("BEEK GEM MONTFERLAND", "Beek (gem. Montferland)"),
        ("SPAARNDAM GEM. HAARLEM", "Spaarndam (gem. Haarlem)"),
        ("NUENEN CA", "Nuenen c.a."),
        ("SUDWEST-FRYSLAN", "Súdwest-Fryslân"),
        ("2E EXLOERMOND", "2e Exloermond"),
    ],
)
def test_place_names_read_as_people_write_them(duo: str, netjes: str) -> None:
    assert nette_naam(duo) == netjes
    assert nette_naam(netjes) == netjes


def test_only_a_name_that_reads_the_same_is_kept() -> None:
    assert kies("Súdwest Fryslân", "SUDWEST-FRYSLAN") == "Súdwest Fryslân"
    assert kies("Sneek", "SUDWEST-FRYSLAN") == "Súdwest-Fryslân"
    assert kies("Zútphen", "Zutphen") == "Zutphen"
