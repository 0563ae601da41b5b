"""Figures for Prometheus: how much waits, how long, what went wrong. No message, name or address is in them."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from adapters.messages.service import Messaging


class _Messages:
    def __init__(self, messaging: Messaging) -> None:
        self._messaging = messaging

    def collect(self) -> Iterable[Metric]:
        figures = self._messaging.figures()
        for name, help_, counts in (
            ("ippo_inbox_messages", "Messages taken in, by status.", figures.inbox),
            ("ippo_outbox_replies", "Replies, by status.", figures.outbox),
            ("ippo_cases", "People who asked for an advisor, by how it stands.", figures.cases),
        ):
            family = GaugeMetricFamily(name, help_, labels=["status"])
            for status, count in counts.items():
                family.add_metric([status], count)
            yield family
        yield GaugeMetricFamily(
            "ippo_oldest_message_seconds", "How long the oldest unanswered message has waited.", value=figures.oldest
        )
        yield GaugeMetricFamily(
            "ippo_oldest_case_seconds", "How long the person waits who has waited longest.", value=figures.waiting
        )
        yield GaugeMetricFamily(
            "ippo_workers_alive",
            "Workers that have lately shown that they live.",
            value=self._messaging.workers_alive(),
        )


def exposition(messaging: Messaging) -> bytes:
    """Give the figures in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Messages(messaging))
    return generate_latest(registry)
