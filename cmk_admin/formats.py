"""How values look to people, and how what they type becomes a value.

Money is whole cents, hours are Decimal, dates are `date`; on screen `€ 1.234,56`, `1,5`
and `dd-mm-jjjj`.
"""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from models.base import Keuze

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MONTHS = [
    "januari", "februari", "maart", "april", "mei", "juni",
    "juli", "augustus", "september", "oktober", "november", "december",
]  # fmt: skip
NO_MONEY = "Vul een bedrag in, bijvoorbeeld 1.234,56."
NO_HOURS = "Vul een aantal uren in, bijvoorbeeld 1,5."
NO_NUMBER = "Vul een heel getal in."
NO_DATE = "Vul een datum in als dd-mm-jjjj, bijvoorbeeld 31-12-2026."


def euro(cents: int | None) -> str:
    """123456 → "€ 1.234,56"; negative with a minus sign after the euro sign."""
    return "" if cents is None else f"€ {amount(cents)}"


def amount(cents: int | None) -> str:
    """123456 → "1.234,56"."""
    if cents is None:
        return ""
    whole, part = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole:,}".replace(",", ".") + f",{part:02d}"


def hours(value: Decimal | None) -> str:
    """Decimal("1.50") → "1,5"; at least one decimal, so that it reads as hours."""
    if value is None:
        return ""
    text = f"{value:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")
    return text.removesuffix("0")


def number(value: int | None) -> str:
    """12345 → "12.345"."""
    return "" if value is None else f"{value:,}".replace(",", ".")


def day(value: date | None) -> str:
    """A date as dd-mm-jjjj."""
    return "" if value is None else f"{value:%d-%m-%Y}"


def long_day(value: date) -> str:
    """31 december 2026."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def moment(value: datetime | None) -> str:
    """A moment as people in the Netherlands read it on their clock."""
    return "" if value is None else f"{value.astimezone(AMSTERDAM):%d-%m-%Y %H:%M}"


def day_of(value: datetime) -> date:
    """The day on the calendar of people in the Netherlands."""
    return value.astimezone(AMSTERDAM).date()


def yes_no(value: bool | None) -> str:
    return "" if value is None else ("Ja" if value else "Nee")


def file_size(size: int) -> str:
    """Bytes in the largest unit that gives at least 1."""
    for unit, factor in (("MB", 1024**2), ("kB", 1024)):
        if size >= factor:
            return f"{size / factor:.1f}".replace(".", ",") + f" {unit}"
    return f"{size} bytes"


def show(kind: str, value: Any) -> str:
    """Any value by the kind of its attribute (see attributes.Kind)."""
    if value is None:
        return ""
    if isinstance(value, Keuze):
        return value.label
    shapes: dict[str, Any] = {
        "money": euro,
        "hours": hours,
        "integer": number,
        "date": day,
        "moment": moment,
        "check": yes_no,
    }
    shape = shapes.get(kind, str)
    text: str = shape(value)
    return text


def parse_amount(text: str) -> int:
    """ "€ 1.234,56", "1234.56" or "1234" → cents; raises ValueError with a Dutch sentence."""
    plain = re.sub(r"[€\s\u00a0]", "", text)
    value = _decimal(plain, NO_MONEY)
    cents = value * 100
    if cents != cents.to_integral_value():
        raise ValueError("Een bedrag heeft hoogstens twee cijfers achter de komma.")
    return int(cents)


def parse_hours(text: str) -> Decimal:
    """ "1,5" or "1.5" → Decimal; raises ValueError with a Dutch sentence."""
    value = _decimal(re.sub(r"[\s\u00a0]", "", text), NO_HOURS)
    if value * 100 != (value * 100).to_integral_value():
        raise ValueError("Uren hebben hoogstens twee cijfers achter de komma.")
    return value


def _decimal(text: str, message: str) -> Decimal:
    """A Dutch or English number: the last comma or point is the decimal one.

    A single point before exactly three digits groups thousands: 1.234 is one thousand.
    """
    if not re.fullmatch(r"-?[\d.,]{1,20}", text) or not re.search(r"\d", text):
        raise ValueError(message)
    if "," in text:
        if text.count(",") > 1 or not re.fullmatch(r"-?(\d{1,3}(\.\d{3})+|\d*),\d*", text):
            raise ValueError(message)
        text = text.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"-?\d{1,3}(\.\d{3})+", text):
        text = text.replace(".", "")
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(message) from None


def parse_number(text: str) -> int:
    """ "1.234" or "1234" → int; raises ValueError with a Dutch sentence."""
    plain = re.sub(r"[\s\u00a0]", "", text)
    if re.fullmatch(r"-?\d{1,3}(\.\d{3})+", plain):
        plain = plain.replace(".", "")
    if not re.fullmatch(r"-?\d{1,18}", plain, re.ASCII):
        raise ValueError(NO_NUMBER)
    return int(plain)


def parse_day(text: str) -> date:
    """dd-mm-jjjj (also with / or ., or as 2026-12-31); raises ValueError with a Dutch sentence."""
    plain = text.strip()
    if match := re.fullmatch(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})", plain, re.ASCII):
        parts = [int(part) for part in match.groups()]
    elif match := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", plain, re.ASCII):
        parts = [int(part) for part in reversed(match.groups())]
    else:
        raise ValueError(NO_DATE)
    try:
        return date(parts[2], parts[1], parts[0])
    except ValueError:
        raise ValueError(f"{plain} bestaat niet. {NO_DATE}") from None
