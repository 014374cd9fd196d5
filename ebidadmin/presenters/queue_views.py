"""State of a person's views of the queue: where the screen begins, what it remembers, and the views under a name."""

from __future__ import annotations

from dataclasses import replace

from ebidadmin.domain.staff import Staff
from ebidadmin.errors import EbidError, InputError
from ebidadmin.presenters.notices import Notice, done, refusal
from ebidadmin.presenters.review_queue import FILTERS, SORTS, ListRequest
from ebidadmin.services import queue_views
from ebidadmin.services.ports import Office
from ebidadmin.services.queue_views import QueueView, ViewStore
from ebidadmin.text import messages
from ebidadmin.text import queue_views as words

_OFFERED = {key: {value for value, _ in options} for key, _, options in FILTERS}


class QueueViews:
    """``names`` are the person's views; ``naming`` whether one is about to get its name; ``errors`` what is wrong with that name."""

    def __init__(self, office: Office, *, staff: Staff, store: ViewStore) -> None:
        self._office, self._staff, self._store = office, staff, store
        self._kept: QueueView | None = None
        self._views: dict[str, QueueView] = {}
        self.naming = False
        self.errors: dict[str, str] = {}
        self.notice: Notice | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._views)

    def start(self) -> tuple[ListRequest, str]:
        """The page at which the screen begins, and the case to open again (empty for none)."""
        try:
            self._kept = queue_views.place(self._office, staff=self._staff, store=self._store)
            self._read()
        except EbidError as error:
            self.notice = refusal(error)
        if self._kept is None:
            return ListRequest(), ""
        return request_of(self._kept), self._kept.opened

    def follow(self, request: ListRequest, opened: str) -> None:
        """The person stands there now. That it could not be kept is told; the work goes on."""
        view = replace(view_of(request), opened=opened)
        if view == self._kept:
            return
        try:
            queue_views.remember(self._office, staff=self._staff, store=self._store, view=view)
        except EbidError as error:
            self.notice = Notice("warning", words.NOT_REMEMBERED, (messages.sentence(error),))
            return
        self._kept = view

    def use(self, name: str) -> ListRequest | None:
        """The first page of that view; ``None`` where it is gone."""
        self.notice, self.naming = None, False
        view = self._views.get(name)
        return None if view is None else request_of(view)

    def begin(self) -> None:
        """Ask for the name of the view that is to be kept."""
        self.naming, self.errors, self.notice = True, {}, None

    def cancel(self) -> None:
        """Keep nothing."""
        self.naming, self.errors = False, {}

    def save(self, name: str, request: ListRequest) -> None:
        """Keep how the list looks now under that name."""
        self.errors, self.notice = {}, None
        try:
            kept = queue_views.save(
                self._office, staff=self._staff, store=self._store, name=name, view=view_of(request)
            )
            self._read()
        except InputError as error:
            self.errors = {problem.where: messages.problem_sentence(problem) for problem in error.problems}
            return
        except EbidError as error:
            self.naming, self.notice = False, refusal(error)
            return
        self.naming, self.notice = False, done(words.SAVED.format(name=kept))

    def drop(self, name: str) -> None:
        """Forget that view."""
        self.notice = None
        try:
            queue_views.drop(self._office, staff=self._staff, store=self._store, name=name)
            self._read()
        except EbidError as error:
            self.notice = refusal(error)
            return
        self.notice = done(words.DROPPED.format(name=name))

    def _read(self) -> None:
        self._views = dict(queue_views.saved(self._office, staff=self._staff, store=self._store))


def view_of(request: ListRequest) -> QueueView:
    """How a request is kept."""
    return QueueView(
        sort=request.sort,
        descending=request.descending,
        search=request.search,
        filters={key: value for key, value in request.filters.items() if value},
        cursor=request.cursor,
        backward=request.backward,
    )


def request_of(view: QueueView) -> ListRequest:
    """The request of a kept view; what the list does not offer any more is left out."""
    sort = view.sort if view.sort in SORTS else ListRequest().sort
    return ListRequest(
        sort=sort,
        descending=view.descending,
        search=view.search,
        filters={key: value for key, value in view.filters.items() if value in _OFFERED.get(key, ())},
        cursor=view.cursor if sort == view.sort else None,
        backward=view.backward,
    )
