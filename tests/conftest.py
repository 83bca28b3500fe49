"""Where the fixtures are; each file of tests/support holds one kind."""

pytest_plugins = [
    "tests.support.strictness",
    "tests.support.databases",
    "tests.support.applications",
    "tests.support.browser",
]
