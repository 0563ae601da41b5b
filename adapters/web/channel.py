"""The web chat as a channel: what is stored is delivered, for the page reads it from the store."""

from __future__ import annotations

from adapters.messages.model import Address, Delivery, Outcome, Outgoing


class WebChannel:
    """Delivers by leaving the reply where the page finds it."""

    name = "web"

    def deliver(self, message: Outgoing) -> Delivery:
        """Count as sent: the outbox row is what the page gets, as often as it asks."""
        return Delivery(Outcome.SENT, sent_as=str(message.id))

    def working(self, address: Address) -> None:
        """Nothing: the page shows by itself that it waits."""
