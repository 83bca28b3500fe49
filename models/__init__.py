"""The domain. Importing this package maps every entity."""

from models import (
    activiteit,
    base,
    contractpartij,
    dashboard,
    gebruiker,
    historie,
    kwaliteit,
    lijsten,
    privacy,
    project,
    samenwerkingspartner,
    school,
    techniek,
    toegang,
    verantwoording,
    weergave,
)

__all__ = [
    "activiteit",
    "base",
    "contractpartij",
    "dashboard",
    "gebruiker",
    "historie",
    "kwaliteit",
    "lijsten",
    "privacy",
    "project",
    "samenwerkingspartner",
    "school",
    "techniek",
    "toegang",
    "verantwoording",
    "weergave",
]
