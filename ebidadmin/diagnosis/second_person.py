"""Whether another person confirms at this desk, or one person alone types again what an act is about."""

from __future__ import annotations

from ebidadmin.config import Config
from ebidadmin.domain.diagnosis import Found, FoundCode, Helper, Item, Verdict


def look_at_second_person(config: Config) -> Found:
    """One person's desk is told as such; one that is taken for it without saying so is noted, because several may work there who
    expect to be asked."""
    wanted = {
        "import": config.imports.second_person,
        "permit": config.permit.second_person,
        "review": config.review.second_person,
        "registration": config.registration.second_person,
    }
    settings = ", ".join(f"{section}.second_person" for section, wants in wanted.items() if wants)
    if not settings:
        return Found(item=Item.SECOND_PERSON, verdict=Verdict.GOOD, code=FoundCode.NOBODY_CONFIRMS)
    if config.database.alone and config.database.one_person is None:
        return Found(
            item=Item.SECOND_PERSON,
            verdict=Verdict.ATTENTION,
            code=FoundCode.TYPED_UNSAID,
            helper=Helper.ADMINISTRATOR,
            facts={"settings": settings},
        )
    code = FoundCode.TYPED_CONFIRMATION if config.database.alone else FoundCode.ANOTHER_CONFIRMS
    return Found(item=Item.SECOND_PERSON, verdict=Verdict.GOOD, code=code, facts={"settings": settings})
