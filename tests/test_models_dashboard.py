"""What Cultuur Oost puts on the dashboard (Handleiding 1.3)."""

import pytest

from models.dashboard import Link


@pytest.mark.parametrize(
    "address", ["https://[abc", "https://", "ftp://x.nl", "x.nl", "https:///x"]
)
def test_a_link_leads_somewhere(address: str) -> None:
    assert [f.veld for f in Link(titel="x", adres=address).controleer()] == ["adres"]
    assert list(Link(titel="x", adres="https://cultuuroost.nl/pad?x=1").controleer()) == []
