"""The tools that the model is given. Their words are in `prompts/`, what they do in `looking` and `reckoning`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from langchain_core.tools import BaseTool, StructuredTool

from bot.agent import looking, reckoning
from bot.agent.prompting import text
from bot.agent.run import Run

REASONS = ("希望", "苦情", "安全", "判断")
"""Why the model may call an advisor; what else it writes is not taken down."""


def tools(run: Run) -> list[BaseTool]:
    """Make the tools of one run."""

    def search_knowledge(query: str) -> str:
        return looking.search(run, query) if run.may_look() else looking.ENOUGH

    def find_programmes(purpose: str = "", ward: str = "", tenant: bool = False) -> str:
        return looking.find_programmes(run, purpose, ward, tenant=tenant) if run.may_look() else looking.ENOUGH

    def list_events(ward: str = "", past: bool = False) -> str:
        return looking.list_events(run, ward, past=past) if run.may_look() else looking.ENOUGH

    def estimate_co2(energy: str, amount: float, unit: str, period: str = "") -> str:
        if not run.may_look():
            return looking.ENOUGH
        return reckoning.estimate_co2(run, energy, amount, unit, period)

    def call_advisor(reason: str = "希望") -> str:
        run.called = reason if reason in REASONS else REASONS[0]
        return "相談員につなぎます。"

    found = [_tool(function) for function in (search_knowledge, find_programmes, list_events, estimate_co2)]
    # Nothing is left to be written once a person is called.
    return [*found, _tool(call_advisor, last=True)]


def _tool(function: Callable[..., Any], *, last: bool = False) -> BaseTool:
    return StructuredTool.from_function(
        function, name=function.__name__, description=text(function.__name__), return_direct=last
    )
