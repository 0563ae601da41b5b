"""Who answers: the assistant alone, or a language model around it, as the settings say."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from adapters.settings import Settings
from bot.assistant import Assistant
from bot.errors import ModelUnavailable
from bot.ports import Answering

if TYPE_CHECKING:
    from adapters.messages.store import MessageStore
    from bot.agent.agent import Agent

log = logging.getLogger(__name__)


def answering(assistant: Assistant, settings: Settings) -> Answering:
    """Give who answers. A model that can't be used is said to be off, and the assistant answers alone."""
    if not settings.model:
        return assistant
    try:
        return agent(assistant, settings, settings.model)
    except ModelUnavailable as error:
        log.warning("model off, answers are extracts", extra={"reason": str(error)})
        return assistant


def agent(assistant: Assistant, settings: Settings, model: str, *, fallback: bool = True, keep: int = 500) -> Agent:
    """Put a model around the assistant; the settings' limits and prices hold.

    Args:
        assistant: Decides by rule, and answers where the model can't.
        settings: What is set.
        model: Its name.
        fallback: Whether the settings' fallback stands by.
        keep: Runs that the journal keeps for looking at.
    Raises:
        ModelUnavailable: One of the models can't be opened.
    """
    # Seconds of imports, spared to whoever has set no model.
    from bot.agent.agent import Agent
    from bot.agent.journal import MemoryJournal
    from bot.agent.limits import Limits
    from bot.agent.models import open_model
    from bot.agent.usage import read_prices

    limits = Limits(daily_tokens=settings.model_daily_tokens)
    prices = read_prices(settings.model_prices)
    names = [model, *([settings.model_fallback] if fallback and settings.model_fallback else [])]
    models = [open_model(name, url=settings.model_url, limits=limits, price=prices.get(name)) for name in names]
    return Agent(
        assistant,
        models,
        public_url=settings.public_url,
        hours=settings.hours,
        limits=limits,
        journal=MemoryJournal(keep=keep),
    )


def keep_runs(found: Answering, store: MessageStore) -> None:
    """Have a model's runs kept in the database, where all processes count and operators look; nothing else keeps any."""
    from adapters.learning.runs import StoredJournal
    from bot.agent.agent import Agent

    if isinstance(found, Agent):
        found.journal = StoredJournal(store, found.journal)


def alone(found: Answering) -> Assistant:
    """Give the assistant without the model that may stand around it."""
    inner = getattr(found, "assistant", found)
    if not isinstance(inner, Assistant):
        raise TypeError(f"{type(found).__name__} holds no assistant")
    return inner
