"""Whether a list of the catalogue's answers a question, or only the half of it that it knows words for."""

from __future__ import annotations

from bot.answer import Answer
from bot.reading import Reading
from bot.text.material import Material
from knowledge.catalogue.load import shipped
from knowledge.catalogue.queries import needs_in
from knowledge.query import Topic
from knowledge.tokens import words

MOST_LEFT = 0.22
"""Share of a question, by its words' rarity, that a list may leave unspoken of."""
HALF = 0.3
"""Share of what a list leaves out that a passage must speak of to be the better answer."""
LOOKED_AT = 8
"""Passages' units that are compared, best first."""
_ASKING = frozenset(
    "全部 一覧 今後 今度 会社 企業 業者 名前 何 店 うち 自分 事業者 中小 検討 易い 並べる 使う 貰う 売る 張る 付ける つける 掛かる 決まり 知る 教える 有る 出る 遣る 入れ替え 入れ替える "
    "替える 建て替える 交換 導入 単価 金額 上限 割合 率 補助 助成 補助金 助成金 支援 制度 申し込む 申す 込める 探す 頼む 頼める 手伝う 呉れる 欲しい 新しい 小さい 大きい 費用 代 お金 companies company any which イベント 催し 行事 "
    "セミナー 予定 日程 年度 今年度 今年 月 日 回 円 度 次 千代田 千代田区 区 都 東京 港 港区 葛飾 葛飾区 ビル 一室 建物 持ち主 所有者 大家 オーナー 条件 入る 対象 部屋 事務所 オフィス".split()
)
"""Words that ask, or name what every list is of."""


def fitting(answer: Answer | None, reading: Reading, material: Material) -> Answer | None:
    """Give a list back if it fits, else None, so that text search goes on."""
    return answer if answer is not None and fits(reading, answer, material) else None


def fits(reading: Reading, answer: Answer, material: Material) -> bool:
    """Tell whether a list speaks of what a question asks about.

    A question may name a need that the catalogue knows and ask something else of it (「LEDの助成は税込みで計算?」).
    Then a passage speaks of the words that the list leaves out, and answers better.

    Args:
        reading: The question.
        answer: The list.
        material: What text search finds for the question.
    """
    left = left_over(reading, answer, material)
    total = sum(left.values())
    if total < MOST_LEFT:
        return True
    return not any(
        sum(share for word, share in left.items() if word in candidate.says) >= HALF * total
        for candidate in material.candidates[:LOOKED_AT]
    )


def left_over(reading: Reading, answer: Answer, material: Material) -> dict[str, float]:
    """Give the words of a question that stand in the documents and not in a list, each with its share of the question."""
    told = set(words(answer.text)) | _ASKING
    for need in needs_in(shipped(), reading.text):
        for wording in (need.name, *need.words):
            told |= set(words(wording))
    retriever = material.retriever
    weights = {
        topic: topic.weight * retriever.idf(topic.word)
        for topic in reading.query.topics
        # What the talk before has said is not what this message asks.
        if topic.word in reading.own_words and any(retriever.stands(word) for word in (topic.word, *topic.synonyms))
    }
    total = sum(weights.values()) or 1.0
    return {topic.word: weight / total for topic, weight in weights.items() if not _told(topic, told)}


def _told(topic: Topic, told: set[str]) -> bool:
    return topic.word in told or topic.word.isdigit() or not topic.synonyms.isdisjoint(told)
