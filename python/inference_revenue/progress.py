"""What a run says as it works: a moving line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from typing import TextIO

LINE_LENGTH = 79


class Progress:
    """Says steps and counts nodes on one stream, or nowhere."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self._moving = stream is not None and stream.isatty()
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since the progress was made."""
        return time.monotonic() - self._started

    def say(self, text: str) -> None:
        """One line that stays."""
        self._clear()
        self._write(text + "\n")

    def node(
        self, number: int, total: int, name: str, seconds: float, status: str | None
    ) -> None:
        """Node `number` of `total` is done; `status` says how, if not well."""
        width = len(str(total))
        text = f"  {number:>{width}} of {total}  {seconds:7.2f} s  {name}"
        if status:
            self.say(f"{text}  {status}")
        elif self._moving:
            self._clear()
            self._write(text[:LINE_LENGTH])
        else:
            self.say(text)

    def done(self) -> None:
        """Leave no half line behind."""
        self._clear()

    def _clear(self) -> None:
        if self._moving:
            self._write("\r" + " " * LINE_LENGTH + "\r")

    def _write(self, text: str) -> None:
        if self._stream is not None:
            self._stream.write(text)
            self._stream.flush()
