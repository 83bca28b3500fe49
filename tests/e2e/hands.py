"""What a person does on a page, by the labels that they see."""

import re
from collections.abc import Iterable

from playwright.sync_api import Locator, Page, expect

#: A piece of a page, or all of it.
Place = Page | Locator


def field(place: Place, label: str) -> Locator:
    """The field with this label; the star of a required one is not part of its name."""
    return place.get_by_label(re.compile(rf"^{re.escape(label)}( \*)?$"))


def link(place: Place, name: str) -> Locator:
    return place.get_by_role("link", name=name, exact=True)


def button(place: Place, name: str) -> Locator:
    return place.get_by_role("button", name=name, exact=True)


def menu(page: Page, *names: str) -> None:
    """Click through the left menu: `menu(page, "Stamdata", "Scholen")`."""
    column = page.get_by_role("navigation", name="Hoofdmenu")
    for group in names[:-1]:
        column.locator("summary").filter(has_text=group).click()
    link(column, names[-1]).click()


def tab(page: Page, name: str) -> Locator:
    """A tab, whatever number stands beside its name."""
    tabs = page.get_by_role("navigation", name="Onderdelen")
    return tabs.get_by_role("link", name=re.compile(rf"^{re.escape(name)}( \d+)?$"))


def row_of(page: Page, text: str) -> Locator:
    """The row of a table in which this stands."""
    return page.get_by_role("row").filter(has_text=text)


def row_menu(page: Page, name: str) -> Locator:
    """The opened menu of a row."""
    button(page, f"Acties voor {name}").click()
    return page.locator(".popmenu:popover-open")


def multi(place: Place, label: str) -> Locator:
    """A field in which several can be chosen."""
    return place.get_by_role("group", name=label)


def arrow(place: Place, label: str) -> Locator:
    """What opens it: the field with the little arrow."""
    return multi(place, label).locator("summary")


def choose_several(page: Page, label: str, names: Iterable[str]) -> None:
    """Handleiding 2.2: open, click what is relevant, click elsewhere."""
    arrow(page, label).click()
    for name in names:
        multi(page, label).get_by_text(name, exact=True).first.click()
    page.get_by_role("heading", level=1).click()


def choose_school(page: Page, row: Locator, typed: str, name: str) -> None:
    """Type in the combobox and click the school that was meant."""
    row.get_by_role("combobox").fill(typed)
    page.get_by_role("option", name=name).click()
    expect(row.get_by_role("combobox")).to_have_value(re.compile(re.escape(name)))


def says(page: Page, text: str) -> None:
    """The portal reports it above the page."""
    expect(page.get_by_role("status").filter(has_text=text)).to_be_visible()
