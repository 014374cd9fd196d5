"""The pages of the staff guide that are made from the program: all sentences, and what suppliers ask.

``python -m tools.guide_pages`` writes them into docs/guide. They are committed like the other pages, so that whoever reads the guide
needs no program, and a test compares them with what this makes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ebidadmin.domain.findings import FindingCode
from ebidadmin.errors import Facts, FactValue
from ebidadmin.text import (
    backup_sentences,
    card_sentences,
    certificate_sentences,
    desk_requests,
    eligibility,
    follow_up_sentences,
    guide,
    import_requests,
    mail_sentences,
    permit_proposals,
    register_sentences,
    registration_sentences,
    report_sentences,
    staff_words,
    troubles,
    typed_confirmation,
)
from ebidadmin.text import diagnosis as diagnosis_words
from ebidadmin.text import error_sentences as errors
from ebidadmin.text.finding_sentences import SENTENCES
from ebidadmin.text.problem_sentences import PROBLEMS, ROW_PROBLEMS

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "guide"
ASKS = re.compile(r"[^。]*(?:ください|下さい)[^。]*。")
PLACE = re.compile(r"\{[^{}]*\}")


class _Several(tuple[str, ...]):
    """A list of values that nobody has filled in."""

    __slots__ = ()

    def __str__(self) -> str:
        return guide.BLANK


class _Blank(dict[str, FactValue]):
    """Facts that nobody has filled in, but for those on which the wording depends."""

    def get(self, name: str, default: object = None) -> FactValue:
        if name in self:
            return self[name]
        return None if name in {"valid_from", "valid_to"} else _Several((guide.BLANK,))


VARIANTS: Mapping[FindingCode, tuple[Mapping[str, FactValue], ...]] = {
    FindingCode.PERMIT_MISSING: ({"latest_state": ""}, {"latest_state": guide.BLANK}),
    FindingCode.PERMIT_EXPIRED: ({"when": "not-yet"}, {"when": "over"}),
    FindingCode.REGISTER_MISSING: ({"vanished": False}, {"vanished": True}),
    FindingCode.REGISTER_LAPSED: ({"when": "not-yet"}, {"when": "over"}),
    FindingCode.NAME_VARIANT: ({"match": "prefix"}, {"match": "variant"}),
    FindingCode.CHANGED_SINCE_APPLICATION: ({"kind": "added"}, {"kind": "changed"}),
}
"""The facts by which one finding has several wordings."""


def findings() -> Iterator[tuple[str, str]]:
    """Every wording of every finding, by code."""
    for code, told in SENTENCES.items():
        for chosen in VARIANTS.get(code, ({},)):
            facts: Facts = _Blank(chosen)
            yield code.value, told(facts).replace("期間の定めなし", guide.BLANK)


def pairs(*tables: Mapping[str, str]) -> Callable[[], Iterator[tuple[str, str]]]:
    """Codes with their sentences, in the order of the tables."""
    return lambda: ((code, text) for table in tables for code, text in table.items())


def by_value(table: Mapping[object, str]) -> dict[str, str]:
    """A table by the values of its codes."""
    return {str(getattr(code, "value", code)): text for code, text in table.items()}


def lacks() -> Iterator[tuple[str, str]]:
    """What is missing for taking part, as sentences."""
    return ((lack.value, f"{text}。") for lack, text in eligibility.LACKS.items())


KEEPING = ("audit-", "erasure-", "event-", "tsa-")
"""How the codes begin that are about the trail's seals and about erasing: an administrator's, whichever table they stand in."""


def _people(table: Mapping[str, str]) -> dict[str, str]:
    return {code: text for code, text in table.items() if not code.startswith(KEEPING)}


def _kept(*tables: Mapping[str, str]) -> dict[str, str]:
    return {code: text for table in tables for code, text in table.items() if code.startswith(KEEPING)}


PARTS: Mapping[str, Callable[[], Iterator[tuple[str, str]]]] = {
    "rules": pairs(_people(errors.RULES)),
    "input": pairs(errors.INPUT, PROBLEMS),
    "findings": findings,
    "desk": pairs(desk_requests.DESK_REQUESTS),
    "permits": pairs(permit_proposals.PROPOSALS, errors.PAPERS),
    "imports": pairs(_people(errors.IMPORTS), register_sentences.REGISTER, import_requests.REQUESTS),
    "rows": pairs(ROW_PROBLEMS),
    "cards": pairs(card_sentences.CARDS, registration_sentences.CARD_RULES),
    "certificates": pairs(
        certificate_sentences.CERTIFICATES, by_value(dict(certificate_sentences.REASONS.items()))
    ),
    "ids": pairs(registration_sentences.ID_RULES),
    "follow-ups": pairs(by_value(dict(follow_up_sentences.SENTENCES.items()))),
    "eligibility": lacks,
    "reports": pairs(report_sentences.REPORTING),
    "mail": pairs(mail_sentences.MAIL_SERVER),
    "diagnosis": pairs({k: v for k, v in diagnosis_words.FOUND.items() if k not in guide.NO_FAULTS}),
    "typed": pairs(typed_confirmation.TYPED),
    "office": pairs(_people(errors.DESK), staff_words.STAFF),
    "keeping": pairs(_kept(errors.RULES, errors.IMPORTS, errors.DESK)),
    "storage": pairs(errors.STORAGE),
    "backups": pairs(backup_sentences.BACKUPS),
}
"""What each part of the page of all sentences has."""


def shown(sentence: str) -> str:
    """A sentence with blanks for what is filled in."""
    plain = sentence.replace("{{", "\0").replace("}}", "\1")
    return PLACE.sub(guide.BLANK, plain).replace("\0", "{").replace("\1", "}")


def remedy(code: str, sentence: str) -> str:
    """What to do: what the sentence asks for, else what is kept beside the codes. Raises ``KeyError`` where neither says it."""
    asked = "".join(ASKS.findall(sentence))
    return asked or guide.REMEDIES[code]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def messages_page() -> str:
    """All sentences, by screen."""
    lines = [f"# {guide.MESSAGES_TITLE}", "", guide.MESSAGES_LEAD, guide.MESSAGES_CODE_LEAD]
    for part, listed in PARTS.items():
        title, lead = guide.GROUPS[part]
        lines += ["", f"## {title}", "", lead, "", _row(*guide.MESSAGES_HEADINGS), "|---|---|---|"]
        for code, sentence in listed():
            text = shown(sentence)
            lines.append(_row(_cell(text), _cell(remedy(code, text)), f"`{code}`"))
    return "\n".join([*lines, "", guide.BACK, ""])


def troubles_page() -> str:
    """What suppliers ask."""
    lines = [f"# {guide.TROUBLES_TITLE}", "", guide.TROUBLES_LEAD]
    for title, group in troubles.GROUPS:
        lines += ["", f"## {title}"]
        for one in group:
            screens = "、".join(f"[{each.title}]({each.guide}.md)" for each in one.screens)
            lines += [
                "",
                f"### {_cell(one.symptom)}",
                "",
                f"**{diagnosis_words.CAUSE}**: {_cell(one.cause)}",
                "",
            ]
            lines += [f"{number}. {_cell(step)}" for number, step in enumerate(one.remedy, 1)]
            lines += ["", f"**{diagnosis_words.SCREENS}**: {screens}"]
    return "\n".join([*lines, "", guide.BACK, ""])


def pages() -> dict[str, str]:
    """The made pages, by file name."""
    return {"messages.md": messages_page(), "troubles.md": troubles_page()}


def main() -> None:
    """Write them."""
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
