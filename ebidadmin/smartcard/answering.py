"""A process that answers lines of JSON: started when first asked, waited for no longer than a limit, killed when it hangs.

What it answers has no say over this one: it may crash, hang or babble, and the worst is ``NoAnswerError``.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

LONGEST_ANSWER = 1 << 22
"""Bytes."""

CHUNK = 1 << 16


class NoAnswerError(Exception):
    """The process did not answer. ``late``: it was killed for taking too long, else it broke down."""

    def __init__(self, *, late: bool) -> None:
        super().__init__("too late" if late else "broke down")
        self.late = late


class _Running(NamedTuple):
    process: subprocess.Popen[bytes]
    into: int
    out: int


class AnsweringProcess:
    """One process at a time that answers JSON lines, started when first asked and again after it broke down or was killed."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        limit: float,
        start_limit: float,
        ready: Callable[[], Mapping[str, Any]],
    ) -> None:
        """``limit`` seconds for an answer; ``start_limit`` for the first one of each new process, which ``ready`` asks."""
        self._command = tuple(command)
        self._limit = limit
        self._start_limit = start_limit
        self._ready = ready
        self._running: _Running | None = None
        self._rest = b""

    def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """The answer. Raises ``NoAnswerError``; then the process is gone."""
        running = self._running
        try:
            if running is None or running.process.poll() is not None:
                running = self._start()
                self._exchange(running, self._ready(), self._start_limit)
            return self._exchange(running, question, self._limit)
        except NoAnswerError:
            self.close()
            raise
        except (OSError, ValueError) as error:
            self.close()
            raise NoAnswerError(late=False) from error

    def close(self) -> None:
        """End the process, whatever it is doing."""
        running, self._running, self._rest = self._running, None, b""
        if running is None:
            return
        running.process.kill()
        running.process.wait()
        os.close(running.into)
        os.close(running.out)

    def _start(self) -> _Running:
        self.close()
        their_in, into = os.pipe()
        out, their_out = os.pipe()
        try:
            process = subprocess.Popen(
                self._command,
                stdin=their_in,
                stdout=their_out,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError:
            os.close(into)
            os.close(out)
            raise
        finally:
            os.close(their_in)
            os.close(their_out)
        os.set_blocking(into, False)
        self._running = _Running(process, into, out)
        return self._running

    def _exchange(self, running: _Running, question: Mapping[str, Any], limit: float) -> dict[str, Any]:
        deadline = time.monotonic() + limit
        rest = memoryview(json.dumps(question).encode() + b"\n")
        while rest:
            if not select.select([], [running.into], [], max(0.0, deadline - time.monotonic()))[1]:
                raise NoAnswerError(late=True)
            rest = rest[os.write(running.into, rest[:CHUNK]) :]
        answer = json.loads(self._line(running, deadline))
        if not isinstance(answer, dict):
            raise NoAnswerError(late=False)
        return answer

    def _line(self, running: _Running, deadline: float) -> bytes:
        while b"\n" not in self._rest:
            if not select.select([running.out], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise NoAnswerError(late=True)
            chunk = os.read(running.out, CHUNK)
            if not chunk or len(self._rest) > LONGEST_ANSWER:
                raise NoAnswerError(late=False)
            self._rest += chunk
        line, _, self._rest = self._rest.partition(b"\n")
        return line
