"""The factories themselves: every entity has one, and what it makes is let through."""

import pytest
from flask import Flask

from cmk_admin.gate import acting_as, system
from models.base import Entiteit, entiteiten
from tests.factories import fabriek


@pytest.mark.parametrize("entiteit", entiteiten(), ids=lambda entiteit: entiteit.__name__)
def test_every_entity_has_a_factory_of_valid_rows(app: Flask, entiteit: type[Entiteit]) -> None:
    with app.app_context(), acting_as(system("test")) as session:
        eerste, tweede = fabriek(entiteit)(session), fabriek(entiteit)(session)
        session.commit()
        assert type(eerste) is entiteit
        assert eerste.id != tweede.id
        assert str(eerste)


def test_an_entity_without_a_factory_is_told_what_to_write() -> None:
    class Nieuw:
        __tablename__ = "nieuwe_entiteit"

    with pytest.raises(LookupError, match=r"schrijf maak_nieuwe_entiteit\(\)"):
        fabriek(Nieuw)  # type: ignore[type-var]
