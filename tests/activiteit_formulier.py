"""The form of an activity as somebody has it open, for the tests that fill it in."""

from typing import Any

from sqlalchemy import func, select
from werkzeug.test import TestResponse

from models.activiteit import Activiteit
from models.lijsten import Doel, Doelgroep, Kostensoort
from models.samenwerkingspartner import Samenwerkingspartner
from models.school import School
from models.verantwoording import Verantwoording
from tests.pages import Page
from tests.support.portal import Portaal

Body = dict[str, Any]


class Formulier:
    """A form as somebody has it open: what it would send, and where to."""

    def __init__(self, portaal: Portaal, visitor: str, path: str) -> None:
        self.bezoeker, self.path = portaal.bezoeker(visitor), path
        response = self.bezoeker.get(path)
        assert response.status_code == 200, response.text
        self.values: Body = Page(response.text).form()

    def send(self, **typed: Any) -> TestResponse:
        """Send it with these fields filled in otherwise; `None` leaves one out."""
        named = {name.replace("__", "-"): value for name, value in typed.items()}
        body = {n: v for n, v in (self.values | named).items() if v is not None}
        return self.bezoeker.post(self.path, body)

    def again(self, response: TestResponse) -> "Formulier":
        """The form that came back, as it would be sent now."""
        self.values = Page(response.text).form()
        return self


def errors(response: TestResponse) -> list[str]:
    """What the summary above the form says."""
    page = Page(response.text)
    return [line.words for line in page.by_id("fouten").all("li")]


def new_path(portaal: Portaal, stand: str = "leeg") -> str:
    return (
        f"/verantwoordingen/{portaal.wereld.id(Verantwoording, 'eigen', stand)}/activiteiten/nieuw"
    )


def complete(portaal: Portaal, **more: Any) -> Body:
    """Everything that Handleiding 2.2 has a field for, in the empty year 2027."""
    w = portaal.wereld
    return {
        "naam": "Muziek in de klas",
        "doel_id": str(w.id(Doel)),
        "omschrijving": "Vier lessen.",
        "aantal_activiteiten": "4",
        "duur": "1,5",
        "startdatum": "01-03-2027",
        "einddatum": "24-3-2027",
        "doelgroepen": [str(w.id(Doelgroep))],
        "samenwerkingspartners": [str(w.id(Samenwerkingspartner, "eigen"))],
        "scholen__0__school_id": str(w.id(School)),
        "scholen__0__aantal_leerkrachten": "6",
        "lasten__0__toelichting": "Vakdocent",
        "lasten__0__bedrag": "1.234,56",
        "lasten__0__betaald_op": "02-04-2027",
        "lasten__0__kostensoort_id": str(w.id(Kostensoort)),
        "lasten__0__boekstuknummer": "2027-1",
        "lasten__0__leverancier": "Muziekschool",
    } | more


def count(portaal: Portaal) -> int:
    with portaal.als() as session:
        return session.scalar(select(func.count(Activiteit.id))) or 0
