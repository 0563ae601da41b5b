"""When a person wants what is stored about them erased, or shown, and what they are told.

Asking is recognised, doing is not done here. A question *about* deleting is none: 「データを削除したファイルの復元は?」.
"""

from __future__ import annotations

import re
import unicodedata

YES_ERASE = "はい、すべて削除"
NO_ERASE = "削除しない"
CHOICES = (YES_ERASE, NO_ERASE)

_MINE = r"(?:私|わたし|わたくし|僕|ぼく|俺|自分|当社|弊社|うち)(?:について|に関する)?(?:の)?"
_STORED = r"(?:(?:ここに|そちらに|Ippoに|一歩に|今までに?|これまでに?)?(?:保存|記録|保管|登録|保持|蓄積)(?:し|され)(?:て(?:い)?る|た|ている)?)"
_ALL = r"(?:すべて|全て|全部|ぜんぶ|今すぐ|すぐに?|一度|いったん|完全に|丸ごと|まるごと)"
_EARLIER = r"(?:(?:これまで|今まで|いままで|以前|過去)の)"
_DATA = (
    r"(?:(?:個人|利用者|会員|ユーザー|相談|登録)?(?:データ|情報)|個人情報|(?:会話|トーク|チャット|相談|質問|やり(?:とり|取り)|メッセージ|利用)?(?:の)?"
    r"(?:履歴|記録|ログ)|アカウント|(?:会話|トーク|チャット|やり(?:とり|取り))(?:の内容)?)"
)
_ASK = r"(?:ください|下さい|ほしい(?:です)?|欲しい(?:です)?|くれ(?:ますか|ませんか)?|もらえ(?:ますか|ませんか)|いただけ(?:ますか|ませんか)|頂け(?:ますか|ませんか)|ちょうだい|もいいですか)?"
_WANT = r"(?:たい(?:です|のですが|んですが|と思います)?|たいのです|ます)"
_WISH = r"(?:お願い(?:します|いたします|致します|できますか)?|希望(?:します|です)?|依頼(?:します)?|請求(?:します)?|申請(?:します)?)"
_END = r"(?:よ|ね|な|の)?"

_WIPE_STEM = r"(?:消し|消去し|削除し|抹消し|破棄し|廃棄し|忘れ)"
_WIPE_NOUN = r"(?:の)?(?:全|全件|完全|一括)?(?:削除|消去|抹消|破棄)"
_ERASE = re.compile(
    rf"(?:{_MINE})?(?:{_STORED})?(?:{_MINE})?{_EARLIER}?{_ALL}?(?:の)?{_DATA}(?:を|は|も)?{_ALL}?(?:を)?"
    rf"(?:{_WIPE_STEM}(?:て{_ASK}|{_WANT}){_END}|{_WIPE_NOUN}(?:を)?(?:を?{_WISH}|して{_ASK}|した?い(?:です)?)?)"
)
# Without a word for what: only where it can be nothing else.
_FORGET = re.compile(rf"{_MINE}(?:こと|事)(?:を|は)?{_ALL}?{_WIPE_STEM}て{_ASK}")
_ENGLISH_ERASE = re.compile(
    r"(?:please |can you |could you |i want (?:you )?to |i(?:'d| would) like (?:you )?to )?"
    r"(?:delete|erase|remove|forget) (?:all )?(?:of )?(?:my|our) (?:personal )?(?:data|information|history|messages|conversation|chat history|account)(?: please)?"
)

_SHOW = r"(?:見せ|教え|開示し|出し|送っ|渡し|提供し|ダウンロードさせ|確認させ)"
_GIVE = rf"(?:{_SHOW}て{_ASK}|ください|下さい|ちょうだい|(?:を)?(?:見|確認し|ダウンロードし|開示し|受け取り){_WANT}|(?:を)?(?:確認|ダウンロード)でき(?:ますか|る))"
_DISCLOSE = rf"(?:の)?(?:開示|エクスポート)(?:請求)?(?:を)?(?:{_WISH}|して{_ASK}|したい(?:です)?)?"
# 「データを見せて」 alone may be about figures in the documents: it has to be theirs, stored, or disclosed.
_EXPORT = re.compile(
    rf"(?:(?:{_MINE}(?:{_STORED})?|{_STORED}(?:{_MINE})?){_ALL}?(?:の)?{_DATA}(?:を|は|も)?{_ALL}?(?:を)?{_GIVE}{_END}"
    rf"|(?:{_MINE})?(?:{_STORED})?(?:{_MINE})?(?:の)?{_DATA}(?:を|は|も)?{_DISCLOSE}{_END})"
)
_ENGLISH_EXPORT = re.compile(
    r"(?:please |can you |could you |i want to |i(?:'d| would) like to )?(?:show|send|give|export|see|download|get)(?: me)? "
    r"(?:all )?(?:of )?(?:my|the) (?:stored |saved |personal )*(?:data|information|history)(?: (?:you have|you store|you hold)(?: (?:about|on) me)?)?(?: please)?"
)

_POLITE = re.compile(
    r"^(?:すみません|すいません|あの|では|じゃあ|それでは|やっぱり|やはり|お手数ですが|恐れ入りますが)[、,]?"
)
_CLOSING = re.compile(r"(?:お願い(?:します|いたします|致します)|よろしくお願い(?:します|いたします))$")
_MARKS = re.compile(r"[\s、。,.!?!?「」『』…〜~♪・]+")
_LONGEST = 60
"""Characters: a longer message tells of something else."""


def asks_to_erase(text: str) -> bool:
    """Tell whether a message asks to have the person's data erased: 「私のデータを消して」, 「履歴を削除してください」."""
    return _asks(text, (_ERASE, _FORGET), _ENGLISH_ERASE)


def asks_to_export(text: str) -> bool:
    """Tell whether a message asks to be shown the person's data: 「データ開示」, 「保存しているデータをください」."""
    return _asks(text, (_EXPORT,), _ENGLISH_EXPORT)


def confirm() -> str:
    """Ask whether it is meant; with `CHOICES`."""
    return (
        "保存しているあなたのデータ(会話、相談の内容、連絡先、評価)をすべて削除します。元には戻せません。"
        "相談員への相談が続いている場合は、それも終わります。\n"
        "削除してよろしいですか?"
    )


def erased() -> str:
    """Say that it was done."""
    return (
        "保存していたあなたのデータを削除しました。この画面やアプリに残っている表示は、アプリの操作で消せます。\n"
        "またいつでもご質問ください。はじめての方としてお答えします。"
    )


def kept() -> str:
    """Say that nothing was done."""
    return "わかりました。データは削除していません。続けてご質問ください。"


def _asks(text: str, japanese: tuple[re.Pattern[str], ...], english: re.Pattern[str]) -> bool:
    text = unicodedata.normalize("NFKC", text).strip()
    if len(text) > _LONGEST:
        return False
    plain = re.sub(r"[.!?,]+", "", text.lower()).strip()
    if english.fullmatch(plain):
        return True
    said = _POLITE.sub("", _MARKS.sub("", text))
    shorter = _CLOSING.sub("", said)
    return any(pattern.fullmatch(one) for pattern in japanese for one in (said, shorter))
