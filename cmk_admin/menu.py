"""The left menu (Handleiding 1.4): filled by `views.register`, shown as far as one may."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for

from cmk_admin import routes
from cmk_admin.actor import Actor
from cmk_admin.page import MenuItem
from cmk_admin.policy import may
from models.base import Entiteit

#: Sets of roles whose menu is kept; there are fewer, unless the portal has many addresses.
MOST_SETS = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One line as registered. endpoint: the page; group: unfolds under this label.

    also: addresses elsewhere that belong under this line.
    """

    label: str
    endpoint: str
    icon: str = ""
    group: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Generated screens that stand together on the overview of Beheer."""

    title: str
    entities: tuple[type[Entiteit], ...]


class Menu:
    """The lines of the menu, in order."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.group_icons: dict[str, str] = {}
        #: What `_shown_to` found, by all that it hangs on.
        self.shown: dict[Any, dict[Entry, str]] = {}

    def add(
        self,
        label: str,
        endpoint: str,
        icon: str = "",
        group: str = "",
        also: tuple[str, ...] = (),
    ) -> None:
        self.entries.append(Entry(label, endpoint, icon, group, also))

    def group(self, label: str, icon: str) -> None:
        self.group_icons[label] = icon


def menu_of(app: Flask) -> Menu:
    """The app's one menu."""
    found: Menu = app.extensions.setdefault("cmk_menu", Menu())
    return found


def menu_for(actor: Actor, path: str) -> tuple[MenuItem, ...]:
    """The lines that `actor` may open; the one under which `path` lies is active."""
    menu = menu_of(current_app)
    urls = _shown_to(actor, menu)
    within = [
        (len(prefix), url)
        for entry, url in urls.items()
        for prefix in (url, *entry.also)
        if _under(path, prefix)
    ]
    longest = max(within, default=(0, ""))[1]
    return tuple(_lines(menu, urls, longest))


def _shown_to(actor: Actor, menu: Menu) -> dict[Entry, str]:
    """Where each line leads that `actor` may open. Rights on a screen hang on nothing but roles, so
    it is asked once for each set of them; whose roles change, has another set at once."""
    key = (actor.rollen, actor.is_system, request.root_path)
    urls = menu.shown.get(key)
    if urls is None:
        if len(menu.shown) >= MOST_SETS:
            menu.shown.clear()
        visible = [entry for entry in menu.entries if _visible(actor, entry)]
        urls = menu.shown[key] = {entry: url_for(entry.endpoint) for entry in visible}
    return urls


def _lines(menu: Menu, urls: dict[Entry, str], active: str) -> Iterator[MenuItem]:
    done: set[str] = set()
    for entry, url in urls.items():
        if not entry.group:
            yield MenuItem(entry.label, url, entry.icon, url == active)
        elif entry.group not in done:
            done.add(entry.group)
            children = tuple(
                MenuItem(child.label, under, child.icon, under == active)
                for child, under in urls.items()
                if child.group == entry.group
            )
            yield MenuItem(
                entry.group,
                children[0].url,
                menu.group_icons.get(entry.group, ""),
                any(child.active for child in children),
                children,
            )


def _visible(actor: Actor, entry: Entry) -> bool:
    policy = routes.policy_of(current_app, entry.endpoint)
    if policy is None or policy.public:
        return False
    if policy.handeling is None or policy.subject is None:
        return True
    return bool(may(actor, policy.handeling, policy.subject))


def _under(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))
