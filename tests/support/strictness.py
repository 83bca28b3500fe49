"""How thorough a run is, and that nothing is skipped."""

import os
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

# `make test-all`: full counts. A constant as well, for parametrize.
FULL = os.environ.get("CMK_TEST_FULL", "") == "1"
CI = os.environ.get("CI", "") not in {"", "0", "false"}

# Deadlines measure how busy the machine is, not the code. The examples are the
# same each time, so that a red run is caused by the change under test; only a
# full run on somebody's own machine goes looking for new ones.
settings.register_profile(
    "snel",
    max_examples=15,
    stateful_step_count=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "volledig",
    settings.get_profile("snel"),
    max_examples=100,
    stateful_step_count=30,
    derandomize=CI,
    print_blob=True,
)
settings.load_profile("volledig" if FULL else "snel")

# For a test that fills its database anew for every example.
SLOW = settings(
    max_examples=60 if FULL else 6,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.large_base_example],
)


@pytest.fixture(scope="session")
def full() -> bool:
    """Whether to run the full counts (races, fuzz, every page by every role)."""
    return FULL


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skipped test fails: what didn't run proves nothing."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Een test mag niet worden overgeslagen: {report.longrepr}"
    return report
