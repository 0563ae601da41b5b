"""The names of organisations and programmes that the knowledge has, with the forms in which people write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.reading import aliases
from knowledge.catalogue.load import Catalogue, shipped
from knowledge.fold import fold
from knowledge.index import Index, MentionKind
from knowledge.wards import WARDS


@dataclass(frozen=True, slots=True, eq=False)
class Names:
    """What is named, by the forms of the names. Two of them are never equal: each belongs to its index."""

    forms: Mapping[str, frozenset[str]]
    """`plain` form → what it may name: ids `organisation/…`, `programme/…`."""
    longest: int
    """Characters of the longest form."""


@dataclass(frozen=True, slots=True)
class Named:
    """A name in a text."""

    kind: str
    """`organisation`, `programme` or `ward`."""
    things: frozenset[str]
    """What it may name."""
    start: int
    end: int
    """Where it stands in the folded text."""
    said: str
    """As it stands there."""


_SHORTEST = 7
"""Characters of a programme's name that may stand at the end of a longer one."""


def names_of(index: Index, catalogue: Catalogue | None = None) -> Names:
    """Collect the names of an index and of the catalogue.

    Args:
        index: Its organisations and programmes, as ingest found them by their shape.
        catalogue: None: the shipped one. Its names stand for one another; the index's join them where a form is the
            same.
    """
    catalogue = catalogue or shipped()
    forms: dict[str, set[str]] = {}
    for kind, name, other in _entries(catalogue):
        _add(forms, other, f"{kind}/{name}")
    known = {form: set(things) for form, things in forms.items()}
    for mention in index.mentions(MentionKind.ORGANISATION, MentionKind.PROGRAMME):
        # A table's cell names several at a time.
        for part in re.split(r"[、,／/]", mention.value):
            if _is_name(part):
                _mention(forms, known, mention.kind.value, part)
    for form, things in forms.items():
        # 「令和7年度地域ぐるみ…モデル事業」 is 「地域ぐるみ…モデル事業」 as well; of companies that would be wrong.
        if all(thing.startswith("programme") for thing in things):
            for start in range(1, len(form) - _SHORTEST):
                things |= {t for t in forms.get(form[start:], ()) if t.startswith("programme")}
    usable = {form: frozenset(things) for form, things in forms.items() if _tells(form)}
    return Names(usable, max(map(len, usable), default=0))


def _entries(catalogue: Catalogue) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for entry in catalogue.organisations:
        yield "organisation", entry.id, (entry.name, entry.short, *entry.names)
    for programme in catalogue.programmes:
        yield "programme", programme.id, (programme.name, *programme.names)
    for grant in catalogue.grants:
        yield "programme", grant.id, (grant.name, *grant.names)
    for event in catalogue.events:
        yield "programme", event.id, (event.name, *event.names)


def _add(forms: dict[str, set[str]], names: Iterable[str], thing: str) -> None:
    for name in names:
        for form in {plain(name), *map(plain, aliases(name))}:
            forms.setdefault(form, set()).add(thing)


def _mention(forms: dict[str, set[str]], known: dict[str, set[str]], kind: str, name: str) -> None:
    own = {plain(name), *map(plain, aliases(name))}
    things = set[str]().union(*(known.get(form, ()) for form in own))
    things = {thing for thing in things if thing.startswith(kind)} or {f"{kind}/{max(own, key=len)}"}
    for form in own:
        forms.setdefault(form, set()).update(things)


_NO_NAME = re.compile(
    r"[をはがにで]|.*(?:報告|承認|指示)|各種|公的|補助金・|^[一-龥]{1,4}[区市]$|^特別区$|^(?:この|その|当該|同)"
)
_GENERIC = re.compile(
    r"^(?:中央|環境|会社|区役所|事務局|窓口|補助金|助成金|助成制度|補助制度|助成|認証|宣言|講座|制度|学校|推進協会|推進協議会|地元協議会|商店街連合会|商店街|協会|銀行|支部|都|区|国|交流会|説明会|セミナー|工場見学|東京地区|省エネ助成制度|導入費助成|設置費助成|クレジット制度|久保)$"
)


def _is_name(text: str) -> bool:
    return 2 <= len(text) <= 40 and not _NO_NAME.match(text)


def _tells(form: str) -> bool:
    """Tell whether a form names something wherever it stands; two Latin letters and everyday words do not."""
    if form.isascii():
        return len(form) >= 3
    # A ward's name stands for the place; what the ward does as an office is told by the same name.
    return len(form) >= 2 and form not in _ROMAJI and not _GENERIC.match(form)


def plain(text: str) -> str:
    """Give a name in the form it is looked up in."""
    return _squeezed(fold(text).lower())[0]


def _squeezed(text: str) -> tuple[str, list[int]]:
    """Take dots and spaces out; gives where each character stood."""
    kept = [(char, i) for i, char in enumerate(text) if char not in "・ 「」『』"]
    return "".join(char for char, _ in kept).replace("ちょエコ", "ちよエコ"), [i for _, i in kept]


def named(folded: str, names: Names) -> tuple[Named, ...]:
    """List the organisations, programmes and wards that a text names, longest form first where several fit.

    Args:
        folded: Folded text of one sentence or heading.
        names: Of the index in use.
    """
    text, places = _squeezed(folded.lower())
    found: list[Named] = []
    taken = 0
    for start in range(len(text)):
        if start < taken:
            continue
        for end in range(min(len(text), start + names.longest), start + 1, -1):
            things = names.forms.get(text[start:end])
            if things and _stands_alone(text, start, end):
                kind = min(things).split("/")[0]
                first, last = places[start], places[end - 1] + 1
                found.append(Named(kind, things, first, last, folded[first:last]))
                taken = end
                break
    return tuple(sorted((*found, *_wards(folded, found)), key=lambda name: name.start))


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Latin letters go on, and so does a word in katakana: CES is not in PROCESS."""
    for at, edge in ((start - 1, start), (end, end - 1)):
        if 0 <= at < len(text):
            pair = text[at], text[edge]
            if all(c.isascii() and c.isalpha() for c in pair) or all("ァ" <= c <= "ー" for c in pair):
                return False
    return True


_ROMAJI = {name: key for key, name in WARDS.items()}
_WARD = re.compile(
    "|".join(f"(?:(?<![一-龥])|(?<=東京都)){name}" if len(name) == 2 else name for name in WARDS.values())
)
_SHORT = re.compile(
    "|".join(
        f"{name[:-1]}(?=(?:と|や|・|、|の(?:お店|会社|事業|企業|窓口|助成|補助)|では|でも))"
        for name in WARDS.values()
        if len(name) > 3 or name in ("千代田区", "江戸川区")
    )
)
_AREA = re.compile(r"東京都(?![一-龥])|都内|全国|23区|特別区(?!長)")


def _wards(folded: str, others: list[Named]) -> Iterator[Named]:
    for pattern in (_WARD, _SHORT):
        for match in pattern.finditer(folded):
            if pattern is _SHORT and any(o.start <= match.start() and match.end() <= o.end for o in others):
                continue
            ward = _ROMAJI.get(match.group()) or _ROMAJI[f"{match.group()}区"]
            yield Named("ward", frozenset({f"ward/{ward}"}), match.start(), match.end(), match.group())


def areas(folded: str) -> frozenset[str]:
    """List the wider areas that a text names, as it names them."""
    return frozenset(_AREA.findall(folded))
