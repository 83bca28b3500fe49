"""Reading the portal's pages as a browser would, and what every one of them must have.

`CheckedClient` looks through every page that any test asks for with GET, so that a page
without a heading fails in whatever test meets it first.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    ]
)
CONTROLS = frozenset({"input", "select", "textarea"})
SPEECH = ("aria-label", "aria-labelledby", "title")
#: Attributes that name the id of something else on the page.
POINTS = ("for", "form", "aria-describedby", "aria-labelledby", "popovertarget", "aria-controls")


@dataclass(eq=False, repr=False)
class Node:
    """One element. text: of itself and all under it, in order."""

    tag: str
    attributes: dict[str, str]
    parent: "Node | None" = None
    children: list["Node"] = field(default_factory=list)
    pieces: list["str | Node"] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(p if isinstance(p, str) else p.text for p in self.pieces)

    @property
    def words(self) -> str:
        return " ".join(self.text.split())

    @property
    def shown(self) -> str:
        """Its words, without those that are only spoken."""
        pieces = (p if isinstance(p, str) else p.shown_text for p in self.pieces)
        return " ".join("".join(pieces).split())

    @property
    def shown_text(self) -> str:
        if "sr" in self.get("class").split():
            return ""
        return "".join(p if isinstance(p, str) else p.shown_text for p in self.pieces)

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")

    def above(self, tag: str) -> "Node | None":
        """The nearest element of this kind around it."""
        node = self.parent
        while node is not None and node.tag != tag:
            node = node.parent
        return node

    def __iter__(self) -> Iterator["Node"]:
        for child in self.children:
            yield child
            yield from child

    def all(self, *tags: str) -> list["Node"]:
        return [node for node in self if node.tag in tags]


#: What a page is made of, as our templates write it: a `<` that begins nothing is an error.
TOKEN = re.compile(
    r"""<!--.*?-->|<!doctype[^>]*>|</(?P<end>[a-z][\w-]*)\s*>|(?P<text>[^<]++)
    |<(?P<tag>[a-z][\w-]*)(?P<attributes>(?:[^>"']++|"[^"]*+"|'[^']*+')*+)>""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
ATTRIBUTE = re.compile(r"""([^\s=/>"']+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?""")


@lru_cache(maxsize=32)
def _taken_apart(html: str) -> Node:
    """The root of a page. Every page is taken apart that any test asks for: in Python's own
    parser that would be a third of the time of the whole suite."""
    now = root = Node("", {})
    place = 0
    for token in TOKEN.finditer(html):
        assert token.start() == place, f"geen HTML: {html[place : place + 80]!r}"
        place = token.end()
        end, text, tag, attributes = token.group("end", "text", "tag", "attributes")
        if text:
            now.pieces.append(unescape(text))
        elif tag:
            node = Node(tag.lower(), dict(_attributes(attributes)), now)
            now.children.append(node)
            now.pieces.append(node)
            now = now if node.tag in VOID or attributes.endswith("/") else node
        elif end:
            now = _closed(now, end.lower())
    assert place == len(html), f"geen HTML: {html[place : place + 80]!r}"
    return root


def _attributes(text: str) -> Iterator[tuple[str, str]]:
    for name, value in ATTRIBUTE.findall(text):
        yield name.lower(), unescape(value[1:-1] if value[:1] in {"'", '"'} else value)


def _closed(now: Node, tag: str) -> Node:
    """Where one is after the end of the nearest such element; an end of nothing ends nothing."""
    node: Node | None = now
    while node is not None and node.tag != tag:
        node = node.parent
    return node.parent if node is not None and node.parent is not None else now


class Page:
    """A page, taken apart; to look at, not to change."""

    def __init__(self, html: str) -> None:
        self.root = _taken_apart(html)
        self.nodes = list(self.root)
        self.ids = Counter(node.get("id") for node in self.nodes if "id" in node.attributes)

    def all(self, *tags: str) -> list[Node]:
        return [node for node in self.nodes if node.tag in tags]

    def with_class(self, name: str) -> list[Node]:
        return [node for node in self.nodes if name in node.get("class").split()]

    def by_id(self, id_: str) -> Node:
        return next(node for node in self.nodes if node.get("id") == id_)

    @property
    def heading(self) -> str:
        return self.all("h1")[0].words

    @property
    def text(self) -> str:
        return self.root.words

    def form(self, number: int = 0) -> dict[str, list[str]]:
        """What a browser would send of the page's own form, menus and rows not counted."""
        forms = [f for f in self.all("form") if f.get("method") == "post" and self._own(f)]
        forms.sort(key=lambda f: "sleutel" not in form_values(f))
        return form_values(forms[number])

    @staticmethod
    def _own(form: Node) -> bool:
        quiet = form.above("aside") or form.above("nav") or form.above("header")
        return quiet is None and "hidden" not in form.attributes

    def problems(self) -> Iterator[str]:
        """What is wrong with the page, a sentence each."""
        yield from self._frame()
        yield from self._references()
        yield from self._names()
        yield from self._inline()

    def _frame(self) -> Iterator[str]:
        roots = self.all("html")
        if not roots or roots[0].get("lang") != "nl":
            yield 'de pagina zegt niet lang="nl"'
        if not any(title.words.strip(" ·") for title in self.all("title")):
            yield "de pagina heeft geen titel"
        headings = self.all("h1")
        if len(headings) != 1 or not headings[0].words:
            yield f"er hoort één h1 met tekst te zijn: {[h.words for h in headings]}"
        if len(self.all("main")) != 1:
            yield "er hoort één main te zijn"

    def _references(self) -> Iterator[str]:
        for id_, count in self.ids.items():
            if count > 1 or not id_ or " " in id_:
                yield f"id “{id_}” staat er {count} keer"
        for node in self.nodes:
            for name in POINTS:
                for id_ in node.get(name).split():
                    if id_ not in self.ids:
                        yield f"{node.tag} {name}={id_} wijst naar niets"
            target = node.get("href")
            if target.startswith("#") and target[1:] not in self.ids:
                yield f"de link {target} wijst naar niets"
            if node.tag == "form" and node.above("form") is not None:
                yield "een formulier in een formulier"

    def _names(self) -> Iterator[str]:
        labelled = {label.get("for") for label in self.all("label") if label.words}
        for node in self.nodes:
            spoken = any(node.get(name) for name in SPEECH)
            if node.tag in CONTROLS and node.get("type") not in ("hidden", "submit", "button"):
                around = node.above("label")
                named = node.get("id") in labelled or (around is not None and around.words)
                if not (spoken or named):
                    yield f"{node.tag} {node.get('name')} heeft geen label"
            if node.tag in ("button", "a") and not (spoken or node.words):
                yield f"een {node.tag} zonder woorden: {node.attributes}"
            if node.tag == "img" and "alt" not in node.attributes:
                yield "een afbeelding zonder alt"

    def _inline(self) -> Iterator[str]:
        for node in self.nodes:
            if node.tag == "style":
                yield "een style in de pagina"
            if node.tag == "script" and (not node.get("src") or node.words):
                yield "een script in de pagina"
            for name in node.attributes:
                if name == "style" or name.startswith("on"):
                    yield f"{node.tag} heeft {name}"
            if node.get("href").strip().lower().startswith(("javascript:", "data:")):
                yield f"een link naar {node.get('href')[:30]}"


def form_values(form: Node) -> dict[str, list[str]]:
    """Field → the values that a browser would send if nothing was changed."""
    values: dict[str, list[str]] = {}
    for node in form.all("input", "select", "textarea"):
        name, kind = node.get("name"), node.get("type")
        if not name or node.above("noscript") or node.above("template"):
            continue
        if node.tag == "select":
            options = node.all("option")
            chosen = [o for o in options if "selected" in o.attributes] or options[:1]
            values.setdefault(name, []).extend(o.get("value") for o in chosen)
        elif node.tag == "textarea":
            values.setdefault(name, []).append(re.sub(r"^\n", "", node.text))
        elif kind in ("checkbox", "radio"):
            if "checked" in node.attributes:
                values.setdefault(name, []).append(node.get("value") or "on")
        elif kind not in ("file", "submit", "button"):
            values.setdefault(name, []).append(node.get("value"))
    return values


@lru_cache(maxsize=4096)
def problems_of(html: str) -> tuple[str, ...]:
    return tuple(Page(html).problems())


def assert_good(response: TestResponse) -> None:
    """Fail on a page that misses what every page must have."""
    if response.mimetype == "text/html" and response.status_code not in (301, 302, 303, 308):
        found = problems_of(response.text)
        where = f"{response.request.method} {response.request.path}"
        assert not found, f"{where} ({response.status_code}): " + "; ".join(found)


class CheckedClient(FlaskClient):
    """A client that looks through every page it gets."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        kwargs.setdefault("buffered", True)  # read and closed, also when it is a file
        response = super().open(*args, **kwargs)
        if response.request.method == "GET" or response.status_code >= 400:
            assert_good(response)
        return response
