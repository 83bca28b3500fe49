"""Where a person may be sent to: nowhere outside the portal, however the address is written."""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cmk_admin.web.targets import LONGEST, safe_target

GOOD = [
    "/",
    "/projecten/12/verantwoordingen",
    "/activiteiten?zoek=dans&pagina=2#rij-7",
    "/projecten?flt1=a%20b&flt2=%C3%A9",
    "/a//b",
    "/?url=https://elders.example",
    "/a:b@c",
    "/" + "a" * (LONGEST - 1),
]

CONTROLS = [f"/{chr(number)}/elders.example" for number in [*range(0x21), 0x7F, 0x85, 0xA0]]
BAD = [
    None,
    "",
    " ",
    "elders.example",
    "projecten",
    "?x=1",
    "#x",
    ".",
    "..",
    "./x",
    "//",
    "//elders.example",
    "///elders.example",
    "////elders.example",
    "//elders.example/%2f..",
    "//user@elders.example",
    "//127.0.0.1@elders.example",
    "https://elders.example",
    "HTTPS://ELDERS.EXAMPLE",
    "https:elders.example",
    "https:/elders.example",
    "https:///elders.example",
    "http://127.0.0.1@elders.example",
    "ftp://elders.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "blob:x",
    "mailto:x@elders.example",
    "\\",
    "\\\\elders.example",
    "\\/elders.example",
    "/\\elders.example",
    "/\\/elders.example",
    "/\\\\elders.example",
    "/\\@elders.example",
    "/x\\@elders.example",
    "/x\\..\\y",
    " /x",
    "\t/x",
    "\n/x",
    "/ /elders.example",
    "/x y",
    "/x\r\nSet-Cookie: a=b",
    "/x\n",
    "/é",
    "/\u2028x",
    "/\u3002elders.example",
    "/\uff0felders.example",
    "\uff0f\uff0felders.example",
    "/\u2215elders.example",
    "/\ufeffx",
    "\ufeff//elders.example",
    "/\ud800",
    "/\U0001f600",
    "/" + "a" * LONGEST,
    *CONTROLS,
]


def lands_on(target: str) -> str:
    """The host that a browser goes to, by the steps of the WHATWG URL standard."""
    seen = re.sub(r"[\t\r\n]", "", target.strip("".join(map(chr, range(0x21)))))
    joined = urljoin("https://portaal.example/inloggen", seen.replace("\\", "/"))
    return f"{urlsplit(joined).scheme}://{urlsplit(joined).netloc}"


@pytest.mark.parametrize("url", GOOD)
def test_an_address_of_our_own_is_kept(url: str) -> None:
    assert safe_target(url) == url
    assert lands_on(url) == "https://portaal.example"


def test_there_are_more_than_sixty_bad_ones() -> None:
    assert len(set(BAD)) > 60


@pytest.mark.parametrize("url", BAD, ids=repr)
def test_a_bad_address_is_refused(url: str | None) -> None:
    assert safe_target(url) is None


PIECES = st.sampled_from(
    [
        *("/", "//", "\\", "@", ":", ".", "..", "?", "#", "%2f", "%5c", "https:", "javascript:"),
        *(
            "elders.example",
            "127.0.0.1",
            "\t",
            "\n",
            "\r",
            "\x00",
            " ",
            "\u2028",
            "\uff0f",
            "é",
            "x",
        ),
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=8).map("".join)))
@example("/\t/elders.example")
def test_whatever_passes_stays_here(url: str) -> None:
    target = safe_target(url)
    if target is not None:
        assert lands_on(target) == "https://portaal.example"
        assert target.isascii()
        assert target.isprintable()


@given(st.lists(PIECES, max_size=8).map(lambda pieces: "/" + "".join(pieces)))
def test_whatever_passes_after_a_slash_stays_here(url: str) -> None:
    assert safe_target(url) is None or lands_on(url) == "https://portaal.example"
