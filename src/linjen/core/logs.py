"""Logs: JSON lines with a request id, in which personal numbers, phone numbers and addresses are masked.

Every line passes `mask`, whether it comes from Linjen, the standard library or uvicorn. Values are masked
recursively; objects show only their type, so that a record of a person can never be written out whole; and the
names in `LEFT_OUT` are dropped whatever they hold, which keeps message bodies out.
"""

from __future__ import annotations

import json
import logging
import math
import re
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any, Final, TextIO, cast
from urllib.parse import unquote
from uuid import UUID

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from linjen.core.ids import new_id

# fmt: off
LEFT_OUT: Final = frozenset({
    "answer", "answers", "authorization", "body", "content", "cookie", "cookies", "draft", "email", "form",
    "given_name", "headers", "mobile", "name", "note", "params", "password", "personal_number", "phone", "query",
    "secret", "surname", "text", "token",
})
# fmt: on

_LONGEST_TEXT: Final = 2_000
_LONGEST_TRACE: Final = 20_000
_DEEPEST: Final = 6
_TRACES: Final = frozenset({"exception", "stack"})

# -- the request -----------------------------------------------------------------------------------------------------

_request_id: ContextVar[str] = ContextVar("linjen_request_id", default="")
_ACCEPTED_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


@contextmanager
def request_scope(offered: str | None = None) -> Iterator[str]:
    """Gives every line logged inside one `request_id`: the proxy's, when it looks like one, else a fresh UUID."""
    accepted = offered is not None and _ACCEPTED_ID.fullmatch(offered) and mask_text(offered) == offered
    token = _request_id.set(cast(str, offered) if accepted else str(new_id()))
    try:
        yield _request_id.get()
    finally:
        _request_id.reset(token)


def request_id() -> str:
    """The id of the request being served, or an empty text outside one."""
    return _request_id.get()


# -- masking ---------------------------------------------------------------------------------------------------------

_SENSITIVE = re.compile(
    r"""
    (?P<kept> \b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b      # a UUID of ours
            | \b(?=[0-9]*[a-f])[0-9a-f]{24,}\b                                      # a digest
            | \bSE[0-9]{10}-(?=[0-9a-z]) )                                           # an HSA-id
  | (?P<query> (?<=[^\s?])\?[^\s?"'<>=]*=[^\s"'<>]* )                               # ?…=…, in any address
  | (?P<mail> (?<![^\s@<>"'(),;:=])[^\s@<>"'(),;:=]+@[^\s@<>"'(),;:/]+\.\w{2,} )
  | (?P<number> (?<![0-9])(?<![0-9]\.)
        (?: (?:[0-9]{2})?[0-9]{2}-?[0-9]{2}-?[0-9]{2} \s?[-+‐‑–−]?\s? [0-9]{4} (?![0-9])
          | [0-9]{8}[-‐‑–−]?(?=[0-9]*[a-z])[0-9a-z]{4}(?![0-9a-z])                  # reserve numbers
          | [0-9]{6}[-+‐‑–−]?[a-z][0-9]{3}(?![0-9a-z]) ) )                          # interim numbers
  | (?P<phone> (?<![0-9])(?<![0-9]\.)
        (?: (?:\+|00)[1-9](?:[\s()/–-]{0,2}[0-9]){6,14}
          | 0[1-9](?:[\s()/–-]{0,2}[0-9]){5,9} ) (?![0-9]) )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_DATABASE_DETAIL = re.compile(r"^\s*(DETAIL|CONTEXT):.*$", re.MULTILINE)


def mask_text(text: str) -> str:
    """`text` without personal numbers (any kind, with or without separator), phone numbers, e-mail, query strings."""
    # A lone surrogate would stop the line from being written at all.
    clean = text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
    return _SENSITIVE.sub(lambda found: found[0] if found["kept"] else f"<{found.lastgroup}>", clean)


def mask(value: object, depth: int = 0) -> object:
    """`value` as plain masked data: dict, list, str, int, float, bool or None; another object is its type's name."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return mask(value.value, depth)
    if isinstance(value, str):
        return _shortened(mask_text(value), _LONGEST_TEXT)
    if isinstance(value, int | float | Decimal):
        return _masked_figure(value)
    if isinstance(value, UUID | datetime | date | time | timedelta):
        return str(value)
    if isinstance(value, PurePath):
        return mask_text(str(value))
    if isinstance(value, BaseException):
        return mask_text(f"{type(value).__name__}: {value}")[:_LONGEST_TEXT]
    if depth >= _DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {mask_text(str(key)): _masked_item(str(key), item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [mask(item, depth + 1) for item in value]
    if isinstance(value, bytes | bytearray | memoryview):
        return f"<{len(value)} bytes>"
    return f"<{type(value).__name__}>"


def _masked_item(key: str, value: object, depth: int) -> object:
    if key.lower() in LEFT_OUT:
        return "<left out>"
    if key in _TRACES and isinstance(value, str):
        return _shortened(mask_text(_DATABASE_DETAIL.sub("<detail left out>", value)), _LONGEST_TRACE)
    return mask(value, depth)


def _masked_figure(value: float | Decimal) -> object:
    if not math.isfinite(value):
        return str(value)  # JSON has no infinity and no "not a number"
    whole = int(value)
    if whole == value and (abs(whole) >= 10**20 or mask_text(str(whole)) != str(whole)):
        return "<number>"
    return whole if isinstance(value, int) else float(value)


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest // 2]}…{text[-longest // 2 :]}"


# -- the chain -------------------------------------------------------------------------------------------------------


def _add_request_id(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    if current := _request_id.get():
        line["request_id"] = current
    return line


def _mask_line(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    # Underscored keys are the library's own and are taken away before the line is written.
    masked = {key: value if key.startswith("_") else _masked_item(key, value, 0) for key, value in line.items()}
    return cast(EventDict, masked)


def _requests_without_query(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    """uvicorn's access line as fields: no client address, no query string, and the path in plain letters."""
    arguments = line.pop("positional_args", ())
    if line["_record"].name != "uvicorn.access" or len(arguments) != 5:
        return line
    _client, method, target, _version, status = arguments
    path = unquote(str(target).partition("?")[0], errors="replace")
    printable = "".join(character if character.isprintable() else "�" for character in path)
    line.update(event="request", method=method, path=printable, status=status)
    return line


_SHARED: Final[list[Processor]] = [
    _add_request_id,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.ExceptionRenderer(),
]

# Set up at import, so that a line is masked even when nobody called set_up_logging (a script, a test, a crash).
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        *_SHARED,
        _mask_line,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=False,
)


def _as_json(_: WrappedLogger, __: str, line: MutableMapping[str, Any]) -> str:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"))


class _Handler(logging.StreamHandler[TextIO]):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """The library would print the raw arguments; we say only that a line was lost, and where."""
        try:
            lost = {"event": "log_line_lost", "logger": record.name, "file": record.filename, "line": record.lineno}
            self.stream.write(json.dumps(lost) + "\n")
        except (OSError, ValueError):
            return  # the stream itself is gone, so there is nowhere left to say it


def set_up_logging(stream: TextIO, as_json: bool, level: int = logging.INFO) -> None:
    """Sends every log line of the process to `stream`: JSON lines, or readable text for a terminal.

    Start uvicorn with `log_config=None`, otherwise it puts its own handlers back. May be called again.
    """
    renderer: Processor = (
        _as_json
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    )
    handler = _Handler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_requests_without_query, *_SHARED, _mask_line],
            pass_foreign_args=True,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [other for other in root.handlers if not isinstance(other, _Handler)] + [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.NOTSET)  # an earlier server of this process may have made it deaf
    for name in ("aiohttp", "asyncio"):
        # Their everyday lines name addresses of other systems; what goes wrong is still heard.
        logging.getLogger(name).setLevel(logging.WARNING)


def get_log(name: str) -> structlog.stdlib.BoundLogger:
    """A logger: `log.info("case_taken", case_id=case_id)`. Events are snake_case names, facts are keyword arguments."""
    return cast(structlog.stdlib.BoundLogger, structlog.get_logger(name))
