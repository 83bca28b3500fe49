"""The spec's rights table, copied by hand, against what `may()` answers.

Not taken from `RIGHTS`: a mistake there must show here.
"""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from cmk_admin.gate import Actor, system
from cmk_admin.policy import Verdict, may, velden_van
from cmk_admin.rights import RIGHTS, Handeling
from models.activiteit import (
    Activiteit,
    ActiviteitDoelgroep,
    ActiviteitPartner,
    ActiviteitSchool,
    Last,
)
from models.base import Entiteit, entiteiten
from models.contractpartij import Contractpartij
from models.gebruiker import Gebruiker, Rol
from models.project import Document, Project
from models.samenwerkingspartner import Samenwerkingspartner
from models.verantwoording import Verantwoording
from tests.gate_world import World

pytest_plugins = ["tests.gate_fixtures"]

ROLES = ("routebegeleider", "projectleider", "adviseur", "datamanager", "beheerder")
#: Z see, M make, W change, V delete; then the other actions. "-" is nothing.
TABLE = """
Activiteit           | Z M W dupliceren | Z M W V dupliceren | Z | Z M W V dupliceren | Z M W V dupliceren
ActiviteitSchool     | Z M W       | Z M W V     | Z   | Z M W V     | Z M W V
Last                 | Z M W       | Z M W V     | Z   | Z M W V     | Z M W V
ActiviteitDoelgroep  | Z M V       | Z M V       | Z   | Z M V       | Z M V
ActiviteitPartner    | Z M V       | Z M V       | Z   | Z M V       | Z M V
Verantwoording       | Z | Z W sluiten heropenen | Z | Z | Z M W V sluiten heropenen vaststellen vastgesteld_heropenen jaar_openen
Momentopname         | Z           | Z           | Z   | Z           | Z
Vraag                | Z M W afronden | Z M W afronden | Z M W afronden | Z | Z M W V afronden
Reactie              | Z M         | Z M         | Z M | Z           | Z M V
Samenwerkingspartner | Z M W       | Z M W V     | Z   | Z M W V samenvoegen | Z M W V samenvoegen
Project              | Z           | Z           | Z   | Z           | Z M W V
Baat                 | Z           | Z           | Z   | Z           | Z M W V
Begrotingspost       | Z           | Z           | Z   | Z           | Z M W V
Document             | Z           | Z M W V     | Z   | Z           | Z M W V
Contractpartij       | Z           | Z           | Z   | Z           | Z M W V
Werkgebied           | Z           | Z           | Z   | Z           | Z M W V
Schoolbestuur        | Z           | Z           | Z   | Z M W V importeren samenvoegen | Z M W V importeren samenvoegen
School               | Z           | Z           | Z   | Z M W V importeren samenvoegen | Z M W V importeren samenvoegen
Gemeente             | Z           | Z           | Z   | Z M W V importeren | Z M W V importeren
Doel                 | Z           | Z           | Z   | Z M W       | Z M W
Doelgroep            | Z           | Z           | Z   | Z M W       | Z M W
Kostensoort          | Z           | Z           | Z   | Z M W       | Z M W
Sector               | Z           | Z           | Z   | Z M W       | Z M W
Bron                 | Z           | Z           | Z   | Z M W       | Z M W
Documentsoort        | Z           | Z           | Z   | Z M W       | Z M W
AgendaItem           | Z           | Z           | Z   | Z           | Z M W V
Link                 | Z           | Z           | Z   | Z           | Z M W V
AlgemeenDocument     | Z           | Z           | Z   | Z           | Z M W V
VeelgesteldeVraag    | Z           | Z           | Z   | Z           | Z M W V
Gebruiker            | Z           | Z           | Z   | Z           | Z M W
Lidmaatschap         | Z           | Z           | Z   | Z           | Z M W
Wijziging            | Z           | Z           | Z   | Z           | Z
Bewerking            | Z           | Z ongedaan  | Z   | Z ongedaan  | Z ongedaan ongedaan_alle
Mail                 | -           | -           | -   | -           | Z
Taak                 | -           | -           | -   | Z           | Z
Kwaliteitsregel      | -           | -           | Z   | Z M W V     | Z M W V
Weergave             | Z M W V     | Z M W V     | Z M W V | Z M W V | Z M W V
Verzoek              | -           | -           | -   | -           | -
Zitting              | -           | -           | -   | -           | -
Poging               | -           | -           | -   | -           | -
Toegangslink         | -           | -           | -   | -           | Z
Herstelcode          | -           | -           | -   | -           | -
Onderbreking              | -           | -           | -   | -           | -
Inzage               | -           | -           | -   | -           | Z
Bewaartermijn        | -           | -           | -   | -           | Z W
Concept              | -           | -           | -   | -           | -
Rechten              | -           | -           | Z   | Z           | Z
"""  # noqa: E501 - a table
LETTER = {"Z": "zien", "M": "maken", "W": "wijzigen", "V": "verwijderen"}


def table() -> dict[str, dict[str, set[str]]]:
    """Entity → role → actions."""
    found = {}
    for line in TABLE.strip().splitlines():
        name, *cells = (cell.strip() for cell in line.split("|"))
        found[name] = {
            role: {LETTER.get(word, word) for word in cell.split() if word != "-"}
            for role, cell in zip(ROLES, cells, strict=True)
        }
    return found


def somebody(role: str, party: int = 1) -> Actor:
    if role in ("routebegeleider", "projectleider"):
        return Actor(1, role, None, ((party, Rol(role)),))
    return Actor(1, role, Rol(role))


NOBODY = Actor(1, "zonder lidmaatschap")
SUBJECTS: dict[str, Any] = {e.__name__: e for e in entiteiten()} | {"Rechten": "Rechten"}


def test_the_table_has_every_entity() -> None:
    assert table().keys() == SUBJECTS.keys() == RIGHTS.keys()
    assert {role.value for role in Rol} == set(ROLES)


@pytest.mark.parametrize("role", ROLES)
def test_may_somewhere_is_the_table(role: str) -> None:
    actor = somebody(role)
    for name, subject in SUBJECTS.items():
        answer = {h.value for h in Handeling if may(actor, h, subject)}
        assert answer == table()[name][role], name


@pytest.mark.parametrize("name", SUBJECTS)
def test_who_has_no_role_may_nothing_and_the_system_everything(name: str) -> None:
    for handeling in Handeling:
        assert not may(NOBODY, handeling, SUBJECTS[name])
        assert not may(Actor(None, "niemand"), handeling, SUBJECTS[name])
        assert may(system("test"), handeling, SUBJECTS[name])


#: What stays possible in a closed year.
ALSO_CLOSED = {"zien", "dupliceren", "jaar_openen", "heropenen", "vaststellen"}


def rows(world: World, session: Any, party: str, closed: bool) -> list[Entiteit]:
    p, pre = getattr(world.ground, party), "dichte_" if closed else ""
    return [
        session.get_one(Verantwoording, p.dicht if closed else p.open),
        session.get_one(Activiteit, getattr(p, f"{pre}activiteit")),
        session.get_one(ActiviteitSchool, getattr(p, f"{pre}school_rij")),
        session.get_one(Last, getattr(p, f"{pre}last")),
        session.get_one(ActiviteitDoelgroep, getattr(p, f"{pre}doelgroep_koppeling")),
        session.get_one(ActiviteitPartner, getattr(p, f"{pre}partner_koppeling")),
    ]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("closed", [False, True])
def test_may_with_a_row_of_ones_own(world: World, role: str, closed: bool) -> None:
    actor = somebody(role, world.ground.noord.contractpartij)
    with world.acting("system") as session:
        for row in rows(world, session, "noord", closed):
            wanted = set(table()[type(row).__name__][role])
            if closed:
                wanted &= ALSO_CLOSED
            else:
                wanted -= {"heropenen", "vaststellen", "vastgesteld_heropenen"}
            answer = {h.value for h in Handeling if may(actor, h, row)}
            assert answer == wanted, row


@pytest.mark.parametrize("role", ["routebegeleider", "projectleider"])
def test_with_a_row_of_another_a_member_may_nothing(world: World, role: str) -> None:
    """Seeing is for the scope of the read; what may be seen there is nothing (see the gate)."""
    actor = somebody(role, world.ground.noord.contractpartij)
    with world.acting("system") as session:
        g = world.ground
        foreign = [
            *rows(world, session, "west", False),
            *rows(world, session, "west", True),
            session.get_one(Contractpartij, g.west.contractpartij),
            session.get_one(Project, g.west.project),
            session.get_one(Samenwerkingspartner, g.west.partner),
            session.get_one(Document, g.west.overig),
        ]
        for row in foreign:
            for handeling in set(Handeling) - {Handeling.ZIEN}:
                verdict = may(actor, handeling, row)
                assert not verdict
                assert "van een andere contractpartij" in verdict.reason
                assert "adviseur" in verdict.help


def test_two_roles_count_each_at_its_own(world: World) -> None:
    dubbel = world.ground.actors["dubbel"]
    with world.acting("system") as session:
        for party, may_delete in (("noord", False), ("zuid", True), ("west", False)):
            last = session.get_one(Last, getattr(world.ground, party).last)
            assert bool(may(dubbel, Handeling.VERWIJDEREN, last)) is may_delete
            assert bool(may(dubbel, Handeling.WIJZIGEN, last)) is (party != "west")


@pytest.mark.parametrize("role", ROLES)
def test_a_vastgestelde_year_is_reopened_by_a_beheerder(world: World, role: str) -> None:
    actor = somebody(role, world.ground.noord.contractpartij)
    with world.acting("system") as session:
        v = session.get_one(Verantwoording, world.ground.noord.dicht)
        v.stel_vast()
        verdict = may(actor, Handeling.HEROPENEN, v)
        assert bool(verdict) is (role == "beheerder")
        assert verdict or "beheerder" in verdict.help
        assert not may(actor, Handeling.VASTSTELLEN, v)
        assert not may(actor, Handeling.SLUITEN, v)
        last = session.get_one(Last, world.ground.noord.dichte_last)
        refused = may(actor, Handeling.WIJZIGEN, last)
        assert not refused
        assert role == "adviseur" or "Alleen een beheerder" in refused.help


def test_a_projectleider_has_documents_of_the_kind_overig(world: World) -> None:
    noord = world.ground.noord
    actor = somebody("projectleider", noord.contractpartij)
    with world.acting("system") as session:
        plan, overig = (session.get_one(Document, n) for n in (noord.plan, noord.overig))
        for handeling in (Handeling.MAKEN, Handeling.WIJZIGEN, Handeling.VERWIJDEREN):
            assert may(actor, handeling, overig)
            assert "Overig" in may(actor, handeling, plan).reason
        assert may(actor, Handeling.ZIEN, plan)
        both = replace(actor, cultuur_oost_rol=Rol.BEHEERDER)
        assert may(both, Handeling.WIJZIGEN, plan)


def test_a_projectleider_changes_two_fields_of_a_verantwoording(world: World) -> None:
    noord = world.ground.noord
    with world.acting("system") as session:
        v = session.get_one(Verantwoording, noord.open)
        for subject in (v, Verantwoording):
            fields = velden_van(somebody("projectleider", noord.contractpartij), subject)
            assert fields == frozenset({"status", "werkwijze"})
            assert velden_van(somebody("beheerder"), subject) is None
        assert velden_van(system("test"), v) is None
        assert velden_van(somebody("projectleider"), Gebruiker) is None


@pytest.mark.parametrize("role", [*ROLES, "zonder"])
def test_every_refusal_is_dutch_and_names_who_can_help(role: str) -> None:
    actor = NOBODY if role == "zonder" else somebody(role)
    for name, subject in SUBJECTS.items():
        for handeling in Handeling:
            verdict = may(actor, handeling, subject)
            if not verdict:
                able = {r for r in ROLES if handeling.value in table()[name][r]}
                assert_helps(verdict, able)
                assert role in verdict.reason or role == "zonder"


def assert_helps(verdict: Verdict, able: set[str]) -> None:
    assert verdict.reason.endswith(".")
    named = {role for role in ROLES if role in verdict.help}
    assert named == able
    assert able or "Niemand" in verdict.help


def test_who_is_not_logged_in_is_asked_to() -> None:
    verdict = may(Actor(None, "niemand"), Handeling.WIJZIGEN, Activiteit)
    assert verdict.reason.startswith("Log in")


@pytest.mark.beide
def test_one_may_see_exactly_what_a_read_brings(world: World) -> None:
    """The scope of the read and the right to see agree for members."""
    for who in ("routebegeleider", "projectleider", "dubbel"):
        with world.acting(who) as session:
            for row in session.scalars(select(Last)):
                assert may(world.ground.actors[who], Handeling.ZIEN, row)
