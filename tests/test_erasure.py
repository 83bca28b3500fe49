"""Erasing a person: a pseudonym everywhere, history and mail included; figures stay."""

import json
import re

import pytest
from sqlalchemy import and_, inspect, or_, select

from cmk_admin import erasure, mail
from cmk_admin.actor import system
from cmk_admin.gate import GateSession, acting_as
from models.activiteit import Last
from models.base import RegelFout, entiteiten
from models.gebruiker import Gebruiker
from models.historie import Bewerking, Wijziging
from models.privacy import Inzage
from models.project import Project
from models.rapportages import cijfers_van
from models.techniek import Mail
from models.verantwoording import Verantwoording
from models.vraag import Vraag
from tests.factories import (
    maak_bewerking,
    maak_gebruiker,
    maak_inzage,
    maak_lidmaatschap,
    maak_vraag,
)
from tests.rights_table import ANONIEM, BEZOEKERS
from tests.support.portal import Portaal

BEFORE = ('Els "d\'Éön" Vermaas', "els.vermaas@voorbeeld.nl", "026-7654321")
NOW = ("Els Jansen-Vermaas", "els.jansen@voorbeeld.nl", "06-87654321")


def everything(session: GateSession) -> str:
    """Every text in every table."""
    found = []
    for entity in entiteiten():
        for row in session.scalars(select(entity)).unique():
            found += [
                json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)
                for attribute in inspect(entity).column_attrs
                if (value := getattr(row, attribute.key)) is not None
            ]
    return "\n".join(found)


@pytest.fixture
def els(portaal: Portaal) -> int:
    """The projectleider, who was called otherwise before, and got mail."""
    number = portaal.wereld.mensen["projectleider"]
    with portaal.als() as session:
        row = session.get_one(Gebruiker, number)
        for values in (BEFORE, NOW):
            row.naam, row.email, row.telefoon = values
            session.flush()
        mail.post(session, number, "Dag", f"Dag {row.naam},\n\nJe adres is {row.email}.")
        mail.post(session, number, "Adres", "Vaarwel", adres=BEFORE[1])
        project = session.get_one(Project, portaal.wereld.id(Project, "eigen"))
        project.omschrijving = f"Vragen? Bel {NOW[0]}."
        session.flush()
        project.omschrijving = "Vragen? Bel het cultuurpunt."
        jaar = session.get_one(Verantwoording, portaal.wereld.id(Verantwoording, "eigen"))
        session.add(Vraag(verantwoording_id=jaar.id, tekst=f"Klopt dit?\nGroet, {NOW[0]}"))
        maak_inzage(session, wat=f"{NOW[0]} (bekeken)", over_id=number)
        maak_inzage(session, wat=f"Mail aan {BEFORE[1]}")
        maak_bewerking(session, omschrijving=f"Verwijderd: de gebruiker “{NOW[0]}”")
        session.commit()
    return number


@pytest.mark.beide
def test_no_name_is_left_anywhere_history_and_mail_included(portaal: Portaal, els: int) -> None:
    with portaal.als() as session:
        before = everything(session)
    # As JSON has them, quotes and all.
    names = {json.dumps(text, ensure_ascii=False)[1:-1] for text in (*BEFORE, *NOW)}
    assert all(name in before for name in names)
    with portaal.app.app_context():
        erasure.erase(els, portaal.actor("beheerder"))

    with portaal.als() as session:
        after = everything(session)
        assert [name for name in (*names, *BEFORE) if name in after] == []
        row = session.get_one(Gebruiker, els)
        assert (row.naam, row.actief) == (f"Gewiste gebruiker {els}", False)
        assert (row.wachtwoord_hash, row.totp_geheim, row.telefoon) == (None, None, None)
        last = session.scalars(
            select(Wijziging).where(Wijziging.entiteit == "Gebruiker").order_by(Wijziging.id.desc())
        ).first()
        assert last is not None
        assert last.door_naam == (
            f"gegevens wissen, door gebruiker {portaal.wereld.mensen['beheerder']}"
        )


def test_on_record_and_in_batches_a_pseudonym_stands_instead(portaal: Portaal, els: int) -> None:
    with portaal.app.app_context():
        erasure.erase(els, portaal.actor("beheerder"))
    with portaal.als() as session:
        looks = set(session.scalars(select(Inzage.wat)))
        steps = set(session.scalars(select(Bewerking.omschrijving)))
    assert {f"Gewiste gebruiker {els} (bekeken)", f"Mail aan gewist-{els}@gewist.invalid"} <= looks
    assert f"Verwijderd: de gebruiker “Gewiste gebruiker {els}”" in steps


def test_the_files_of_their_mail_go(portaal: Portaal, els: int) -> None:
    """The embedded default writes mail as files, with the address and the link."""
    with portaal.app.app_context():
        mail.send_waiting()
        folder = mail.mail_folder(portaal.app.extensions["cmk_settings"])
        with portaal.als() as session:
            theirs = session.scalars(select(Mail.id).where(Mail.ontvanger_id == els)).all()
        files = [folder / f"{number:06d}.eml" for number in theirs]
        assert files
        assert all(file.exists() for file in files)
        erasure.erase(els, portaal.actor("beheerder"))
        assert not any(file.exists() for file in files)


def test_files_of_others_stay_and_none_goes_that_was_not_erased(portaal: Portaal) -> None:
    """A mail that only says "Meer informatie" is no mail about who is called Info."""
    with portaal.als() as session:
        info = maak_gebruiker(session, naam="Info", email="info@voorbeeld.nl").id
        mail.post(session, info, "Dag", "Dag Info")
        mail.post(session, portaal.wereld.mensen["adviseur"], "Dag", "Meer Info in de bijlage.")
        session.commit()
        theirs, others = session.scalars(select(Mail.id).order_by(Mail.id.desc()).limit(2))
    theirs, others = sorted((theirs, others))
    with portaal.app.app_context():
        mail.send_waiting()
        with acting_as(system("test")) as session:
            erasure.pseudonymise(session, session.get_one(Gebruiker, info))
            session.rollback()
        assert mail.file_of(theirs).exists()
        erasure.erase(info, portaal.actor("beheerder"))
        assert (mail.file_of(theirs).exists(), mail.file_of(others).exists()) == (False, True)


def test_what_somebody_asked_is_erased_from_its_history_as_well(portaal: Portaal) -> None:
    """Also a name at which the title of a long question was cut."""
    long = "x" * 70 + " Eva Jansen vraagt dit"
    with portaal.als() as session:
        eva = maak_gebruiker(session, naam="Eva Jansen", email="eva@voorbeeld.nl")
        eva.naam = "Eva"
        session.flush()
        for text in ("Klopt dit? Groet, Eva", long):
            maak_vraag(session, tekst=text, van_id=eva.id)
        number = eva.id
        session.commit()
    with portaal.app.app_context():
        erasure.erase(number, portaal.actor("beheerder"))
    with portaal.als() as session:
        told = session.execute(
            select(Wijziging.titel, Wijziging.waarden).where(Wijziging.entiteit == "Vraag")
        ).all()
    assert told
    assert not [row for row in told if "Eva" in str(row)]


def test_the_file_of_a_mail_that_is_no_more_goes(portaal: Portaal) -> None:
    with portaal.app.app_context():
        folder = mail.mail_folder(portaal.app.extensions["cmk_settings"])
        folder.mkdir(exist_ok=True)
        lost, other = folder / "999999.eml", folder / "leesmij.txt"
        copy = folder / "999999 (1).eml"
        for file in (lost, other, copy):
            file.touch()
        mail.sweep_files()
        assert (lost.exists(), other.exists(), copy.exists()) == (False, True, True)
        other.unlink()
        copy.unlink()


def test_the_history_of_a_namesake_stays(portaal: Portaal) -> None:
    with portaal.als() as session:
        number = maak_gebruiker(session, naam="Eva", email="eva@voorbeeld.nl").id
        other = maak_gebruiker(session, naam="Eva Jansen", email="eva.jansen@voorbeeld.nl").id
        session.commit()
    with portaal.app.app_context():
        erasure.erase(number, portaal.actor("beheerder"))
    with portaal.als() as session:
        told = select(Wijziging.titel).where(
            Wijziging.entiteit == "Gebruiker", Wijziging.rij_id == other
        )
        assert set(session.scalars(told)) == {"Eva Jansen"}


def test_a_name_of_one_word_stays_where_it_is_about_somebody_else(portaal: Portaal) -> None:
    """ "Info" is a name and a word: it goes where it names this person, and nowhere else."""
    with portaal.als() as session:
        row = maak_gebruiker(session, naam="Info", email="info@voorbeeld.nl")
        number = row.id
        mail.post(session, number, "Info", "Dag Info, hier is Informatie.")
        mail.post(session, portaal.wereld.mensen["adviseur"], "Info", "Info volgt.")
        maak_inzage(session, wat="Info", over_id=number)
        maak_inzage(session, wat="Info over scholen")
        maak_bewerking(session, omschrijving="Verwijderd: Info")
        session.commit()
    with portaal.app.app_context():
        erasure.erase(number, portaal.actor("beheerder"))
    gone = f"Gewiste gebruiker {number}"
    with portaal.als() as session:
        mails = {tuple(row) for row in session.execute(select(Mail.onderwerp, Mail.tekst))}
        looks = set(session.scalars(select(Inzage.wat)))
        steps = set(session.scalars(select(Bewerking.omschrijving)))
    assert (gone, f"Dag {gone}, hier is Informatie.") in mails
    assert ("Info", "Info volgt.") in mails
    assert {gone, "Info over scholen"} <= looks
    assert "Verwijderd: Info" in steps


def test_a_short_name_goes_from_what_is_about_that_person(portaal: Portaal) -> None:
    """ "Jo" stands in half of all rows as a piece of a word; in their own it is a name."""
    with portaal.als() as session:
        row = maak_gebruiker(session, naam="Jo", email="jo@voorbeeld.nl", telefoon="06")
        number = row.id
        lid = maak_lidmaatschap(session, row)
        session.flush()
        session.delete(lid)
        mail.post(session, number, "Hallo Jo", "Dag Jo,\n\nJouw jaar staat open.")
        mail.post(session, portaal.wereld.mensen["adviseur"], "Jo", "Jo belt.")
        maak_inzage(session, wat="Jo (bekeken)", over_id=number)
        maak_inzage(session, wat="Jo van Galen Stichting")
        jaar = session.get_one(Verantwoording, portaal.wereld.id(Verantwoording, "eigen"))
        maak_vraag(session, jaar, tekst="Klopt dit?\nJo", van_id=number)
        session.commit()
    with portaal.app.app_context():
        erasure.erase(number, portaal.actor("beheerder"))
    gone = f"Gewiste gebruiker {number}"
    with portaal.als() as session:
        told = select(Wijziging).where(
            or_(
                and_(Wijziging.entiteit == "Gebruiker", Wijziging.rij_id == number),
                and_(Wijziging.entiteit == "Lidmaatschap", Wijziging.titel.contains(gone)),
            )
        )
        history = list(session.scalars(told))
        mails = {tuple(row) for row in session.execute(select(Mail.onderwerp, Mail.tekst))}
        looks = set(session.scalars(select(Inzage.wat)))
        asked = session.scalars(select(Vraag.tekst).where(Vraag.van_id == number)).all()
    assert {change.entiteit for change in history} == {"Gebruiker", "Lidmaatschap"}
    for change in history:
        said = f"{change.titel} {json.dumps(change.waarden)}"
        assert not re.search(r"\b(Jo|06)\b", said), said
    assert (f"Hallo {gone}", f"Dag {gone},\n\nJouw jaar staat open.") in mails
    assert ("Jo", "Jo belt.") in mails
    assert {f"{gone} (bekeken)", "Jo van Galen Stichting"} <= looks
    assert asked == [f"Klopt dit?\n{gone}"]


def figures(portaal: Portaal) -> list[object]:
    with portaal.als() as session:
        years = session.scalars(select(Verantwoording).order_by(Verantwoording.id)).all()
        found = cijfers_van(session, years)
        money = session.scalars(select(Last.bedrag).order_by(Last.id)).all()
        return [*map(str, (found[year.id] for year in years)), *money]


def test_totals_stay_as_they_were(portaal: Portaal, els: int) -> None:
    before = figures(portaal)
    assert len(before) > 10
    with portaal.app.app_context():
        erasure.erase(els, portaal.actor("beheerder"))
    assert figures(portaal) == before


def test_their_session_ends(portaal: Portaal, els: int) -> None:
    visitor = portaal.bezoeker("projectleider")
    assert visitor.get("/").status_code == 200
    done = portaal.bezoeker("beheerder").post(f"/beheer/mensen/{els}/wissen")
    assert done.status_code == 303
    assert visitor.get("/").status_code == 302


def test_the_last_beheerder_is_not_erased(portaal: Portaal) -> None:
    only = portaal.wereld.mensen["beheerder"]
    with portaal.app.app_context(), pytest.raises(RegelFout, match="laatste beheerder"):
        erasure.erase(only, portaal.actor("beheerder"))
    refused = portaal.bezoeker("beheerder").post(f"/beheer/mensen/{only}/wissen")
    assert refused.status_code == 422
    assert "Dit is de laatste beheerder." in refused.text
    assert not portaal.changed()


def test_only_the_name_itself_is_taken_out() -> None:
    assert erasure._without("An en Anna", ["Anna"], 5) == "An en Gewiste gebruiker 5"
    assert erasure._without("An: 5", ["An", "5"], 5) == "Gewiste gebruiker 5: Gewiste gebruiker 5"


@pytest.mark.parametrize("visitor", sorted({*BEZOEKERS, ANONIEM} - {"beheerder"}))
def test_nobody_but_a_beheerder_erases(portaal: Portaal, els: int, visitor: str) -> None:
    portaal.changed()
    browser = portaal.bezoeker(visitor)
    expected = 302 if visitor == ANONIEM else 403
    for answer in (
        browser.get(f"/beheer/mensen/{els}/wissen"),
        browser.post(f"/beheer/mensen/{els}/wissen"),
    ):
        assert answer.status_code == expected
    assert not portaal.changed()


def test_it_is_asked_first(portaal: Portaal, els: int) -> None:
    page = portaal.bezoeker("beheerder").get(f"/beheer/mensen/{els}/wissen").text
    assert NOW[0] in page
    assert "kan niet ongedaan worden gemaakt" in page
    assert portaal.bezoeker("beheerder").get("/beheer/mensen/99999/wissen").status_code == 404
