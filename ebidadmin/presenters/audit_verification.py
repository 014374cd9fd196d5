"""State of a verification of the trail from the screen: begun, how far it is, stopped, and what came of it in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ebidadmin.domain.pace import seconds_left
from ebidadmin.domain.staff import Staff
from ebidadmin.domain.tree_findings import Verification
from ebidadmin.errors import EbidError
from ebidadmin.presenters.notices import Notice, refusal
from ebidadmin.services import audit_heads, audit_tree
from ebidadmin.services.ports import Office
from ebidadmin.services.tree_check import Progress
from ebidadmin.services.tree_ports import HeadSigner, KeptAnchors, TrailTree
from ebidadmin.text import audit_tree as words
from ebidadmin.text import formats


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationView:
    """What a verification found, as shown: ``facts`` are pairs of label and value, ``findings`` what does not fit (the number of the event,
    what is wrong with it, what to do)."""

    said: Notice
    facts: tuple[tuple[str, str], ...]
    findings: tuple[tuple[str, str, str], ...]


class _StoppedError(Exception):
    """The person stopped it. Nothing of it is kept."""


class AuditVerification:
    """``opened``: whether the person asked for it; ``running``: whether one goes on; ``view`` and ``notice``: what came of the last one."""

    def __init__(
        self,
        office: Office,
        *,
        staff: Staff,
        tree: TrailTree,
        signer: Callable[[], HeadSigner | None],
        outside: Callable[[], KeptAnchors | None] = lambda: None,
    ) -> None:
        """``signer`` reads the key of the trail when it is needed, ``outside`` the anchors that the settings name; ``None`` where there are
        none."""
        self._office, self._staff, self._tree, self._signer = office, staff, tree, signer
        self._outside = outside
        self._stopped = False
        self._began = office.clock.now()
        self.opened = self.running = False
        self.view: VerificationView | None = None
        self.notice: Notice | None = None

    def open(self) -> None:
        self.opened = True

    def close(self) -> None:
        """Put it away, with what came of it; one that is running stays open."""
        if not self.running:
            self.opened, self.view, self.notice = False, None, None

    def begin(self) -> bool:
        """Whether a verification may begin: not while one is running."""
        if self.running:
            return False
        self.running, self._stopped = True, False
        self.view = self.notice = None
        self._began = self._office.clock.now()
        return True

    def stop(self) -> None:
        """Ask the running one to stop at its next safe point."""
        self._stopped = True

    def verify(self, *, full: bool, progress: Progress = lambda _done, _total: None) -> None:
        """Read the trail again, all of it or what came since the last signed head, after ``begin``. Takes as long as it takes."""

        def told(done: int, total: int) -> None:
            if self._stopped:
                raise _StoppedError
            progress(done, total)

        named = self._named()
        kept = named or KeptAnchors()
        try:
            result = audit_tree.verify(
                self._office,
                staff=self._staff,
                tree=self._tree,
                signer=self._signer(),
                full=full,
                anchors=kept.heads,
                outside=kept.findings,
                progress=told,
            )
            self.view = self._shown(result, named)
        except _StoppedError:
            self.notice = Notice("info", words.STOPPED)
        except EbidError as error:
            self.notice = refusal(error)
        finally:
            self.running = False

    def _named(self) -> KeptAnchors | None:
        """Anchors that cannot be read are told, and keep nobody from verifying the rest."""
        try:
            return self._outside()
        except EbidError as error:
            self.notice = refusal(error)
            return None

    def seconds_left(self, done: int, total: int | None) -> int | None:
        """What is left at the pace so far; ``None`` while there is too little to tell by."""
        passed = (self._office.clock.now() - self._began).total_seconds()
        return seconds_left(passed=passed, done=done, total=total)

    def _shown(self, result: Verification, named: KeptAnchors | None) -> VerificationView:
        since = None
        if result.since:
            since = audit_heads.signed_at(self._office, staff=self._staff, tree=self._tree, size=result.since)
        facts = (
            (words.FACT_CHECKED, words.checked(result)),
            (words.FACT_SINCE, words.since(result, since)),
            (words.FACT_AT, formats.exact_moment(result.at)),
            (words.FACT_ROOT, words.root(result)),
            (words.FACT_HEADS, words.heads(result)),
            (words.ANCHORS, words.anchors(named, unread=self.notice is not None)),
        )
        findings = tuple(
            ("" if one.seq is None else str(one.seq), words.said(one), words.advice(one))
            for one in result.findings
        )
        said = (
            Notice("success", words.GOOD)
            if result.good
            else Notice("error", words.bad(result), words.FIRST_STEPS)
        )
        return VerificationView(said=said, facts=facts, findings=findings)
