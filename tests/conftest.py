"""What all tests need of the process they run in."""

import signal


def pytest_configure():
    # A shell's background job ignores SIGINT and so would every program the tests
    # start; the tests of Ctrl-C need programs that do not.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
