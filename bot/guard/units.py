"""Units and counters behind a number, and what each is worth in one form."""

from __future__ import annotations

import re
from fractions import Fraction

_TABLE: tuple[tuple[str, str, Fraction], ...] = (
    (r"円|yen|JPY", "円", Fraction(1)),
    # 「250万ドル」 is no 250万円.
    (r"(?:米)?ドル|dollars?|USD", "ドル", Fraction(1)),
    (r"ユーロ|euros?|EUR", "ユーロ", Fraction(1)),
    (r"人民元|元(?=$|[、。)]|です|まで|以)", "元", Fraction(1)),
    (r"million\s?(?:yen|JPY)", "円", Fraction(1_000_000)),
    (r"billion\s?(?:yen|JPY)", "円", Fraction(1_000_000_000)),
    (r"%|パーセント|percent", "%", Fraction(1, 100)),
    (r"GWh|ギガワット時", "kWh", Fraction(1_000_000)),
    (r"MWh|メガワット時", "kWh", Fraction(1000)),
    (r"k\s?Wh|キロワット(?:アワー|時)", "kWh", Fraction(1)),
    (r"Wh(?![a-z])", "kWh", Fraction(1, 1000)),
    (r"MW(?![a-z])", "kW", Fraction(1000)),
    (r"kW(?![a-z])|キロワット", "kW", Fraction(1)),
    (r"GJ(?![a-z])|ギガジュール", "GJ", Fraction(1)),
    (r"MJ(?![a-z])|メガジュール", "GJ", Fraction(1, 1000)),
    (r"m3|立方メートル|立米|リューベ", "m3", Fraction(1)),
    (r"kL(?![a-z])|キロリットル", "L", Fraction(1000)),
    (r"L(?![a-z])|リットル", "L", Fraction(1)),
    (r"kg(?![a-z])(?:-?CO2)?|キログラム", "kg", Fraction(1)),
    (r"万?t(?![a-z])(?:-?CO2)?|トン", "kg", Fraction(1000)),
    (r"g(?![a-z])|グラム", "kg", Fraction(1, 1000)),
    (r"m2|平方メートル|平米", "m2", Fraction(1)),
    (r"km2|平方キロ(?:メートル)?", "m2", Fraction(1_000_000)),
    (r"ha(?![a-z])|ヘクタール", "m2", Fraction(10_000)),
    (r"アール(?![ァ-ヴー])", "m2", Fraction(100)),
    (r"坪", "坪", Fraction(1)),
    (r"km(?![a-z])|キロ(?:メートル)?(?![ァ-ヴ])", "m", Fraction(1000)),
    (r"cm(?![a-z])|センチ(?:メートル)?", "m", Fraction(1, 100)),
    (r"mm(?![a-z])|ミリ(?:メートル)?", "m", Fraction(1, 1000)),
    (r"m(?![a-z])|メートル", "m", Fraction(1)),
    (r"°C|℃|度(?!目|合)", "度", Fraction(1)),
    (r"営業日", "営業日", Fraction(1)),
    (r"日間|日(?!本|常|程|時|付)", "日", Fraction(1)),
    (r"週間?", "週", Fraction(1)),
    (r"[かヶカケ箇]月間?|月間", "か月", Fraction(1)),
    (r"年間|[かカヶ]年|年(?!度|金|末|始|次)|周年", "年", Fraction(1)),
    (r"年度", "年度", Fraction(1)),
    (r"時間", "時間", Fraction(1)),
    (r"分間|分(?!の|類|野|か|け|析|担|別|離|割|量)", "分", Fraction(1)),
    (r"秒", "秒", Fraction(1)),
    (r"倍", "倍", Fraction(1)),
    (r"ポイント", "ポイント", Fraction(1)),
    # Counters that say the same.
    (r"人|名(?!前|称|義)", "人", Fraction(1)),
    (r"社|企業|者", "社", Fraction(1)),
    (r"[かヶカケ箇]所", "か所", Fraction(1)),
    (r"つ|個", "つ", Fraction(1)),
    (r"組織|団体", "組織", Fraction(1)),
    (
        r"台|件|回(?!答|収|復)|本(?!事|資|制|計|格|人|日|店|社|当)|枚|種類?|項目|点(?!検|灯)|区(?!分|域|民|内|役|立|長)|市町村|市(?!民|内|場)|町|村|自治体|か国",
        "",
        Fraction(1),
    ),
    (
        r"事業者|事業所|店舗?|行(?!い|う|政|動)|戸|棟|階|歳|才|代|位|番目|号|条|章|期(?!間|限|待)|次|弾|ページ|ステップ|段階|コマ|世帯|冊|都県|都道府県|施設|プロジェクト|地点|校|分野|カテゴリー?|メニュー|テーマ|方策|通(?!り|常|知|年|信|勤|学|路|じ|算)|部(?!屋|品|門|分)",
        "",
        Fraction(1),
    ),
)
UNITS = re.compile("|".join(rf"\s?(?P<u{i}>{pattern})" for i, (pattern, _, _) in enumerate(_TABLE)), re.IGNORECASE)
"""A unit right behind a number, in folded text."""
_SAME = {"カテゴリー": "カテゴリ", "部": "通", "種": "種類", "か国": "国", "店": "店舗"}
COUNTERS = frozenset(
    "人 社 か所 つ 組織 台 件 回 本 枚 種類 項目 点 区 市町村 市 町 村 自治体 国 事業者 事業所 店舗 行 戸 棟 階 位 ページ ステップ 段階 コマ 世帯 冊 都県 都道府県 施設 プロジェクト 地点 校 分野 カテゴリ メニュー テーマ 方策".split()
)
"""What can be counted with つ as well."""
VAGUE = re.compile(r"[数何幾]")
"""Before a number: 数十社."""


def canonical(match: re.Match[str]) -> tuple[str, Fraction]:
    """Give the form that equal units share, and what one of it is worth in that form."""
    place = next(i for i in range(len(_TABLE)) if match[f"u{i}"])
    _, unit, scale = _TABLE[place]
    said = match[f"u{place}"]
    if unit == "kg" and said.startswith("万"):
        scale *= 10_000
    return unit or _SAME.get(said, said), scale


_SPELT = {
    "kg": ("kg", "t", "トン"),
    "円": ("円", "千円", "万円"),
    "m2": ("m2", "ha"),
    "か月": ("か月", "月数"),
    "kWh": ("kwh", "mwh"),
}


def words_of(unit: str) -> tuple[str, ...]:
    """Give the words by which a text names a unit apart from any value."""
    return _SPELT.get(unit, (unit,))
