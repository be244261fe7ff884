"""What throw-away servers share: a free port, and an end that comes with the test run's."""

import contextlib
import ctypes
import signal
import socket
from collections.abc import Callable


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def die_with_parent(with_signal: signal.Signals) -> Callable[[], None]:
    """For preexec_fn: a server must not outlive a test run that is killed (on Linux)."""

    def ask() -> None:
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, with_signal)

    return ask
