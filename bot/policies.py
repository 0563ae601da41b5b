"""Which act a message calls for, before anything is looked up: greeting, person, misuse, off-topic.

Pure functions on the message. What they don't decide is decided by what the documents hold.
"""

from __future__ import annotations

import re

from knowledge.fold import fold

_GREETING = re.compile(
    r"^(?:こんにち[はわ]|こんばん[はわ]|おはよう?|はじめまして|初めまして|お?疲れ(?:さま|様)?|おつかれ(?:さま)?|お世話にな(?:っ|り)|どうも|やあ|ハロー|もしもし|よろしく|ごきげんよう|"
    r"まいど|やっほ|よっ[!す]|ちわ|こんち[わはゃ]|ういっす|おっす|ども[!ーっ]|失礼(?:いた|し)|はーい|はい(?:はい)?[!。ー]*$|うん[!。]*$|あけまして|今年も|良いお年|よいお年|さんきゅ|あざ[っす]|どうもです|"
    r"(?:友だち|友達)(?:に)?追加|登録しました|また(?:今度|あとで|来ます|聞きます)|okay\b|ok\b|got it|bye\b|see you|"
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
    r"(?:寒い|暑い|眠い|疲れた|いい天気|天気いい|雨(?:だ|です|すご)|元気(?:\?|です|？)|調子(?:は|どう)|また来|またね|バイバイ|よろしく(?:ね|お願い)|すごいね|かしこい|賢い|いい名前|かわいい|お?(?:つかれ|疲れ)さ(?:ん|ま)|今日はこのへん)"
)
_ROOM = re.compile(r"店|部屋|室内|事務所|会社|オフィス|工場|倉庫|職場|ビル|床|夏は|冬は|夏が|冬が")
"""Where it is cold: then it is a concern, no small talk."""
_ASKING = re.compile(
    r"[?？]|教えて|ください|下さい|知りたい|聞きたい|何|どこ|いつ|いくら|どう(?!も)|誰|なぜ|ある\b|できる|したい|ほしい|欲しい|困って|相談"
)
_SOMEBODY = r"(?:人間|ご?担当(?:者)?|たんとう(?:しゃ)?|係の(?:人|方)|職員|スタッフ|オペレータ(?:ー)?|相談員|アドバイザー|責任者|詳しい方|(?:電話で)?話せる(?:人|方))"
"""Whom one is put through to."""
_PERSON = re.compile(
    r"^相談員に聞く[。!]*$|(?:人|人間|担当(?:者|の人|の方|さん)?|係の(?:人|方)|職員(?:さん)?|スタッフ(?:さん)?|オペレーター|相談員(?:さん)?|アドバイザー(?:さん)?|専門家|詳しい(?:人|方)|責任者|上の人|誰か(?:人)?|だれか|どなたか(?:人間の方)?|中の人|生身の人|わかる(?:人|方))(?:の方)?"
    r"(?:(?:に|と|へ|から)?(?:直接|じかに|一度|ちょっと)?(?:話|聞きたい|聞いて(?:もらい|ほしい)|相談(?:し(?:たい|ます)|させて|できません|できない)|つな|繋|代わ|替わ|変わ|かわ|電話|連絡|来て|呼|回して|まわして|お願い|取り次|取次|切り替え|バトンタッチ|お?話|対応して|出して|出れ|いない|いませんか|いますか|いる\?|おらん|おらへん|おりますか|おりません|いらっしゃ)|"
    r"の?(?:おらん|おらへん|おるか|おる[?])|(?:を|は)?(?:呼|出|だして|だせ|お願い|いない|いません|いますか|いらっしゃ))|"
    r"(?:有人|人間)(?:チャット|窓口|の(?:相談|オペ)|対応|の対応|サポート)|(?<!と)(?:つないで|繋いで)(?!くれる(?:所|ところ|会社|人|とこ|団体|組織|窓口)|くれそう)|お?つなぎ|代わって(?:もら|くれ|くだ|ほしい|$)|かわって(?:もらえ|くださ)|折り?返し|電話(?:を)?(?:かけ直|掛け直|いただけ|頂け|いただきた|頂きた|もらいた|くださ(?:い)|下さい|ほしい|欲しい|もらえ|して(?:もらえ|ほしい|くださ))|"
    r"(?:ロボット|ボット|機械(?![、を]|設備|の)|AI|自動(?:応答|返信)?)(?:じゃ|では|は|だと|と話|との?)?.{0,8}(?:いい|嫌|いや|だめ|ダメ|無理|話にな|なく|らちが|埒)|"
    rf"{_SOMEBODY}(?:の(?:人|方)|さん|さま|様)?(?:に|と|へ|から|より|を|は|が|さ|で)?.{{0,8}}?(?:取り?次|とりつ|つな[いぎ]|繋[いぎ]|代わ(?:って|り)|変わ(?:って|り)|かわ(?:って|り)|しゃべ|喋|直接(?:お?話|はな)|お?話(?:し(?:たい|する機会|でき)|がしたい|できる)|お?電話(?:を)?(?:頂|いただ|くだ|ちょうだい|くれ|お願い|もら)|返事(?:を)?(?:くれ|ください|ほしい|欲しい)|相談に乗|おねがいします$|お願いします$)|"
    r"^有人[。!]*$|有人(?:で|に|の(?:人|方)|チャット|対応|窓口)|(?:誰か|だれか)(?:人)?さ?(?:が|から)?電話|電話(?:を|で)?(?:ちょうだい|頂戴|くれ(?!る会社)|話せる(?:方|人)|かけ(?:て|で)(?:もらえ|くれ|ほしい|欲しい|ください))|"
    r"(?:うち|お?店|会社|事務所)(?:の店)?(?:に|へ|まで)(?:一度|いちど|いっぺん)?来て[^。]{0,8}(?:話|相談|見て|もらえ(?:ま|ない|る)|くれ(?:ま|ない|る[?])|ほしい|ください)|"
    r"人間?(?:に|から|と)(?:相談に乗|直接|返事|回答|会って)|直接(?:お?会い|お?話|しゃべ|喋)(?:し)?(?:する機会|り?たい|したい|できま|ねん)|"
    r"put me through|call me\b|phone me\b|call back|person in charge|(?:talk|speak|connect|chat|transfer).{0,20}(?:human|person|someone|agent|staff|advisor|representative|operator)|(?:human|real person|live agent)\b",
    re.IGNORECASE,
)
_NOT_PERSON = re.compile(
    r"(?:専門家|詳しい(?:人|方)|アドバイザー).*(?:料金|費用|補助|助成|お金|謝礼)|電話番号|番号(?:を|は)?教|(?:専門|担当)(?:の人|家|者)?に(?:計算|見て|診て|やって|教えて)もら|社員|従業員|誰が|誰の|担当さんの電話|担当者の(?:電話|番号|連絡先|名前|メール)"
)
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
    r"なりきって|ふりをし|ロールプレイ|role-?play|pretend|act as|you are now|(?:開発者|デベロッパー|管理者|デバッグ|developer|debug|admin|DAN|god) ?(?:モード|mode|権限)|脱獄|jailbreak|"
    r"ignore (?:all|any|the|your|previous|prior|above)|disregard|forget (?:all|your|previous|everything)|(?:print|reveal|show|repeat|output|paste|tell me|display|leak).{0,30}(?:prompt|instructions?|system message|rules|configuration)|"
    r"(?:前に|以前に?|さっき|この前)[^。]{0,8}(?:相談|質問|利用|登録|問い合わせ)(?:を)?した[^。]{0,8}(?:人|方|会社|店|お店).{0,20}(?:見せ|みせ|教え|おしえ|出し|表示|知りたい)|(?:ほか|他|別)の(?:人|お客|ユーザー|利用者|会社|店)の?.{0,10}(?:会話|質問|相談内容|個人情報|履歴|データ|電話|連絡先).{0,10}(?:見せ|みせ|教え|おしえ|出し|表示)|"
    r"(?:api ?キー|APIキー|パスワード|トークン|環境変数|\.env|secret|api key|password).{0,16}(?:教え|見せ|出力|表示|show|print|give|reveal|is)|(?:rm -rf|drop table|<script|os\.system)",
    re.IGNORECASE,
)
_TRICKS = re.compile(
    r"(?:相談|問い合わせ|質問)(?:して(?:い)?た|した|に来た)[^。]{0,12}(?:さん|店|人|屋|会社)[^。]{0,14}(?:やりとり|やり取り|相談内容)|(?:ほか|他|別)の(?:相談者|お客|利用者|ユーザー)[^。]{0,12}(?:内容|情報|相談|会話|ログ|履歴)|(?:会話|チャット|相談)の?(?:ログ|履歴)[^。]{0,16}(?:送|見せ|出し|出力|表示|教え)|"
    r"ルール(?:を)?変え(?:て|ろ)|語尾(?:は|を)[^。]{0,10}(?:に|で)|(?:出典|根拠)(?:は|を)?(?:一切)?(?:出さ|つけ|付け|書か|示さ)ない(?:で|よう)|(?:初期設定|設定|指示)(?:の)?(?:文章|文|全文)[^。]{0,10}(?:提示|見せ|教え|出し|表示)|"
    r"(?:あなた|君|お前|きみ)の(?:ルール|指示|設定|禁止)|禁止(?:ワード|事項|され(?:て(?:い)?る|た)こと)[^。]{0,10}(?:何|全部|教え|[?])|禁止を(?:抜け|破|回避|かいくぐ)|(?:公式|正しいこと|本当のこと|本物)[^。]{0,8}(?:っぽく|みたいに|のように|らしく)(?:書|言|答|返)|"
    r"と(?:答え|言|案内す)(?:る|う)?ように(?:覚え|して|設定|学習)|(?:聞いてきた|来た|尋ねてきた)人(?:みんな|全員)?に[^。]{0,6}(?:言|伝え|案内)|みんなに[^。]{0,4}(?:言って|伝えて)お|むし(?:して|しろ)[^。]{0,8}るーる|るーる[^。]{0,8}むし|(?:今|いま)から(?:お前|おまえ|あなた|君|きみ)は|(?:悪|わる)いAI|これは訓練です|守秘義務(?:が|は)?(?:なくな|な[いし]|解除)"
)
"""Other people's matters, or something false to be said; unlike an order to a machine it may stand in an honest document."""
_HARM = re.compile(
    r"爆弾|殺|自殺|死にたい|違法|脱税|粉飾|偽装|偽造|虚偽|ごまか(?:し|す|せ)|でっち|不正(?:に)?(?:受給|申請)|水増し|バレない|裏技で補助"
)
_TOPICS = (
    r"法人税|所得税|消費税|確定申告|年末調整|インボイス|相続税?|贈与税?|税理士|節税|青色申告|源泉徴収|ふるさと納税|住民税|固定資産税|"
    r"ランチ|ごはん屋|おいしい|美味しい|うまい店|飲め(?:る|そう)|飲み(?:会|屋|に)|晩ごはん|晩ご飯|おかず|レシピ|作り方を|料理|献立|カレー|ラーメン屋|スイーツ|コンビニ|飲み会|宴会|"
    r"天気|傘|気温は|雨(?:降|が降)|台風.{0,4}(?:進|くる|来|いつ)|地震(?:速|情報)|花粉|占い|星座|運勢|"
    r"株(?:価|式投資|を買|買|の|って|は|が)(?!式会社)|買い時|銘柄|仮想通貨|ビットコイン|FX|NISA|iDeCo|投資信託|為替|競馬|本命|馬券|パチンコ|宝くじ|ロト|"
    r"法律(?:的|上|相談)|辞めさせ|クビ|退職|離婚|訴訟|裁判|弁護士|慰謝料|労基|労働基準|最低賃金|賃金|有給|雇用(?:保険|契約)|労災|解雇|残業代|パワハラ|遺言|示談|就業規則|社会保険|年金|"
    r"病院|薬|症状|頭痛|風邪|発熱|腰痛|ダイエット|健康診断|インフルエンザ|ワクチン|医者|血圧|"
    r"区長選|市長選|都知事選|選挙|首相|総理|政党|議員|大統領|投票|与党|野党|政権|自民|"
    r"映画|アニメ|ゲーム|音楽|歌っ|芸能|アイドル|サッカー|野球|オリンピック|試合|ドラマ|漫画|推し|YouTube|動画編集|"
    r"恋愛|彼女|彼氏|結婚|デート|婚活|ペット(?!ボトル)|犬|猫|子育て|保育園|学校の宿題|宿題|受験(?!料|する)|読書感想|"
    r"Excel|エクセル|ワード(?:の|で)|パワポ|パスワードを忘れ|Wi-?Fi|ワイファイ|プリンター?(?:の設定|が)|サーバーの設定|ホームページが(?:表示|開)|パソコンが(?:動|固|遅)|Windows|ウィンドウズ|iPhone|スマホの(?:使い方|設定|機種|修理|画面|調子|料金|充電)|アプリの使い方|Python|プログラミング|コードを書|HTML|ホームページ(?:を)?作|SEO|"
    r"翻訳して|訳して|訳せ|英訳|和訳|作文|俳句|川柳|小説|ジョーク|ダジャレ|しりとり|なぞなぞ|面白い話|歌詞|"
    r"旅行|観光|ホテル|航空券|新幹線|電車の時間|空港|羽田|成田|終電|乗り換え(?:案内|方法)|駐車場|道順|行き方|"
    r"アルバイト(?:募集|の時給)|求人|採用(?:方法|面接)|時給|給料|履歴書|転職|集客|フォロワー|売上(?:を|アップ)|チラシ(?:の|を)|メニュー表のデザイン|"
    r"\bsushi\b|\bprinter\b|\blaptop\b|\bwi-?fi\b|\bhotels?\b|\bweather\b|\blunch\b|\brestaurant\b|\bstocks?\b|\bmovie\b|\brecipe\b|\btranslate\b|\bpoem\b|\bjoke\b|\bpolitic|\belection\b|\bvisa\b|\btax return\b|\btaxes\b"
)
_TAX = re.compile(
    r"税金(?:は|って|が|も)?(?:かか|取ら|とら|払|どう)|課税|雑収入|勘定科目|仕訳|経費(?:で|に)(?:落|でき|計上)|圧縮記帳|益金|損金"
)
_OFF_TOPIC = re.compile(_TOPICS, re.IGNORECASE)
_SUBJECT = re.compile(
    r"脱炭素|カーボン|CO2|CO₂|温室効果|省エネ|節電|再エネ|再生可能|電気|電力|光熱|ガス代|太陽光|ソーラー|LED|照明|空調|エアコン|断熱|窓|環境|エコ|補助金|助成|補助|クレジット|ZEB|SBT|GX|ESG|CDP|"
    r"リサイクル|廃棄|ゴミ|ごみ|食品ロス|資源|排出|温暖化|認証|EV|緑化|森|暖房|冷房|冷暖房|給湯|シャワー|ボイラー|蛍光灯|電球|設定温度|carbon|temperature|heating|cooling|air ?con|\bAC\b|\blamps?\b|\blights?\b|recycl|\bwaste\b|climate|energy|subsid|grant|electric|solar|emission|renewable|decarbon|e-?cycle|insulation",
    re.IGNORECASE,
)


def is_misuse(text: str) -> bool:
    """An attempt to change the rules, read settings or other people's matters, or to have something false said."""
    folded = fold(text)
    return any(pattern.search(folded) for pattern in (_MISUSE, _TRICKS, _HARM))


def instructs(text: str) -> bool:
    """A text tells a machine what to say or to forget; where a document does, that part of it is no source."""
    return bool(_MISUSE.search(fold(text)))


def wants_person(text: str) -> bool:
    """The person asks to be put through to a human being."""
    folded = fold(text)
    return bool(_PERSON.search(folded)) and not _NOT_PERSON.search(folded)


def is_greeting(text: str) -> bool:
    """A greeting, thanks or small talk without a question in it."""
    folded = fold(text)
    if _SUBJECT.search(folded) and _ASKING.search(folded):
        return False
    if not re.search(r"\w|[?]", folded):
        return True  # 😊🙏
    if _THANKS.search(folded) and len(folded) <= MORE and not _ASKING.search(folded):
        return True
    rest = _GREETING.sub("", folded).strip(_TONE)
    if _GREETING.match(folded):
        return len(rest) <= (2 * MORE if folded.isascii() else MORE) and (
            not _ASKING.search(rest) or len(rest) <= 2 or bool(_SMALL_TALK.search(rest) and not _SUBJECT.search(rest))
        )
    small = bool(_SMALL_TALK.search(folded)) and not _ROOM.search(folded)
    return small and not _SUBJECT.search(folded) and len(folded) <= MORE + 4


def is_tax(text: str) -> bool:
    """The question is how something is taxed or booked, which is neither ours nor the ward's to say."""
    return bool(_TAX.search(fold(text)))


def is_off_topic(text: str) -> bool:
    """The question names a subject that is not Ippo's, and none that is."""
    folded = fold(text)
    return bool(_OFF_TOPIC.search(folded)) and not _SUBJECT.search(folded)


def on_topic(text: str) -> bool:
    """The question names a subject of Ippo's."""
    return bool(_SUBJECT.search(fold(text)))
