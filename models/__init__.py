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
]
