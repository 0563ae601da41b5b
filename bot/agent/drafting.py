"""The run itself: LangChain's agent with our tools and bounds, from a question to a draft."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import (
    AgentMiddleware,
    ModelFallbackMiddleware,
    ModelRequest,
    ModelResponse,
    ModelRetryMiddleware,
)
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langchain_core.runnables import RunnableConfig
from langsmith import tracing_context

from bot.agent import prompting
from bot.agent.models import Model, is_transient
from bot.agent.remembering import remember
from bot.agent.run import Run
from bot.agent.tools import tools
from bot.agent.usage import usage_of

_STEPS = 60
"""Of the graph; the bounds of the run end it long before."""
_AGAIN_AFTER = 0.3
"""Seconds before a request is repeated."""


class _Bounds(AgentMiddleware[Any, Any, Any]):
    """Counts requests and what they use, innermost, so that repeated ones and the fallback's count as well."""

    def __init__(self, run: Run, models: Sequence[Model]) -> None:
        super().__init__()
        self._run = run
        self._prices = {id(model.chat): model.price for model in models}

    async def awrap_model_call(
        self, request: ModelRequest[Any], handler: Callable[[ModelRequest[Any]], Awaitable[ModelResponse[Any]]]
    ) -> ModelResponse[Any]:
        self._run.begin_request()
        response = await handler(request)
        for message in response.result:
            if isinstance(message, AIMessage):
                sent, received = _tokens(request, message)
                self._run.count(usage_of(sent, received, self._prices.get(id(request.model))))
        return response


async def draft(run: Run, models: Sequence[Model]) -> str:
    """Let the model look things up and write.

    Args:
        run: The question and its bounds.
        models: The one to ask, then those to ask where it fails.
    Returns:
        Its last words; empty where it called an advisor or wrote none.
    Raises:
        TooMuch: It wants more requests or tokens than one answer may take.
        Exception: Whatever the provider's client raises, after one repetition of what was transient.
    """
    question = run.considered.reading.question
    # Masked before it is shortened: half a number would not be known for one.
    hidden = [type(turn)(turn.role, run.masks.hide(turn.text)) for turn in question.history]
    remembered = remember(hidden, run.limits.history)
    messages: list[AnyMessage | dict[str, Any]] = [
        HumanMessage(turn.text) if turn.role == "user" else AIMessage(turn.text) for turn in remembered.turns
    ]
    messages.append(HumanMessage(run.masks.hide(question.text)))
    middleware: list[AgentMiddleware[Any, Any, Any]] = [
        *([ModelFallbackMiddleware(*(model.chat for model in models[1:]))] if models[1:] else []),
        ModelRetryMiddleware(
            max_retries=1, retry_on=is_transient, on_failure="error", initial_delay=_AGAIN_AFTER, backoff_factor=0.0
        ),
        _Bounds(run, models),
    ]
    agent = create_agent(
        models[0].chat,
        tools(run),
        system_prompt=prompting.system(run.considered.reading, remembered),
        middleware=middleware,
    )
    # Whatever a developer's environment says, what people write is not sent to a tracing service.
    with tracing_context(enabled=False):
        state = await agent.ainvoke({"messages": messages}, RunnableConfig(recursion_limit=_STEPS))
    last = state["messages"][-1]
    return str(last.text) if isinstance(last, AIMessage) and not run.called else ""


def _tokens(request: ModelRequest[Any], reply: AIMessage) -> tuple[int, int]:
    """Tokens in and out, as the provider counts; where it does not, a character counts as one."""
    usage = reply.usage_metadata
    if usage is not None:
        return usage["input_tokens"], usage["output_tokens"]
    sent = sum(len(str(message.text)) for message in request.messages)
    return sent + len(str(request.system_message.text) if request.system_message else ""), len(str(reply.text))
