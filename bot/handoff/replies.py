"""What a short reply on the way of a handoff means: yes, no, never mind, and how it went.

Each holds only for a message that says nothing else. Consent above all must not be heard out of a sentence:
「はい、でも電話は困ります」 is no yes, and what fits nothing is asked again.
"""

from __future__ import annotations

import re

from bot.handoff.words import RATINGS
from knowledge.fold import fold

_END = r"(?:です|でーす|だ|ます|ね|よ|な|わ|や|か(?!\?)|ー|~|[。!、… ])*"
_PLEASE = r"(?:お?願い(?:し(?:ます|たいです|とく)?|いたします|致します)?|おねがい(?:します)?|頼みます|たのみます|ください|下さい|くれ|ほしい|欲しい)"

_YES = re.compile(
    rf"(?:(?:はい|はーい|うん|ええ|そう|もちろん|ぜひ|是非|ok|okay|オッケー?|おっけー?|オーケー|おk|yes|yep|sure|please|了解|わかりました|承知(?:しました)?|"
    rf"(?:それで|伝えて|渡して|使って|残して|送って|連絡して|電話して)?(?:いい(?:です)?よ|構いません|かまいません|かまわない|大丈夫ですよ|問題(?:ない|ありません))|"
    rf"(?:伝えて|渡して|使って|残して|連絡して|電話して|そうして|して)?(?:{_PLEASE}|おいて(?:ください)?)|どうぞ|同意(?:します|する)|いいとも)[、。! ]*)+{_END}",
    re.IGNORECASE,
)
_NO = re.compile(
    rf"(?:(?:いいえ|いえ|いや|いやいや|ううん|no|nope|no thanks?|no thank you|ノー|結構|けっこう|(?:まだ|今は|それは|やっぱり?|連絡先は)?(?:不要|要らない|いらない|要りません|いりません|だめ|ダメ|駄目|嫌|いやだ|無理|困り|困る|遠慮し(?:ます|とき|ておき)?|やめ(?:て(?:ください|おき|お[くき]|)|とく|とき|ときます|ます|る)?|"
    rf"(?:伝え|渡さ|残さ|使わ|連絡し|電話し)ないで(?:ください)?|(?:残し|伝え|渡し)(?:たくな(?:い|いです)|ません)|同意し(?:ない|ません)))[、。! ]*)+{_END}",
    re.IGNORECASE,
)
_CANCEL = re.compile(
    rf"(?:(?:ごめん(?:なさい)?|すみません|すいません|あ|いや|えっと|じゃあ?)[、。 ]*)?"
    rf"(?:(?:やっぱり?|やはり|もう|今回は)[、 ]*(?:もう)?(?:いい|大丈夫|結構|けっこう|やめ(?:ます|る|とく|ときます|ておきます|にします|た|て)?|不要|いらない|要らない|いりません|必要ない|キャンセル(?:で|します|して)?|自分で(?:やり|調べ|し)ます)|"
    rf"(?:(?:相談員|相談|依頼|取り?次ぎ?|呼び出し|さっきの|いまの|今の|それ)(?:を|は|の)?(?:件|依頼|相談)?(?:を|は)?)?(?:キャンセル|取り?消し?|取り?やめ|中止|なしに|やめ(?=て|に))(?:して|し|て|で|に|を|します|たい|たいです|できます)*{_PLEASE}?|"
    rf"(?:相談員|人|担当(?:者|の人)?)(?:は|を|に(?:聞く|つなぐ)のは)?(?:呼ばなくて|つながなくて|もう)(?:も)?(?:いい|大丈夫|結構)|解決し(?:ました|た)ので(?:もう)?(?:いい|大丈夫|結構)|cancel(?: (?:it|that|please))?|never ?mind|forget it){_END}",
    re.IGNORECASE,
)

_RATING = (
    (
        1,
        r"(?:全然|ぜんぜん|まったく|全く|何も)?(?:解決(?:し|でき)(?:て(?:い)?)?(?:ません(?:でした)?|ない|なかった)|(?:役に|お役に)(?:立た|たた)(?:ない|なかった|ず)|(?:お?役に)立ち?(?:ま)?せん(?:でした)?|だめ(?:だった|でした)?|ダメ(?:だった|でした)?|(?:いまいち|イマイチ)(?:でした|だった)?|不満|がっかり|残念|わからないまま|分からないまま|not (?:solved|helpful)|bad)",
    ),
    (
        2,
        r"(?:少し|ちょっと|少しは|多少|まあまあ?|まぁまぁ|まずまず|そこそこ|ある程度|だいたい|大体|半分(?:くらい)?|一部|ほぼ|ふつう|普通)(?:だけ|は)?(?:役に立(?:った|ちました)|解決(?:した|しました)|助か(?:った|りました)|わか(?:った|りました)|よかった|良かった|いい)?",
    ),
    (
        3,
        r"(?:とても|すごく|無事(?:に)?|完全に|全部|ぜんぶ|おかげ(?:さま|様)?で|すっかり)?(?:解決(?:した|しました|できた|できました|です|済み)?|(?:役に|お役に)立(?:った|ちました)|助か(?:った|りました)|ばっちり|バッチリ|満足(?:です|しました)?|よかった|良かった|最高|完璧|すっきり(?:した|しました)?|solved|helpful|great)",
    ),
)
_THANKS = r"(?:ありがとう(?:ございま(?:す|した))?|thanks?|thank you|どうも|はい)"
_RATINGS = tuple(
    (rating, re.compile(rf"(?:{_THANKS}[、。! ]*)?{pattern}{_END}(?:{_THANKS})?{_END}", re.IGNORECASE))
    for rating, pattern in _RATING
)


def is_yes(text: str) -> bool:
    """Tell whether a message is a plain yes to what was asked, and nothing else."""
    return bool(_YES.fullmatch(fold(text)))


def is_no(text: str) -> bool:
    """Tell whether a message is a plain no to what was asked, and nothing else.

    「大丈夫です」 and 「いいです」 mean both, so they are neither.
    """
    return bool(_NO.fullmatch(fold(text)))


def is_cancel(text: str) -> bool:
    """Tell whether a message takes back the call for an advisor, and nothing else: 「やっぱりいい」.

    「やっぱりいい補助金は?」 is a question.
    """
    return bool(_CANCEL.fullmatch(fold(text)))


def rating_of(text: str) -> int | None:
    """Read how it went: 3 solved, 2 of some help, 1 not solved; None where the message says something else.

    Numbers alone are not read: whether 1 is the best is told by nothing.
    """
    folded = fold(text)
    if folded in RATINGS:
        return 3 - RATINGS.index(folded)
    return next((rating for rating, pattern in _RATINGS if pattern.fullmatch(folded)), None)
