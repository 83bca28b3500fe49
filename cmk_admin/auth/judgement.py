"""Whether a new password is good enough: length first, and nothing that others guess.

What the manual advises (capital, small letter, digit, special) is a list on the page, no rule:
a long sentence needs none of it, and `CultuurOost2025!` has it all and is guessed at once.
"""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from math import prod
from typing import Any

from zxcvbn import matching, scoring, time_estimates

SHORTEST, LONGEST = 12, 1024
TOO_SHORT = (
    f"Kies een wachtwoord van minstens {SHORTEST} tekens. Een paar woorden achter elkaar is prima."
)
TOO_LONG = f"Een wachtwoord heeft hoogstens {LONGEST} tekens."
EASY = (
    "Dit wachtwoord is makkelijk te raden: het bestaat vooral uit bekende woorden, namen,"
    " jaartallen of herhaling. Zet er een paar woorden bij die niets met elkaar te maken hebben."
)
#: What must be left over once everything that others guess is counted as one character a piece.
LEFT = 8
#: zxcvbn's marks are 0 to 4; from 3 on a stolen table of hashes is not enough to guess it.
MARK = 3
#: So many characters are shown to it. It tries every reading of signs that stand for letters: of
#: more readings than these that takes seconds, so then there is but one.
MARKED, READINGS = 32, 32

LEET = str.maketrans("0134578@$!", "oieastbasi")
#: Words of this portal, of the trade and the region, and what people take for passwords.
WORDS = re.findall(
    r"\w+",
    """
    cultuur cultuuroost oost cultuurpunt cultuureducatie educatie kwaliteit cmk portaal
    cmkportaal gelderland gelders gelderse provincie arnhem nijmegen apeldoorn ede doetinchem
    zutphen tiel wageningen achterhoek veluwe liemers rivierenland betuwe nederland holland
    amsterdam rotterdam utrecht school scholen leerling leerlingen docent leraar leerkracht
    project projectleider routebegeleider adviseur beheerder datamanager verantwoording
    activiteit activiteiten muziek theater dans museum kunst erfgoed wachtwoord password
    passwort pass welkom welcome hallo hello geheim secret inloggen login admin administrator
    beheer gebruiker user test testen demo proef tijdelijk nieuw changeme letmein iloveyou
    ikhouvanjou liefde love schatje lieverd schat princess dragon monkey master shadow superman
    batman pokemon football voetbal ajax feyenoord psv vitesse baseball sunshine trustno qwerty
    qwertyuiop azerty asdf asdfgh asdfghjkl zxcv zxcvbn zxcvbnm qazwsx abc abcd abcdef abcdefgh
    poiuyt lkjhgf lente zomer herfst winter spring summer autumn maandag dinsdag woensdag
    donderdag vrijdag zaterdag zondag januari februari maart april mei juni juli augustus
    september oktober november december vakantie kerst kerstmis sinterklaas koningsdag pasen
    verjaardag hond kat poes paard konijn bloem bloemen zon maan ster sterren huis thuis
    familie mama papa oma opa moeder vader broer zus jan piet kees klaas anna maria sophie emma
    daan sem lucas de het een en van in op met is voor aan bij naar
    """,
)
YEARS = r"(?:19|20)\d\d"
NUMBERS = "01234567890123456789"


def fault_in(password: str, own: Iterable[str] = ()) -> str | None:
    """The sentence that says why not; None when it is good. own: name and address of the person."""
    if len(password) < SHORTEST:
        return TOO_SHORT
    if len(password) > LONGEST:
        return TOO_LONG
    return EASY if _is_common(password, own) or _strength(password, own) < LEFT else None


def _is_common(password: str, own: Iterable[str]) -> bool:
    """What lists of stolen passwords begin with, keyboard walks and English words; zxcvbn knows
    no Dutch and nothing of this portal, so it is not asked alone."""
    shown = password[:MARKED]
    # With words of its own: zxcvbn's front door keeps those of the last person for everybody.
    words = matching.build_ranked_dict([word.lower() for word in (*WORDS, *own)])
    lists = {**matching.RANKED_DICTIONARIES, "user_inputs": words}
    found = _guesses_at(shown, lists)
    guesses = scoring.most_guessable_match_sequence(shown, found)["guesses"]
    mark: int = time_estimates.guesses_to_score(Decimal(guesses))
    return mark < MARK


def _guesses_at(shown: str, lists: dict[str, Any]) -> list[Any]:
    """What others would try of it: words, walks over the keyboard, rows and dates."""
    signs = matching.relevant_l33t_subtable(shown, matching.L33T_TABLE).values()
    if prod(map(len, signs)) <= READINGS:
        return list(matching.omnimatch(shown, lists))
    found = matching.dictionary_match(shown.translate(LEET), _ranked_dictionaries=lists)
    for matcher in (
        matching.dictionary_match,
        matching.spatial_match,
        matching.sequence_match,
        matching.regex_match,
        matching.date_match,
    ):
        found += matcher(shown, _ranked_dictionaries=lists)
    return sorted(found, key=lambda match: (match["i"], match["j"]))


def _strength(password: str, own: Iterable[str]) -> int:
    """How many characters are left when each guessable piece counts for one."""
    plain = _plain(password)
    names = {part for text in own for part in re.split(r"[^a-z]+", _plain(text)) if len(part) > 2}
    words = sorted({*WORDS, *names}, key=lambda word: -len(word))
    pattern = re.compile("|".join((YEARS, *map(re.escape, words))))
    found = (_left(pattern, form) for form in (plain, plain.translate(LEET)))
    return min(found)


def _left(pattern: re.Pattern[str], text: str) -> int:
    """Pieces that are known count for one; runs, repeats and number rows as well."""
    rest = re.sub(r"[^a-z0-9\x01]+", "", pattern.sub("\x01", text))
    for length in range(len(rest) // 2, 0, -1):
        rest = re.sub(rf"(.{{{length}}})\1+", r"\1", rest)
    rest = re.sub(r"\d{2,}", lambda row: "0" if _is_row(row[0]) else row[0], rest)
    return len(rest) + min(2, len(re.findall(r"[^a-z0-9]", text)))


def _is_row(digits: str) -> bool:
    return digits in NUMBERS or digits in NUMBERS[::-1]


def _plain(text: str) -> str:
    """Small letters without accents."""
    apart = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
