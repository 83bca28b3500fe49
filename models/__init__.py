"""The domain. Importing this package maps every entity."""

from models import (
    activiteit,
    base,
    contractpartij,
    dashboard,
    gebruiker,
    historie,
    lijsten,
    project,
    samenwerkingspartner,
    school,
    techniek,
    verantwoording,
)

__all__ = [
    "activiteit",
    "base",
    "contractpartij",
    "dashboard",
    "gebruiker",
    "historie",
    "lijsten",
    "project",
    "samenwerkingspartner",
    "school",
    "techniek",
    "verantwoording",
]
