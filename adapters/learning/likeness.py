"""Questions that ask for the same, put together: cosine over words and character pairs, in memory, always alike."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from knowledge.tokens import analyse

NEAR = 0.4
"""Cosine from which on two questions are taken to ask for the same; 1 is the same words."""
_PAIR = 0.35
"""Weight of a character pair beside a word: most of them only repeat what the words say."""
_GENERIC = 0.15
"""Weight of a word that says what kind of thing is asked for and nothing of what about."""
_GENERIC_WORDS = frozenset(
    "補助 補助金 助成 助成金 助成制度 制度 支援 金 費用 料金 金額 値段 上限 申請 申込み 申し込む 方法 対象 条件 期限 締切 締め切り 窓口 相談 連絡先 電話 番号 "
    "使う 使える 出る 有る 受ける 受けられる 出来る 教える 必要 場合 店 会社 東京 東京都 区 千代田区 港区 葛飾区".split()
)
_EVERYWHERE = 0.2
"""Share of the texts from which on a term tells nothing; it only costs time."""
_MANY = 50
"""Texts from which on that share means something."""


def groups(texts: Sequence[str], near: float = NEAR) -> list[list[int]]:
    """Group texts by likeness to the first of each group.

    Whoever comes first leads: a text joins the leader it is most like, or leads a group of its own. So the same
    texts in the same order always make the same groups, and no chain of small steps joins what is far apart.

    Args:
        texts: The likeliest leaders first.
        near: Cosine from which on a text joins, 0 to 1.
    Returns:
        Places in `texts`, each once; groups in the order of their leaders, each begun by its leader.
    """
    found: list[list[int]] = []
    led: dict[str, list[tuple[int, float]]] = defaultdict(list)  # term → (group, weight in its leader)
    for place, vector in enumerate(_vectors(texts)):
        cosines: dict[int, float] = defaultdict(float)
        for term, weight in vector.items():
            for group, other in led[term]:
                cosines[group] += weight * other
        # Of equals the first: a dictionary's order must not decide.
        best = max(cosines, key=lambda group: (round(cosines[group], 9), -group), default=None)
        if best is not None and cosines[best] >= near:
            found[best].append(place)
            continue
        for term, weight in vector.items():
            led[term].append((len(found), weight))
        found.append([place])
    return found


def _vectors(texts: Sequence[str]) -> list[Mapping[str, float]]:
    """Weigh each text's terms by how rare they are among the texts; unit length, empty for a text without terms."""
    counted = [_terms(text) for text in texts]
    frequency = Counter(term for terms in counted for term in terms)
    most = len(texts) * _EVERYWHERE if len(texts) >= _MANY else len(texts)
    vectors: list[Mapping[str, float]] = []
    for terms in counted:
        rare = {term: weight for term, weight in terms.items() if frequency[term] <= most} or terms
        weighed = {term: weight * math.log(1 + len(texts) / frequency[term]) for term, weight in rare.items()}
        length = math.sqrt(sum(weight * weight for weight in weighed.values()))
        vectors.append({term: weight / length for term, weight in weighed.items()} if length else {})
    return vectors


def _terms(text: str) -> Mapping[str, float]:
    terms = analyse(text)
    found = {f"w{word}": _GENERIC if word in _GENERIC_WORDS or word.isdigit() else 1.0 for word in terms.words}
    # Pairs of kana are endings, mostly.
    return found | {f"b{pair}": _PAIR for pair in terms.bigrams if not all("ぁ" <= char <= "ん" for char in pair)}
