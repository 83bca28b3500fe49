"""Where the fixtures are; each file of tests/support holds one kind."""

# A file comes after those that it imports: pytest rewrites a plugin's asserts on its first import.
pytest_plugins = [
    "tests.support.strictness",
    "tests.support.applications",
    "tests.support.databases",
    "tests.support.browser",
    "tests.support.portal",
]
