"""The CO2 estimate as a tool: the assistant's own, for amounts that the person has named."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from bot.agent.run import Run
from bot.answer import Answer
from bot.estimate import estimate
from bot.estimate.amounts import amounts
from bot.reading import read
from knowledge.documents import Passage
from knowledge.fold import fold

NOT_SAID = "計算できません。利用者が言った使用量だけを計算できます。量と単位をたずねてください。"
UNCLEAR = "計算できません。エネルギーの種類、量、単位、期間をたずねてください。"
_MARKER = re.compile(r"\[(\d+)\]")


def estimate_co2(run: Run, energy: str, amount: float, unit: str, period: str) -> str:
    """Estimate, and prove the factors by passages; an amount that the person did not name is not taken."""
    reading = run.considered.reading
    said = [reading.text, *(fold(turn.text) for turn in reading.question.history if turn.role == "user")]
    try:
        number = Decimal(str(amount))
    except InvalidOperation:
        return UNCLEAR
    if not any(found.number == number for text in said for found in amounts(text)):
        return NOT_SAID
    each = {"月": "月に", "年": "年に"}.get(period.strip()[-1:], "")
    # Words of the model's go into a question of our own, so they are looked at for what they name and no more.
    text = f"{energy[:12]}を{each}{number:f}{unit[:4]}使います。CO2は何トン?"
    question = replace(reading.question, text=text, history=())
    answer = estimate(read(question, run.considered.state.index), run.considered.state.proofs, run.public_url)
    if answer is None or not answer.citations:
        return UNCLEAR
    # A single digit would let through a "1" or "3" anywhere.
    run.showing.compute(number for number in answer.computed if len(number) > 1)
    return _told(run, answer)


def _told(run: Run, answer: Answer) -> str:
    """Write the estimate with this run's markers in place of its own."""
    passages: dict[str, Passage] = {passage.chunk.id: passage for passage in answer.passages}
    marked = {c.n: run.showing.marker(passages[c.chunk]) for c in answer.citations if c.chunk in passages}
    text = _MARKER.sub(lambda match: marked.get(int(match[1]), ""), answer.text)
    blocks = [run.showing.block(passages[c.chunk]) for c in answer.citations if c.chunk in passages]
    return "\n\n".join([text, *dict.fromkeys(blocks)])
