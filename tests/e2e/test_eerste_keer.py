"""Handleiding 1.1, by its words: invited by a beheerder, with only the mail, and inside."""

import re
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from cmk_admin.settings import Settings
from tests.auth_support import oathtool
from tests.e2e.demo import As, Demo
from tests.e2e.hands import button, field, link, menu, says
from tests.support.browser import Watch

NAAM, EMAIL = "Ank van der Velde-Oosterhuis", "ank@demo.example"
PASSWORD = "vier blauwe lampen op zolder"


def mails_to(demo: Demo, email: str) -> list[EmailMessage]:
    """What was really sent, in order."""
    settings: Settings = demo.app.extensions["cmk_settings"]
    files = sorted((settings.instance / "mail").glob("*.eml"))
    mails = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
    return [mail for mail in mails if mail["To"] == email and isinstance(mail, EmailMessage)]


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    body = mail.get_body((kind,))
    assert body is not None
    found: str = body.get_content()
    return found


@pytest.fixture(autouse=True)
def _empty_mailbox(demo: Demo) -> None:
    settings: Settings = demo.app.extensions["cmk_settings"]
    for file in (settings.instance / "mail").glob("*.eml"):
        file.unlink()


def invite(page: Page, naam: str, email: str) -> None:
    menu(page, "Beheer")
    link(page, "Mensen").click()
    link(page, "Mensen uitnodigen…").click()
    field(page, "Wie nodig je uit?").fill(f"{naam} <{email}>")
    field(page, "Contractpartij").select_option(label="Cultuurpunt Achterhoek-Oost")
    field(page, "Rol daar").select_option(label="Projectleider")
    button(page, "Uitnodigen").click()
    says(page, "1 uitgenodigd.")
    expect(page.get_by_role("row").filter(has_text=email)).to_contain_text("Uitgenodigd")


def accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_the_first_log_in_by_the_words_of_the_manual(
    demo: Demo, als: As, open_page: Callable[..., Page], watch: Watch
) -> None:
    watch.allow("422")  # a password that is refused
    beheer = als("beheerder")
    beheer.goto("/")
    invite(beheer, NAAM, EMAIL)

    # "Om in te loggen op het portaal ontvang je een e-mail vanuit cmk@cultuuroost.nl."
    [mail] = mails_to(demo, EMAIL)
    assert mail["From"] == "CMK Portaal <cmk@cultuuroost.nl>"
    # "In de mail staat een link waarmee je je account kunt activeren."
    [address] = re.findall(rf"{re.escape(demo.address)}/activeren/\w+", text_of(mail))
    assert address in text_of(mail, "html")

    page = open_page()
    page.goto(address)
    assert address.rpartition("/")[2] not in page.url, "the link stays in nobody's history"
    make_account(page)
    type_code(page, couple_app(page), demo)
    codes = save_codes(page)
    log_in_with(open_page(), codes[3].lower())


def make_account(page: Page) -> None:
    """ "Vul je e-mailadres in en kies een wachtwoord." """
    accessible(page)
    field(page, "E-mailadres").fill(EMAIL)
    field(page, "Wachtwoord").press_sequentially("CultuurOost2025!")
    expect(page.locator(".point-met")).to_have_count(5)
    button(page, "Verder").click()
    expect(page.get_by_text("makkelijk te raden").first).to_be_visible()
    expect(field(page, "E-mailadres")).to_have_value(EMAIL)
    field(page, "Wachtwoord").fill(PASSWORD)
    expect(page.locator(".point-met")).to_have_count(2)
    button(page, "Verder").click()


def couple_app(page: Page) -> str:
    """ "verschijnt er een QR-code op je computerscherm voor 2FA"; the secret in the app."""
    accessible(page)
    expect(page.get_by_role("img", name="QR-code")).to_be_visible()
    page.get_by_text("Lukt scannen niet?").click()
    whole = "s => s.viewBox.baseVal.width > 0 && s.clientWidth <= s.parentElement.clientWidth"
    assert page.locator(".qr-image svg").evaluate(whole), "a phone can't scan half a code"
    secret = page.locator(".qr-key code").inner_text().replace(" ", "")
    uri = link(page, "Openen in de app op dit apparaat").get_attribute("href")
    assert uri == (
        f"otpauth://totp/CMK%20Portaal:ank%40demo.example?secret={secret}&issuer=CMK%20Portaal"
    )
    link(page, "Ik heb de code gescand").click()
    return secret


def type_code(page: Page, secret: str, demo: Demo) -> None:
    """ "Typ de zescijferige code uit de app in op het portaal", and one is on the dashboard."""
    accessible(page)
    code = field(page, "Zescijferige code")
    expect(code).to_be_focused()
    expect(code).to_have_attribute("autocomplete", "one-time-code")
    code.fill(oathtool(secret, demo.moment))
    code.press("Enter")
    expect(page.get_by_role("heading", name="Actieve verantwoordingen")).to_be_visible()
    expect(page.get_by_text("CMK Achterhoek-Oost po/go").first).to_be_visible()
    accessible(page)


def save_codes(page: Page) -> list[str]:
    """They stay until they are saved."""
    codes: list[str] = page.locator(".code-list code").all_inner_texts()
    assert len(codes) == len(set(codes)) == 10
    page.reload()
    expect(page.locator(".code-list code")).to_have_count(10)
    button(page, "Ik heb ze bewaard").click()
    expect(page.locator(".code-list")).to_have_count(0)
    return codes


def log_in_with(page: Page, recovery_code: str) -> None:
    """One of them opens the door without the app."""
    page.goto("/inloggen")
    field(page, "E-mailadres").fill(EMAIL)
    field(page, "Wachtwoord").fill(PASSWORD)
    button(page, "Inloggen").click()
    link(page, "Gebruik een herstelcode").click()
    accessible(page)
    field(page, "Herstelcode").fill(recovery_code)
    button(page, "Verder").click()
    says(page, "er zijn er nog 9 over")


def test_an_interrupted_activation_goes_on_in_another_browser(
    demo: Demo, als: As, open_page: Callable[..., Page]
) -> None:
    address = invited(demo, als)

    secrets = []
    page = open_page()
    for _ in range(2):
        page.context.clear_cookies()
        page.goto(address)
        field(page, "E-mailadres").fill(EMAIL)
        field(page, "Wachtwoord").fill(PASSWORD)
        button(page, "Verder").click()
        page.get_by_text("Lukt scannen niet?").click()
        secrets.append(page.locator(".qr-key code").inner_text())
    assert secrets[0] == secrets[1], "who scanned it already would have to do it again"
    # In the same browser it goes on where it was.
    page.goto("/activeren/code")
    field(page, "Zescijferige code").fill(oathtool(secrets[0].replace(" ", ""), demo.moment))
    button(page, "Account activeren").click()
    expect(page.locator(".code-list code")).to_have_count(10)


def test_the_steps_fit_a_phone(demo: Demo, als: As, open_page: Callable[..., Page]) -> None:
    address = invited(demo, als)
    page = open_page(viewport={"width": 320, "height": 640})
    page.goto(address)
    for path in ("/activeren", "/activeren/app", "/activeren/code"):
        if path == "/activeren/app":
            field(page, "E-mailadres").fill(EMAIL)
            field(page, "Wachtwoord").fill(PASSWORD)
            button(page, "Verder").click()
        page.goto(path)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 320, path


#: What is filled in; a button that shows the password and a code to copy are no fields.
def invited(demo: Demo, als: As) -> str:
    """Somebody is invited by a beheerder; the link in their mail."""
    beheer = als("beheerder")
    beheer.goto("/")
    invite(beheer, NAAM, EMAIL)
    [address] = re.findall(r"http\S+/activeren/\w+", text_of(mails_to(demo, EMAIL)[0]))
    return str(address)


FIELDS = "input:not([type=hidden]):visible, select:visible, textarea:visible"
LABELS = "fields => fields.map(field => field.labels[0].textContent.replace('*', '').trim())"


def test_the_first_log_in_asks_three_fields_on_three_pages(
    demo: Demo, als: As, open_page: Callable[..., Page]
) -> None:
    """Counted in the browser from the mail to the dashboard; docs/security.md tells it."""
    address = invited(demo, als)
    page = open_page()
    asked: list[tuple[str, list[str]]] = []

    def look() -> None:
        heading = page.get_by_role("heading", level=1).inner_text()
        asked.append((heading, page.locator(FIELDS).evaluate_all(LABELS)))

    page.goto(address)
    look()
    field(page, "E-mailadres").fill(EMAIL)
    field(page, "Wachtwoord").fill(PASSWORD)
    button(page, "Verder").click()
    look()
    secret = page.locator(".qr-key code").text_content() or ""
    link(page, "Ik heb de code gescand").click()
    look()
    field(page, "Zescijferige code").fill(oathtool(secret.replace(" ", ""), demo.moment))
    button(page, "Account activeren").click()
    expect(page.get_by_role("heading", name="Actieve verantwoordingen")).to_be_visible()
    assert asked == [
        ("Account aanmaken", ["E-mailadres", "Wachtwoord"]),
        ("App koppelen", []),
        ("Code invoeren", ["Zescijferige code"]),
    ]


def by_tab(page: Page, wanted: Locator) -> None:
    """Go there with the Tab key, as who has no mouse."""
    for _ in range(30):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key does not reach {wanted}")


def test_every_step_goes_with_the_keyboard_alone(
    demo: Demo, als: As, open_page: Callable[..., Page]
) -> None:
    address = invited(demo, als)
    page = open_page()
    page.goto(address)

    by_tab(page, field(page, "E-mailadres"))
    page.keyboard.type(EMAIL)
    by_tab(page, field(page, "Wachtwoord"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="App koppelen")).to_be_visible()
    by_tab(page, page.locator("summary").filter(has_text="Lukt scannen niet?"))
    page.keyboard.press("Enter")
    secret = page.locator(".qr-key code").inner_text().replace(" ", "")
    by_tab(page, link(page, "Ik heb de code gescand"))
    page.keyboard.press("Enter")
    by_tab(page, field(page, "Zescijferige code"))
    page.keyboard.type(oathtool(secret, demo.moment))
    page.keyboard.press("Enter")
    expect(page.locator(".code-list code")).to_have_count(10)
    by_tab(page, button(page, "Ik heb ze bewaard"))
    page.keyboard.press("Enter")
    expect(page.locator(".code-list")).to_have_count(0)
