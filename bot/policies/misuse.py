"""Attempts to change the rules, to see what is not theirs, or to have something false said."""

from __future__ import annotations

import re

from bot.policies.sentences import sentences
from knowledge.fold import fold

_MISUSE = re.compile(
    r"(?:これまで|今まで|以前|上記|前|すべて|全て|全部)の?.{0,8}(?:指示|命令|ルール|プロンプト|設定|制約).{0,14}(?:忘れ|無視|破棄|解除|捨て|リセット)|(?:指示|ルール|制約|制限|命令)(?:を|は|なんて)?.{0,6}(?:忘れ|無視|外し|解除|破)|"
    r"指示文|(?:渡され|与えられ|設定され|組み込まれ)て(?:いる|る)(?:指示|命令|ルール|設定)|(?:安全|検閲|内容)?フィルター(?:は|を|が).{0,8}(?:無効|解除|切|オフ)|制限(?:なし|無し|解除)の?モード|(?:秘密|隠され|裏)の?(?:設定|指示|ルール|プロンプト|命令)|"
    r"(?:出典|根拠)(?:なし|を付けず|は不要).{0,10}(?:断定|答え|回答)|from now on|(?:reply|respond|answer|say|tell).{0,40}\bonly\b|tell (?:every|all) (?:user|person|customer)|(?:hidden|secret|original) (?:rules|instructions|prompt|text)|everything above|"
    r"システム ?プロンプト|system prompt|(?:設定文|初期指示|内部(?:の)?(?:指示|設定|ルール)|隠し?(?:指示|設定|命令)|プロンプト).{0,24}(?:貼|見せ|出力|表示|教え|書き?出|コピー|全文|公開|開示)|"
    r"(?:(?:あなた|君|お前|きみ|ボット|AI|貴方)の)(?:設定|指示|ルール|プロンプト|命令文?).{0,14}(?:見せ|教え|出力|貼|表示|全部|書い)|"
    r"(?:次|今|これ|今後|以降)から(?:は|ずっと)?.{0,40}(?:と(?:案内|答え|言っ|回答|返事|返し|伝え)|になりき|として(?:振|ふ|話|答|行動))|"
    r"(?:と|とだけ)(?:案内|回答|返事|返信|答え|言い切|断言|断定|言っ|伝え|書い|出力)(?:して|しろ|せよ|ください|て(?:ください|くれ|ほしい|$))|"
    r"(?:全額|必ず|100 ?%|絶対).{0,20}(?:と(?:案内|答え|言|回答|伝え|書)|って(?:案内|答え|言(?!わ|い(?:ます|う))|書))|"
    r"(?:以後|以降|今後|これから(?:は)?)(?:は|も)?[、,]?.{0,6}(?:そう|こう|その(?:よう|とおり|通り)に?)(?:と)?(?:答え|案内|回答|言|伝え|返)|とだけ(?:返|答え|言|書|送)|\[ ?system ?\]|<\|?system|^system ?:|(?:そう|そのように|こう)(?:断言|言い切|明言)|断言しろ|復唱|システム(?:更新|変更|メッセージ|通知|管理者)(?:の|から)?(?:お知らせ|通知|連絡|指示|命令)?\s?[:：]|"
    r"なりきって|ふり(?:を)?し(?!た(?:電話|業者|会社|人|メール|営業))|ロールプレイ|role-?play|pretend|act as|you are now|(?<!の)(?:開発者|デベロッパー|管理者|デバッグ|developer|debug|admin|DAN|god) ?(?:モード|mode|権限)|脱獄|jailbreak|"
    r"ignore (?:all|any|the|your|previous|prior|above)|disregard|forget (?:all|your|previous|everything)|(?:print|reveal|show|repeat|output|paste|tell me|display|leak).{0,30}(?:prompt|instructions?|system message|rules|configuration)|"
    r"(?:前に|以前に?|さっき|この前)[^。]{0,8}(?:相談|質問|利用|登録|問い合わせ)(?:を)?した[^。]{0,8}(?:人|方|会社|店|お店).{0,20}(?:見せ|みせ|教え|おしえ|出し|表示|知りたい)|(?:ほか|他|別)の(?:人|お客|ユーザー|利用者|会社|店)の?.{0,10}(?:会話|質問|相談内容|個人情報|履歴|データ|電話|連絡先).{0,10}(?:見せ|みせ|教え|おしえ|出し|表示)|"
    r"(?:api ?キー|APIキー|パスワード|トークン|環境変数|\.env|secret|api key|password).{0,16}(?:教え|見せ|出力|表示|show|print|give|reveal|is)|(?:rm -rf|drop table|<script|os\.system)",
    re.IGNORECASE,
)
_TRICKS = re.compile(
    r"(?:相談|問い合わせ|質問)(?:して(?:い)?た|した|に来た)[^。]{0,12}(?:さん|店|人|屋|会社)[^。]{0,14}(?:やりとり|やり取り|相談内容)|(?:ほか|他|別)の(?:相談者|お客|利用者|ユーザー)[^。]{0,12}(?:内容|情報|相談|会話|ログ|履歴)|(?:会話|チャット|相談)の?(?:ログ|履歴)[^。]{0,16}(?:送|見せ|出し|出力|表示|教え)|"
    r"ルール(?:を)?変え(?:て|ろ)|語尾(?:は|を)[^。]{0,10}(?:に|で)|(?:出典|根拠)(?:は|を)?(?:一切)?(?:出さ|つけ|付け|書か|示さ)ない(?:で|よう)|(?:初期設定|設定|指示)(?:の)?(?:文章|文|全文)[^。]{0,10}(?:提示|見せ|教え|出し|表示)|"
    r"(?:あなた|君|お前|きみ)の(?:ルール|指示|設定|禁止)|禁止(?:ワード|事項|され(?:て(?:い)?る|た)こと)[^。]{0,10}(?:何|全部|教え|[?])|禁止を(?:抜け|破|回避|かいくぐ)|(?:公式|正しいこと|本当のこと|本物)[^。]{0,8}(?:っぽく|みたいに|のように|らしく)(?:書|言|答|返)|"
    r"と(?:答え|言|案内す)(?:る|う)?ように(?:覚え|して|設定|学習)|(?:聞いてきた|来た|尋ねてきた)人(?:みんな|全員)?に[^。]{0,6}(?:言|伝え|案内)|みんなに[^。]{0,4}(?:言って|伝えて)お|むし(?:して|しろ)[^。]{0,8}るーる|るーる[^。]{0,8}むし|(?:今|いま)から(?:お前|おまえ|あなた|君|きみ)は|これは訓練です|守秘義務(?:が|は)?(?:なくな|な[いし]|解除)"
)
"""Other people's matters, or something false to be said; unlike an order to a machine it may stand in an honest document."""
_HARM = re.compile(
    r"爆弾|殺|自殺|死にたい|違法|脱税|粉飾|偽装|偽造|虚偽|ごまか(?:し|す|せ)|でっち|不正(?:に)?(?:受給|申請)|水増し|バレない|裏技で補助"
)


_TROUBLED = re.compile(r"(?:って|と)(?:言われ|誘われ|持ちかけ|勧められ)|困って|怪しい|断りたい|通報|どうなり|大丈夫")
"""It is told of somebody else's doing."""
_RULES = re.compile(
    r"ルール|るーる|規則|指示|制限|制約|フィルター|プロンプト|ぷろんぷと|記憶|命令|ポリシー|\b(?:rules?|instructions?|restrictions?|filters?)\b",
    re.IGNORECASE,
)
_BROKEN = re.compile(
    r"忘れて|わすれて|無視し|むしし|破[っれ]|外[しす]|はず[しす]|解除|(?:変更|更新)します|期限切れ|上書き|リセット|断らない|拒否して(?:は)?いけ|書き換え|かきかえ|気にせず|改[定訂]され|従うこと|拒否せず|消して|不要になり|最優先に|なしで(?:話|答)|のない(?:AI|モード)|\b(?:ignore|forget|drop|override|without)\b",
    re.IGNORECASE,
)
_MACHINE = re.compile(r"あなた|きみ|君|お前|おまえ|あんた|貴方|AI|ボット|Ippo|\b(?:you|your)\b", re.IGNORECASE)
_INSIDE = re.compile(
    r"プロンプト|ぷろんぷと|命令文|設定値|非公開の(?:指示|設定)|トーク履歴|(?:ないしょ|内緒|ひみつ|秘密)の(?:しじ|指示|設定)|指示書|指示文|内部(?:の)?(?:設定|指示|ルール|情報)|初期設定|設定ファイル|設定の中身|裏(?:の|側の)設定|パスワード|会話(?:データ|ログ|履歴)|データベース|ログ(?:を|の全)|hidden|configuration|system (?:prompt|message)|text above",
    re.IGNORECASE,
)
_SHOWN = re.compile(
    r"見せ|みせ|見して|みして|くり返|繰り返|吐き出|提出|記載|出せ|出して|だして|出力|貼|はって|表示|教え|書き出|提示|開示|ダンプ|コピー|コピペ|\b(?:print|show|reveal|repeat|output|display|dump)\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"(?:となり|隣)の(?:お?店|人|会社)|(?:ほか|他|別)の(?:商店会|商店街|お?店|人|会社|客|お客|利用者|相談者|メンバー|会員)|他人|(?:登録して(?:い)?る|ほかの?)(?:店舗|人|会員)|会員(?:の方)?(?:の|皆|各[位店])|各店|メンバーが|みんなの|(?:登録|全)ユーザー|前の人が|(?:まえ|前)に(?:はな|話)した(?:ひと|人)|隣の"
)
_THEIRS = re.compile(
    r"やりとり|やり取り|何(?:を)?聞いて|(?:どんな)?相談(?:して|した(?:内容|こと)|内容|の中身)|DM|LINE|ID|トーク|どんな話|会話|かいわ|電話番号|連絡先|名簿|個人情報|メールアドレス|メッセージ|送った"
)
_GIVEN = re.compile(r"見せ|みせ|のぞ(?:か|き)|リストに|教え|ちょうだい|くださ|下さ|いただ|頂|出し|送っ|共有|提供|一覧")
_FALSE = re.compile(
    r"(?:ウソ|うそ|嘘|にせ|偽)の?[^。]{0,12}(?:書い|作っ|つくっ|つくれ|作れ|流し|送っ|知らせ)|捏造|ねつ造|でっちあげ|前提を事実として|(?:と)書くこと|正式な(?:回答|見解)として|だます|だまし(?:て|たい)|(?:必ず|すべて)「[^」]{1,20}」だけに|(?<!何)(?<!なん)(?<!どう)(?<!か)(?:と|って)(?:だけ)?(?:答え|言い切|言っ|伝え|案内し|回答し|書い|返信|返し|発表し|登録し)(?:て(?!る|た|い(?:る|た|ま)|も(?:いい|よ)|あ|く(?:れる|れた)(?:会社|とこ)|(?:し)?まし)|といて|とけ|ろ|せ)|(?:聞かれたら|尋ねられたら)[^。]{0,6}(?:答え|言っ|伝え)(?:といて|ておいて|とけ)|答えを?[^。]{0,8}登録しろ|公式(?:発表|回答|見解)(?:として|っぽく)|(?:正しい|事実|本当の)(?:情報|こと)として(?:覚え|登録|答え)|ばれないから|バレないから|実際は違う|ほんとは違う|なりすま|しか言えない|"
    r"」とお?(?:答え|伝え|案内)(?:て|くださ|下さ|願)|(?:答え|回答|案内|紹介|言)(?:する|う)?よう(?:に)?(?:覚え|し(?:て|ろ)|設定|更新|学習)|(?:言った|いった)ことにし|(?:適当に|てきとうに)[^。]{0,6}(?:数字|作)|もっともらしく|嘘(?:も|を|で)?(?:混|つい|書)|(?:データベース|資料|文書|補助率)[^。]{0,16}(?:書き換え|改ざん)|even if (?:it's|it is) not true|の役(?:。|で|を|に)[^。]{0,12}(?:演じ|やっ|なっ|セリフ)|口調で|(?:語尾|キャラ)(?:は|を|で)|管理者として(?:登録|扱)|言い切る?ように"
)


def is_misuse(text: str) -> bool:
    """An attempt to change the rules, read settings or other people's matters, or to have something false said."""
    folded = fold(text)
    if _MISUSE.search(folded) or _TRICKS.search(folded) or (_HARM.search(folded) and not _TROUBLED.search(folded)):
        return True
    for sentence in sentences(folded):
        asks = sentence.rstrip().endswith(("?", "か", "か。")) and not _MACHINE.search(sentence)
        for signs in (_BREAKS, _LOOKS, _PRIES):
            if all(sign.search(sentence) for sign in signs) and not asks:
                return True
        if _FALSE.search(sentence) and not asks:
            return True
    return False


_BREAKS, _LOOKS, _PRIES = (_RULES, _BROKEN), (_INSIDE, _SHOWN), (_OTHERS, _THEIRS, _GIVEN)
"""Signs that together are an attempt: on the rules, on what is inside, on other people's matters."""


def instructs(text: str) -> bool:
    """A text tells a machine what to say or to forget; where a document does, that part of it is no source."""
    return bool(_MISUSE.search(fold(text)))
