"""What all tests need of the process they run in."""

import signal

import pytest


def pytest_configure():
    # A shell's background job ignores SIGINT and so would every program the tests
    # start; the tests of Ctrl-C need programs that do not.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _away_from_the_source(tmp_path_factory):
    """Programs that tests start must find the installed package, not this folder's source."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("work"))
        yield
