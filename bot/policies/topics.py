"""What is Ippo's subject, and what is another one."""

from __future__ import annotations

import re

from knowledge.fold import fold

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
SUBJECT = re.compile(
    r"脱炭素|カーボン|CO2|CO₂|温室効果|省エネ|節電|再エネ|再生可能|電気|電力|光熱|ガス代|太陽光|ソーラー|LED|照明|空調|エアコン|断熱|窓|環境|エコ|補助金|助成|補助|クレジット|ZEB|SBT|GX|ESG|CDP|"
    r"リサイクル|廃棄|ゴミ|ごみ|食品ロス|資源|排出|温暖化|認証|EV|もらえる(?:の|か|ん)|緑化|森|暖房|冷房|冷暖房|給湯|シャワー|ボイラー|蛍光灯|電球|設定温度|carbon|temperature|heating|cooling|air ?con|\bAC\b|\blamps?\b|\blights?\b|recycl|\bwaste\b|climate|air-con|\b(?:cooking )?oil\b|garbage|trash|throw(?:ing)? away|energy|subsid|grant|electric|solar|emission|renewable|decarbon|e-?cycle|insulation",
    re.IGNORECASE,
)


def is_tax(text: str) -> bool:
    """The question is how something is taxed or booked, which is neither ours nor the ward's to say."""
    return bool(_TAX.search(fold(text)))


def is_off_topic(text: str) -> bool:
    """The question names a subject that is not Ippo's, and none that is."""
    folded = fold(text)
    return bool(_OFF_TOPIC.search(folded)) and not SUBJECT.search(folded)


def on_topic(text: str) -> bool:
    """The question names a subject of Ippo's."""
    return bool(SUBJECT.search(fold(text)))
