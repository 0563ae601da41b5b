"""What stands between a model and a person: code that lets through only what the cited passages say.

A draft is cut into sentences. Each must cite passages that were shown in this run, and everything in it that can be
checked (figures, days, rates, addresses, names, wards, negations) must stand in those passages, in the place where the
sentence puts it. What fails is left out, and with it what leans on it; the rest goes out as it was written.

Reasons of a ruling:
    no-marker, unknown-marker: It states something and cites nothing, or nothing that was shown.
    number, date, rate, phone, address, url: A value stands in none of the cited passages, or stands there for
        something else, or on the other side (以上 for 未満).
    organisation, programme, ward: The same for a name.
    negation, scope: It says the contrary, or widens what the passages say: 対象外, のみ, 決定.
    unsupported: Hardly a word of it stands in what it cites.
    promise, verdict, advice: Nothing that the program may say; a safe sentence takes its place.
    depends: It leans on a sentence that is gone, or announces one.
    markup, long: It can't be read safely.

Where the next line goes:
    What is read in a sentence: `values`, `units`, `days`, `bounds`, `names`, `shapes`; `statement` puts them beside
        their neighbours.
    What a passage holds: `spots`, one thing that it says and what that takes for granted; `evidence`, all of them.
    What must agree: `figures`, `naming` and `shaped` (names that are known, and what looks like one), `subjects` (of whom
        it is said), `sections` (under which heading), `turns` (on which side), `wording` and `alike` (made of the same
        words), `absent` (what is not written); `support` asks them in order.
    What may not be said at all, or freely: `manners`.
"""

from bot.guard.decision import Guarded, Ruling, Shown
from bot.guard.guard import guard
from bot.guard.names import Names, names_of

__all__ = ["Guarded", "Names", "Ruling", "Shown", "guard", "names_of"]
