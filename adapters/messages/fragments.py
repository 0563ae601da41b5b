"""Bursts: 「あの」「エアコンなんだけど」「補助金ある?」 is one question in three messages.

Only fragments are held back and joined to what follows. A message that is a question, a request or a topic of its
own gets its own reply.
"""

from __future__ import annotations

import re

from bot import policies
from bot.interview.interview import heard, label
from bot.wants import wanted
from knowledge.fold import fold

PATIENCE = 1.5
"""Seconds that a fragment waits for the rest."""
_LONGEST = 20
"""Characters; a longer message is one of its own."""
_HANGING = re.compile(
    r"(?:なんだけど|なんですけど|なんですが|ですけど|ですが|だけど|けど|けども|について|のこと|の件|で|が|は|を|に|と|の|って|とか|…|\.\.\.|、)$"
)
_OPENER = re.compile(
    r"^(?:あの+|えっと|ええと|えーと|すみません|すいません|ちょっと|ねえ|あと|それと|質問です|教えて)[ー〜~、。!…]*$"
)


def is_fragment(text: str) -> bool:
    """Tell whether a message waits for more: it hangs in the air, or only opens a conversation."""
    said = fold(text).strip()
    if not said or len(said) > _LONGEST or label(said) or policies.wants_person(said) or policies.is_misuse(said):
        return False
    if _OPENER.match(said):
        return True
    if "?" in said or policies.is_greeting(said) or wanted(said).kinds:
        return False
    return bool(_HANGING.search(said)) and not (heard(said) and not _HANGING.search(said))


def joined(texts: list[str]) -> str:
    """Join fragments and what follows them into one message."""
    return "\n".join(text.strip() for text in texts if text.strip())
