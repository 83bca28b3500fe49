"""An activity with five schools and three lasten by keys alone, and how many keys that takes."""

from dataclasses import dataclass

from playwright.sync_api import Page, expect

from models.activiteit import Activiteit, ActiviteitSchool, Last
from tests.e2e.demo import As, Demo
from tests.e2e.hands import says

#: In a minute, by somebody who types 40 words: a word is five keys.
A_MINUTE = 200
SCHOOLS = ("97BE00", "97BK00", "97AW00", "97JA00", "97AA00")
LASTEN = (("Docent", "400"), ("Zaal", "150"), ("Bus", "95"))


@dataclass
class Keys:
    """Somebody's hands on the keyboard."""

    page: Page
    pressed: int = 0

    def press(self, *names: str) -> None:
        for name in names:
            self.page.keyboard.press(name)
            self.pressed += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.pressed += len(text)

    def to(self, label: str) -> None:
        """Tab until the field with this label has the focus."""
        for _ in range(12):
            self.press("Tab")
            if self.page.locator(":focus").evaluate(NAME).startswith(label):
                return
        raise AssertionError(f"{label} is met twaalf keer Tab niet bereikt")


#: What the focused field is called on screen.
NAME = """e => (e.dataset.label ?? e.labels?.[0]?.textContent ?? e.getAttribute("aria-label")
  ?? e.textContent).trim()"""


def test_een_activiteit_binnen_een_minuut(als: As, demo: Demo) -> None:
    page = als("routebegeleider")
    page.goto(f"/verantwoordingen/{demo.verantwoording()}/activiteiten/nieuw")
    keys = Keys(page)
    keys.press("Tab", "Enter")  # Naar de inhoud
    keys.to("Naam")
    keys.type("Dansles")
    keys.to("CMK-doel")
    keys.type("O")
    keys.to("Aantal activiteiten")
    keys.type("4")
    keys.to("Duur activiteit")
    keys.type("1,5")
    keys.to("Periode van")
    keys.type("2-3-26")
    keys.to("Periode tot en met")
    keys.type("23-3-26")
    keys.to("Doelgroepen")
    keys.press("Enter")
    keys.type("leerk")
    keys.press("Enter", "Escape")
    keys.to("School")
    _schools(keys)
    keys.to("Toelichting")
    for number, (toelichting, bedrag) in enumerate(LASTEN):
        if number:
            keys.press("Enter")
        keys.type(toelichting)
        keys.press("Tab")
        keys.type(bedrag)
    keys.press("Control+Enter")
    says(page, "Activiteit “Dansles” is toegevoegd")
    activiteit = demo.activiteit("Dansles")
    assert demo.count(ActiviteitSchool, activiteit_id=activiteit) == len(SCHOOLS)
    assert demo.count(Last, activiteit_id=activiteit) == len(LASTEN)
    assert demo.count(Activiteit, id=activiteit, aantal_activiteiten=4) == 1
    assert keys.pressed <= A_MINUTE, keys.pressed


def _schools(keys: Keys) -> None:
    """The code, Tab takes what was found, the leerkrachten; Enter opens the next row."""
    for number, code in enumerate(SCHOOLS):
        if number:
            keys.press("Enter")
        keys.type(code)
        expect(keys.page.locator("[role=option].active")).to_contain_text(code)
        keys.press("Tab")
        keys.type(str(number + 2))
