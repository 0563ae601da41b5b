"""Greetings, thanks and small talk."""

from __future__ import annotations

import re

from bot.policies.topics import SUBJECT
from knowledge.fold import fold

_GREETING = re.compile(
    r"^(?:こんにち[はわ]|こんばん[はわ]|おはよう?|はじめまして|初めまして|お?疲れ(?:さま|様)?|おつかれ(?:さま)?|お世話にな(?:っ|り)|どうも|やあ|ハロー|もしもし|よろしく|ごきげんよう|"
    r"まいど|やっほ|よっ[!す]|ちわ|こんち[わはゃ]|ういっす|おっす|ども[!ーっ]|失礼(?:いた|し)|はーい|はい(?:はい)?[!。ー]*$|うん[!。]*$|あけまして|今年も|良いお年|よいお年|さんきゅ|あざ[っす]|どうもです|"
    r"(?:友だち|友達)(?:に)?追加|登録しました|また(?:今度|あとで|来ます|聞きます)|りょ[!。ー]*$|りょうかい|(?:では|じゃ)また|はい[、,]?(?:承知|わかり|分かり|了解)|て(?:す|ー)と$|テスト(?:です)?$|さっきはどうも|おおきに|ども[!。ー]*$|(?:それでは|では)失礼|ほいほい|おっけ|okay\b|ok\b|got it|bye\b|see you|"
    r"ありがと|有難う|サンキュー|助かり?ました|助かった|了解|わかりました|承知|なるほど|おけ|オッケー|さようなら|またね|おやすみ|hi\b|hello\b|hey\b|thanks?\b|thank you|good (?:morning|afternoon|evening))",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"助かった|助かりました|感謝|ありがと|有難う|サンキュー|勉強になった|勉強になりました|よくわかった|よくわかりました"
)
MORE = 24
"""Characters beyond a greeting from which on there is more to a message than the greeting."""
_TONE = "".join(sorted(set("。、!！ー~〜 　ますございねさま様う")))
"""What may stand around a greeting without adding anything to it."""
_SMALL_TALK = re.compile(
    r"(?:寒い|暑い|眠い|疲れた|いい天気|天気いい|雨(?:だ|です|すご)|元気(?:\?|です|？)|調子(?:は|どう)|また来|またね|バイバイ|よろしく(?:ね|お願い)|すごいね|かしこい|賢い|(?:いい|ええ)(?:名前|天気)|そうなんだ|よろしくです|かわいい|お?(?:つかれ|疲れ)さ(?:ん|ま)|今日はこのへん)"
)
_ROOM = re.compile(r"店|部屋|室内|事務所|会社|オフィス|工場|倉庫|職場|ビル|床|夏は|冬は|夏が|冬が")
"""Where it is cold: then it is a concern, no small talk."""
_ASKING = re.compile(
    r"[?？]|教えて|ください|下さい|知りたい|聞きたい|あります|ないですか|もらえ|使え|ますか|ですか|でしょうか|何|どこ|いつ|いくら|どう(?!も)|誰|なぜ|ある\b|できる|したい|ほしい|欲しい|困って|相談"
)


_AGAIN = re.compile(r"また(?:何か)?(?:あったら|あれば|困ったら)[^。?]{0,16}$")


def is_greeting(text: str) -> bool:
    """A greeting, thanks or small talk without a question in it."""
    folded = _AGAIN.sub("", fold(text))
    if SUBJECT.search(folded) and _ASKING.search(folded):
        return False
    if not re.search(r"\w|[?]", folded):
        return True  # 😊🙏
    if _THANKS.search(folded) and len(folded) <= 2 * MORE and not SUBJECT.search(folded) and not _ASKING.search(folded):
        return True
    rest = _GREETING.sub("", folded).strip(_TONE)
    if _GREETING.match(folded):
        return len(rest) <= (2 * MORE if folded.isascii() else MORE) and (
            not _ASKING.search(rest) or len(rest) <= 2 or bool(_SMALL_TALK.search(rest) and not SUBJECT.search(rest))
        )
    small = bool(_SMALL_TALK.search(folded)) and not _ROOM.search(folded)
    return small and not SUBJECT.search(folded) and len(folded) <= MORE + 4
