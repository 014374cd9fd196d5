"""A form of nothing but passwords, PINs or one-time codes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ebidadmin.screens.components.form import FieldForm, FormButton, FormRow, Submission

SUBMIT = "submit"


class SecretForm(FieldForm):
    """Hands the bytes of its inputs to ``handler`` and wipes them when it returns. ``fields`` are (key, label)."""

    def __init__(
        self,
        fields: Sequence[tuple[str, str]],
        submit_label: str,
        handler: Callable[[dict[str, bytearray]], None],
        *,
        hint: str = "",
        testid: str = "secret-form",
    ) -> None:
        rows = [FormRow(key, label, "password", required=True, hint=hint) for key, label in fields]

        def submitted(submission: Submission) -> None:
            handler(submission.secrets)

        super().__init__(rows, [FormButton(SUBMIT, submit_label, primary=True)], submitted, testid=testid)
