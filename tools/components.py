"""Programs and fonts of the operating system that some tests need, and how to tell that they are there."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")
SOFTHSM_LIBRARIES = (
    Path("/usr/lib/softhsm/libsofthsm2.so"),
    Path("/usr/lib64/softhsm/libsofthsm2.so"),
    Path("/usr/local/lib/softhsm/libsofthsm2.so"),
)
OPENSC_LIBRARIES = (
    *Path("/usr/lib").glob("*-linux-gnu/opensc-pkcs11.so"),
    Path("/usr/lib64/opensc-pkcs11.so"),
    Path("/usr/lib/opensc-pkcs11.so"),
)
VIRTUAL_READER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
POSTGRESQL = Path("/usr/lib/postgresql")
"""Where Debian keeps the programs of the server, off the path, a folder per version."""


@dataclass(frozen=True)
class Component:
    """One thing to be installed from outside Python.

    It is there when one of ``programs`` is on the path, or one of ``fonts`` or ``files`` exists, or something that
    ``patterns`` (folder and pattern) find.
    ``package`` is its name in Debian.
    """

    package: str
    purpose: str
    programs: tuple[str, ...] = ()
    fonts: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    patterns: tuple[tuple[Path, str], ...] = ()

    def present(self) -> bool:
        """Whether it can be used."""
        if any(shutil.which(program) for program in self.programs) or any(
            path.exists() for path in self.files
        ):
            return True
        if any(True for folder, pattern in self.patterns for _ in folder.glob(pattern)):
            return True
        return any(True for folder in FONT_FOLDERS for name in self.fonts for _ in folder.rglob(name))


COMPONENTS = {
    "chromium": Component("chromium", "browser tests", programs=("chromium", "chromium-browser")),
    "interface-font": Component(
        "fonts-ipaexfont-gothic", "Japanese in the browser's pictures", fonts=("ipaexg.ttf",)
    ),
    "fallback-font": Component("fonts-ipamj-mincho", "rare kanji on printed pages", fonts=("ipamjm.ttf",)),
    "pdf-tools": Component("poppler-utils", "looking into PDF files", programs=("pdffonts",)),
    "libreoffice": Component(
        "libreoffice-calc-nogui", "opening exports as a clerk does", programs=("soffice",)
    ),
    "openssl": Component("openssl", "a time-stamping authority", programs=("openssl",)),
    "postgres": Component(
        "postgresql",
        "the second kind of database",
        programs=("initdb",),
        patterns=((POSTGRESQL, "*/bin/initdb"),),
    ),
    "softhsm": Component("softhsm2", "a software card", programs=("softhsm2-util",), files=SOFTHSM_LIBRARIES),
    "pcscd": Component("pcscd", "the service between programs and card readers", programs=("pcscd",)),
    "virtual-reader": Component("vsmartcard-vpcd", "card readers without hardware", files=(VIRTUAL_READER,)),
    "opensc": Component("opensc", "asking cards without ebidadmin", programs=("pkcs11-tool",)),
    "opensc-module": Component("opensc-pkcs11", "card software", files=OPENSC_LIBRARIES),
    "c-compiler": Component("gcc", "card software that misbehaves", programs=("gcc",)),
    "c-headers": Component(
        "libc6-dev", "card software that misbehaves", files=(Path("/usr/include/stdlib.h"),)
    ),
}
"""What ``make test`` installs where it may; the keys are what a test asks for."""


def missing() -> dict[str, Component]:
    """The components that are not there."""
    return {name: component for name, component in COMPONENTS.items() if not component.present()}
