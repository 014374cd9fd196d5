"""Typed identifiers. All are text as people read them; none is ever computed with."""

from __future__ import annotations

from typing import NewType

SupplierNumber = NewType("SupplierNumber", str)
"""The register's 9-character key of a supplier; leading zeros belong to it."""

ApplicationNumber = NewType("ApplicationNumber", str)
"""The number under which an ID application was received."""

EnterpriseId = NewType("EnterpriseId", str)
"""16 digits, issued once per supplier number, shared by its cards and its ID. Never a number: Excel keeps 15 digits."""

PermitId = NewType("PermitId", str)
"""Key of one paper permit request, drawn from a sequence when it is recorded."""

DispatchId = NewType("DispatchId", str)
"""Key of one row of the dispatch register, drawn from a sequence."""

BatchId = NewType("BatchId", int)
"""Number of one applied qualification import; rising in the order of application. It is the register's version."""

RequestId = NewType("RequestId", str)
"""Key of one request for a second person's confirmation of a large import, drawn from a sequence when it is made."""

ProposalId = NewType("ProposalId", str)
"""Key of one proposal about a permit that waits for a second person, drawn from a sequence when it is made."""

DeskRequestId = NewType("DeskRequestId", str)
"""Key of one request of the review desk for a second person, drawn from a sequence when it is made."""

UserId = NewType("UserId", str)
"""The supplier's own log-in name for small purchases, unique ignoring case."""

CardId = NewType("CardId", str)
"""Key of one registered IC card, drawn from a sequence."""

CardSessionId = NewType("CardSessionId", str)
"""Key of one walk through the card screens, drawn from a sequence."""

IdCaseId = NewType("IdCaseId", str)
"""``C`` and eight digits."""

FollowUpId = NewType("FollowUpId", str)
"""Key of one item of the follow-up list, drawn from a sequence."""

ReportRunId = NewType("ReportRunId", str)
"""A run of a report: the report, its period and which attempt, as ``daily_review/2026-04-01/0``."""
