"""Beheer → Mensen: inviting one or many, withdrawing, resetting, and handing over."""

import re
from datetime import datetime, timedelta
from urllib.parse import unquote

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from cmk_admin.auth import clock
from cmk_admin.entity_forms import new_key
from models.base import RegelFout
from models.contractpartij import Contractpartij
from models.gebruiker import CultuurOostRol, Gebruiker, Lidmaatschap, LidRol
from models.techniek import Mail
from models.toegang import LinkSoort, Toegangslink
from tests.factories import maak_gebruiker, maak_toegangslink
from tests.pages import Page
from tests.support.portal import Portaal
from views.mensen.uitnodigen import read_people


def invite(portaal: Portaal, mensen: str, **fields: str) -> TestResponse:
    body = {"mensen": mensen, "sleutel": new_key(), **fields}
    return portaal.bezoeker("beheerder").post("/beheer/mensen/uitnodigen", body)


def act(portaal: Portaal, action: str, *ids: int, **fields: str) -> TestResponse:
    """Confirm an action on people."""
    body: dict[str, object] = {
        "action": action,
        "rowid": [str(id_) for id_ in ids],
        "bevestigd": "1",
        "sleutel": new_key(),
        **fields,
    }
    return portaal.bezoeker("beheerder").post("/beheer/gebruikers/action/", body)


def person(portaal: Portaal, email: str) -> Gebruiker:
    with portaal.als() as session:
        row = session.scalars(select(Gebruiker).where(Gebruiker.email == email)).one()
        session.expunge(row)
        return row


def mailed(portaal: Portaal, gebruiker_id: int) -> list[str]:
    with portaal.als() as session:
        wanted = select(Mail.onderwerp).where(Mail.ontvanger_id == gebruiker_id).order_by(Mail.id)
        return list(session.scalars(wanted))


@pytest.mark.beide
def test_a_pasted_list_is_added_and_invited(portaal: Portaal) -> None:
    partij = portaal.wereld.id(Contractpartij, "eigen")
    pasted = (
        "Ank van der Velde <Ank@Voorbeeld.nl>\r\n\r\n"
        "Bob\tbob@voorbeeld.nl\r\n"
        "carla.de.wit@voorbeeld.nl\r\n"
        "Bob; bob@voorbeeld.nl"
    )
    done = invite(portaal, pasted, contractpartij_id=str(partij), rol="routebegeleider")
    assert done.status_code == 302, done.text

    names = {"ank": "Ank van der Velde", "bob": "Bob", "carla.de.wit": "Carla De Wit"}
    for local, naam in names.items():
        row = person(portaal, f"{local}@voorbeeld.nl")
        assert (row.naam, row.actief, row.totp_geheim) == (naam, True, None)
        assert mailed(portaal, row.id) == ["Activeer je account voor het CMK Portaal"]
        with portaal.als() as session:
            lid = session.scalars(select(Lidmaatschap).filter_by(gebruiker_id=row.id)).one()
            assert (lid.contractpartij_id, lid.rol) == (partij, LidRol.ROUTEBEGELEIDER)
    page = portaal.bezoeker("beheerder").get(done.location).text
    assert page.count("Uitgenodigd") > 3
    assert "ank@voorbeeld.nl" in page


def test_a_list_with_a_wrong_line_invites_nobody(portaal: Portaal) -> None:
    answer = invite(portaal, "Ank ank@voorbeeld.nl\nBob", cultuur_oost_rol="adviseur")
    assert answer.status_code == 422
    assert "Regel 2 heeft geen e-mailadres: “Bob”." in answer.text
    assert "ank@voorbeeld.nl" in answer.text, "what was typed is gone"
    assert not portaal.changed()


@pytest.mark.parametrize(
    "fields",
    [{}, {"rol": "projectleider"}, {"contractpartij_id": "1"}],
    ids=["no role", "no party", "no role there"],
)
def test_who_is_invited_gets_a_role(portaal: Portaal, fields: dict[str, str]) -> None:
    assert invite(portaal, "ank@voorbeeld.nl", **fields).status_code == 422
    assert not portaal.changed()


def test_who_has_an_account_gets_the_role_and_no_mail(portaal: Portaal) -> None:
    known = person(portaal, "projectleider@test.example")
    partij = portaal.wereld.id(Contractpartij, "tweede")
    invite(portaal, known.email, contractpartij_id=str(partij), rol="projectleider")
    assert mailed(portaal, known.id) == []
    with portaal.als() as session:
        lid = session.scalars(
            select(Lidmaatschap).filter_by(gebruiker_id=known.id, contractpartij_id=partij)
        ).one()
        assert lid.rol is LidRol.PROJECTLEIDER


@pytest.mark.parametrize("visitor", ["adviseur", "datamanager", "beheerder"])
def test_inviting_replaces_no_role_of_cultuur_oost(portaal: Portaal, visitor: str) -> None:
    known = person(portaal, f"{visitor}@test.example")
    other = next(rol for rol in CultuurOostRol if rol is not known.cultuur_oost_rol)
    portaal.changed()
    pasted = f"Ank frank.{known.email}\nBob {known.email.upper()}"
    answer = invite(portaal, pasted, cultuur_oost_rol=other.value)
    assert answer.status_code == 422
    assert f"Regel 2: {known.email} is al {visitor} bij Cultuur Oost." in answer.text
    assert "Er is niemand uitgenodigd." in answer.text
    assert f"frank.{known.email}" in answer.text, "what was typed is gone"
    assert not portaal.changed()


def test_inviting_replaces_no_membership(portaal: Portaal) -> None:
    known = person(portaal, "projectleider@test.example")
    partij = portaal.wereld.id(Contractpartij, "eigen")
    portaal.changed()
    answer = invite(portaal, known.email, contractpartij_id=str(partij), rol="routebegeleider")
    assert answer.status_code == 422
    assert f"Regel 1: {known.email} is daar al projectleider." in answer.text
    assert not portaal.changed()


def test_inviting_who_is_not_active_says_so(portaal: Portaal) -> None:
    with portaal.als() as session:
        email = maak_gebruiker(session, naam="Weg", actief=False).email
        session.commit()
    portaal.changed()
    answer = invite(portaal, email, cultuur_oost_rol="adviseur")
    assert answer.status_code == 422
    assert f"Regel 1: {email} heeft een account dat niet actief is." in answer.text
    assert not portaal.changed()


def test_the_same_role_again_is_fine(portaal: Portaal) -> None:
    known = person(portaal, "adviseur@test.example")
    done = invite(portaal, known.email, cultuur_oost_rol="adviseur")
    assert done.status_code == 302
    assert person(portaal, known.email).cultuur_oost_rol is CultuurOostRol.ADVISEUR


def test_the_same_form_twice_mails_once(portaal: Portaal) -> None:
    key = new_key()
    body = {"mensen": "ank@voorbeeld.nl", "cultuur_oost_rol": "adviseur", "sleutel": key}
    visitor = portaal.bezoeker("beheerder")
    for _ in range(2):
        assert visitor.post("/beheer/mensen/uitnodigen", body).status_code == 302
    row = person(portaal, "ank@voorbeeld.nl")
    assert row.cultuur_oost_rol is CultuurOostRol.ADVISEUR
    assert len(mailed(portaal, row.id)) == 1


def test_read_people_takes_what_people_paste() -> None:
    assert read_people('"Wit, Carla de" <c@x.nl>;') == [("Wit Carla de", "c@x.nl")]
    assert read_people("a.b@x.nl") == [("A B", "a.b@x.nl")]
    with pytest.raises(RegelFout, match="hoogstens 200"):
        read_people("\n".join(f"p{number}@x.nl" for number in range(201)))


def test_the_states_are_told_apart(portaal: Portaal) -> None:
    with portaal.app.app_context():
        moment = clock.now()
    from datetime import timedelta

    with portaal.als() as session:
        for naam, days in (("Vandaag", 1), ("Voorbij", -1)):
            row = maak_gebruiker(session, naam=naam)
            maak_toegangslink(
                session, row, soort=LinkSoort.ACTIVATIE, verloopt_op=moment + timedelta(days=days)
            )
        maak_gebruiker(session, naam="Weg", actief=False)
        session.commit()
    page = portaal.bezoeker("beheerder").get("/beheer/mensen/").text
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    for naam, state in [
        ("Vandaag", "Uitgenodigd"),
        ("Voorbij", "Verlopen"),
        ("Weg", "Niet actief"),
        ("Mens beheerder", "Actief"),
    ]:
        assert any(f">{naam}<" in row and state in row for row in rows), naam
    only = portaal.bezoeker("beheerder").get("/beheer/mensen/?stand=Verlopen").text
    assert "Voorbij" in only
    assert "Vandaag" not in only


@pytest.mark.beide
def test_an_invitation_can_be_withdrawn(portaal: Portaal) -> None:
    invite(portaal, "ank@voorbeeld.nl", cultuur_oost_rol="adviseur")
    row = person(portaal, "ank@voorbeeld.nl")
    assert act(portaal, "intrekken", row.id).status_code == 302
    with portaal.als() as session:
        assert session.scalars(select(Toegangslink)).all() == []


def test_who_is_inside_is_not_invited_again(portaal: Portaal) -> None:
    known = portaal.wereld.mensen["projectleider"]
    answer = act(portaal, "uitnodigen", known)
    assert answer.status_code == 422
    assert "heeft het account al geactiveerd" in answer.text
    assert not portaal.changed()


@pytest.mark.beide
def test_reset_by_a_beheerder_means_proving_yourself_again_by_mail(portaal: Portaal) -> None:
    victim = portaal.bezoeker("projectleider")
    assert victim.get("/").status_code == 200
    number = portaal.wereld.mensen["projectleider"]

    assert act(portaal, "tweede_stap", number).status_code == 302

    assert victim.get("/").status_code == 302, "the session ended at once"
    assert person(portaal, "projectleider@test.example").totp_geheim is None
    assert mailed(portaal, number) == ["Stel je tweestapsauthenticatie opnieuw in"]


@pytest.mark.beide
def test_a_leaver_hands_over_and_is_out(portaal: Portaal) -> None:
    leaver = portaal.wereld.mensen["dubbel"]
    successor = portaal.wereld.mensen["routebegeleider"]
    visitor = portaal.bezoeker("dubbel")
    assert visitor.get("/").status_code == 200

    done = act(portaal, "overdragen", leaver, opvolger_id=str(successor))

    assert done.status_code == 302, done.text
    with portaal.als() as session:
        roles = {
            lid.contractpartij_id: lid.rol
            for lid in session.scalars(select(Lidmaatschap).filter_by(gebruiker_id=successor))
        }
        assert roles == {
            portaal.wereld.id(Contractpartij, "eigen"): LidRol.PROJECTLEIDER,
            portaal.wereld.id(Contractpartij, "tweede"): LidRol.ROUTEBEGELEIDER,
        }
        assert not session.get_one(Gebruiker, leaver).actief
    assert visitor.get("/").status_code == 302


def test_the_last_beheerder_cannot_hand_over(portaal: Portaal) -> None:
    with portaal.als() as session:
        # Invited, and never came: nobody can log in as this one.
        maak_gebruiker(session, cultuur_oost_rol=CultuurOostRol.BEHEERDER)
        session.commit()
    only = portaal.wereld.mensen["beheerder"]
    successor = portaal.wereld.mensen["adviseur"]
    answer = act(portaal, "overdragen", only, opvolger_id=str(successor))
    assert answer.status_code == 422
    assert "Dit is de laatste beheerder." in answer.text
    with portaal.als() as session:
        row = session.get_one(Gebruiker, only)
        assert (row.actief, row.cultuur_oost_rol) == (True, CultuurOostRol.BEHEERDER)


def test_a_projectleider_sees_the_members_of_their_contractpartij(portaal: Portaal) -> None:
    project = portaal.wereld.id("Project", "eigen")
    with portaal.als() as session:
        lid = portaal.wereld.id("Gebruiker", "eigen", "lid")
        email = session.get_one(Gebruiker, lid).email
    shown = {
        visitor: email in portaal.bezoeker(visitor).get(f"/projecten/{project}/details").text
        for visitor in ("projectleider", "routebegeleider", "adviseur", "beheerder")
    }
    assert shown == {
        "projectleider": True,
        "routebegeleider": False,
        "adviseur": False,
        "beheerder": True,
    }


def test_a_fresh_code_is_asked_before_somebody_elses_account_changes(portaal: Portaal) -> None:
    boss = portaal.bezoeker("beheerder")
    number = portaal.wereld.mensen["adviseur"]
    edit = f"/beheer/gebruikers/edit/?id={number}"
    typed = Page(boss.get(edit).text).form() | {"email": "kaper@elders.example"}
    before, moment = portaal.app.extensions[clock.KEY], clock_of(portaal) + timedelta(minutes=16)
    clock.install(portaal.app, lambda: moment)
    try:
        asked = boss.get(edit)
        sent = boss.post(edit, typed | {"csrf_token": boss.token})
        action = boss.post(f"/beheer/gebruikers/action/?rowid={number}&action=tweede_stap")
    finally:
        clock.install(portaal.app, before)
    assert unquote(asked.location) == f"/bevestigen?next={edit}"
    assert sent.location.startswith("/bevestigen?next=/verder/"), "what was typed is lost"
    assert action.location.startswith("/bevestigen?next=/verder/")
    with portaal.als() as session:
        assert session.get_one(Gebruiker, number).email != "kaper@elders.example"


def clock_of(portaal: Portaal) -> datetime:
    with portaal.app.app_context():
        return clock.now()


@pytest.mark.parametrize("action", ["uitnodigen", "intrekken", "tweede_stap", "overdragen"])
def test_actions_on_people_are_for_a_beheerder_alone(portaal: Portaal, action: str) -> None:
    for visitor in ("projectleider", "routebegeleider", "adviseur", "datamanager"):
        body = {
            "action": action,
            "rowid": str(portaal.wereld.mensen[visitor]),
            "bevestigd": "1",
            "sleutel": new_key(),
        }
        answer = portaal.bezoeker(visitor).post("/beheer/gebruikers/action/", body)
        assert answer.status_code == 403, visitor
    assert not portaal.changed()
