"""Looks for what was entered of the supplier in every byte of an office: said here a second time, on purpose."""

from __future__ import annotations

import base64
import hashlib
import html
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from email import message_from_bytes, policy
from pathlib import Path

from pypdf import PdfReader
from sqlalchemy import Engine, text

from ebidadmin.config import load_config
from ebidadmin.persistence.engine import make_engine
from tests.cards.office import facts
from tests.erasing import life
from tests.imports.test_apply import record

CARD = f"card {life.N}".encode()
VALUES = (
    *("テスト商会92", "アカマガセキショウカイ", life.MOVED, life.CORRECTED, "山口県下関市南部町92番1号"),
    *("下関 太郎92", "083-231-0092", "0832310092", "083-232-0092", "acceptor92@example.co.jp"),
    *("shoukai92@example.co.jp", "shoukai0092", record(life.N).corporate_number),
    *(facts(life.N, CARD).serial, hashlib.sha256(CARD).hexdigest(), base64.b64encode(CARD).decode()),
    *(life.NOTED, life.ASKED, life.ANSWERED, life.REASON, life.ADVICE, life.SEARCHED, "営業部第92課"),
)
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp932")


def spellings(value: str) -> Iterator[bytes]:
    for spelled in (value, json.dumps(value)[1:-1], html.escape(value)):
        yield from (spelled.encode(encoding) for encoding in ENCODINGS)


NEEDLES = {needle: value for value in VALUES for needle in spellings(value)}


def found(content: bytes, needles: Mapping[bytes, str]) -> set[str]:
    return {value for needle, value in needles.items() if needle in content}


def opened(path: Path) -> Iterator[bytes]:
    """The bytes of a file, and what is packed in it."""
    content = path.read_bytes()
    yield content
    if content.startswith(b"PK"):
        package = zipfile.ZipFile(io.BytesIO(content))
        yield from map(package.read, package.namelist())
    if content.startswith(b"%PDF"):
        for page in PdfReader(io.BytesIO(content)).pages:
            told = page.extract_text()
            yield told.encode()
            yield "".join(told.split()).encode()
    if path.suffix == ".eml":
        for part in message_from_bytes(content, policy=policy.default).walk():
            yield "\n".join(map(str, part.values())).encode()
            yield bytes(part.get_payload(decode=True) or b"")


def everywhere(office: Path, *more: str) -> dict[str, set[str]]:
    """Which files say which values: of the office, of its database, and of the server of that."""
    needles = {**NEEDLES, **{needle: value for value in more for needle in spellings(value)}}
    told: dict[str, set[str]] = {}
    for path in (*office.rglob("*"), *tables(make_engine(load_config(office).database_url))):
        if path.is_file():
            met = {value for content in opened(path) for value in found(content, needles)}
            if met:
                told[path.name] = told.get(path.name, set()) | met
    return told


def tables(engine: Engine) -> Iterator[Path]:
    """The files of the tables of this database, as they are on the disk."""
    if engine.dialect.name == "sqlite":
        yield from Path(str(engine.url.database)).parent.glob("*.sqlite*")
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))
        folder = str(connection.scalar(text("SHOW data_directory")))
        number = connection.scalar(text("SELECT oid FROM pg_database WHERE datname = current_database()"))
    engine.dispose()
    yield from (Path(folder) / "base" / str(number)).iterdir()
