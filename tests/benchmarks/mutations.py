"""Statements made false: each kind changes one thing, so that what is told stands in no cited passage."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge.fold import fold, squeeze
from knowledge.wards import WARDS


@dataclass(frozen=True, slots=True)
class Ground:
    """What a statement was made from."""

    text: str
    """Its passage with context, title and metadata, squeezed."""
    organisations: tuple[str, ...]
    """Names of the whole knowledge."""
    programmes: tuple[str, ...]

    def lacks(self, *parts: str) -> bool:
        """Tell whether none of these stands in the passage."""
        return not any(squeeze(fold(part)) in self.text for part in parts)


Mutate = Callable[[str, Ground, random.Random], str]
"""Gives the false statement; empty where this kind can't be made of it."""


def _change(pattern: str, other: Callable[[re.Match[str]], str], text: str, drawn: random.Random) -> str:
    """Change one place that fits a pattern; empty where none does or nothing changes."""
    found = list(re.finditer(pattern, text))
    if not found:
        return ""
    match = drawn.choice(found)
    new = other(match)
    return f"{text[: match.start()]}{new}{text[match.end() :]}" if new and new != match.group() else ""


_NOT_A_DATE = r"(?![\d,.]*(?:年|月|日|時|:|/|-\d))"
_PLAIN = rf"(?<![\d.,:/A-Za-z令和第年月-]){_NOT_A_DATE}(\d[\d,]*(?:\.\d+)?)(?=\s?(?:万円|円|千円|%|％|社|区|人|名|件|か所|つ|組織|t|トン|回|℃|ヘクタール|万ヘクタール|か月|日間|店舗|市町村|個|種類|台|倍))"


def _off(number: str, drawn: random.Random) -> str:
    value = float(number.replace(",", ""))
    factor = drawn.choice((2, 3, 0.5, 10, 1.1, 1.5))
    other = value * factor
    if other == int(other):
        return f"{int(other):,}" if "," in number or other >= 10_000 else str(int(other))
    return str(int(value) + drawn.choice((1, 2, 5)))


def number(text: str, ground: Ground, drawn: random.Random) -> str:
    """Another figure."""

    def other(match: re.Match[str]) -> str:
        new = _off(match[1], drawn)
        unit = re.match(r"\s?\D{1,2}", text[match.end() :])
        behind = unit.group().strip()[:1] if unit else ""
        return new if ground.lacks(f"{new}{behind}", f"{float(new.replace(',', '')):,.0f}{behind}") else ""

    return _change(_PLAIN, other, text, drawn)


def unit(text: str, ground: Ground, drawn: random.Random) -> str:
    """The same figure in another unit."""
    others = {
        "万円": ("円", "億円", "万人", "%"), "円": ("万円", "%"), "%": ("円", "割", "万円"), "％": ("円", "割", "倍"), "社": ("%", "万円", "万社"), "区": ("%", "万円"), "人": ("社", "%", "万人"),
        "名": ("社", "%"), "件": ("%", "万件"), "か所": ("%", "万円"), "t": ("kg", "kWh", "%"), "トン": ("kg", "kWh"), "℃": ("%", "時間"), "か月": ("日", "年"), "日間": ("か月", "年"), "回": ("%", "年"), "組織": ("%", "万円"),
    }  # fmt: skip

    def other(match: re.Match[str]) -> str:
        new = drawn.choice(others[match[2]])
        return f"{match[1]}{new}" if ground.lacks(f"{match[1]}{new}") else ""

    pattern = rf"(?<![\d.,:/A-Za-z令和第年月-])(\d[\d,]*(?:\.\d+)?)\s?({'|'.join(others)})(?![A-Za-z内])"
    return _change(pattern, other, text, drawn)


def date(text: str, ground: Ground, drawn: random.Random) -> str:
    """Another day or month."""

    def other(match: re.Match[str]) -> str:
        month, day = int(match[1]), match[2]
        if day and drawn.random() < 0.6:
            new = f"{month}月{drawn.choice([d for d in range(1, 29) if d != int(day)])}日"
        else:
            new = f"{drawn.choice([m for m in range(1, 13) if m != month])}月{f'{day}日' if day else ''}"
        number, rest = re.match(r"(\d+)月(?:(\d+)日)?", new).groups()  # type: ignore[union-attr] - made just above
        return new if ground.lacks(new, f"{number}/{rest}" if rest else new) else ""

    return _change(r"(?<!\d)(\d{1,2})月(?:(\d{1,2})日)?(?!\d|間)", other, text, drawn)


def year(text: str, ground: Ground, drawn: random.Random) -> str:
    """Another year or fiscal year."""

    def other(match: re.Match[str]) -> str:
        step = drawn.choice((-3, -2, -1, 1, 2, 3))
        era = match[1] in ("令和", "R")
        new = int(match[2]) + step
        western = new + 2018 if era else new
        if new < 1 or not ground.lacks(
            str(western),
            f"令和{western - 2018}",
            f"R{western - 2018}",
            str(western + 1),
            str(western - 1) if drawn.random() < 0 else "\0",
        ):
            return ""
        return f"{match[1]}{new}"

    return _change(r"(令和|(?<![A-Za-z])R|(?<!\d)(?=20[1-4]\d年))(\d{1,4})(?=年|\D)", other, text, drawn)


def fiscal(text: str, ground: Ground, drawn: random.Random) -> str:
    """A calendar year for a fiscal year, or the other way round."""

    def other(match: re.Match[str]) -> str:
        new = f"{match[1]}{'年' if match[2] == '年度' else '年度'}"
        return new if ground.lacks(new) else ""

    return _change(r"((?:令和|20)\d{1,2})(年度|年(?!度|\d|間))(?!\d)", other, text, drawn)


def _named(names: Sequence[str], text: str) -> list[str]:
    return [name for name in names if name in text]


def _other_name(text: str, names: Sequence[str], ground: Ground, drawn: random.Random) -> str:
    inside = _named(names, text)
    if not inside:
        return ""
    old = max(inside, key=len)
    fresh = [
        name
        for name in names
        if ground.lacks(name) and ground.lacks(_core(name)) and _core(name) not in old and old not in name
    ]
    return text.replace(old, drawn.choice(fresh), 1) if fresh else ""


def _core(name: str) -> str:
    return re.sub(r"株式会社|有限会社|一般社団法人|一般財団法人|火災保険|推進協議会", "", name).strip()


def organisation(text: str, ground: Ground, drawn: random.Random) -> str:
    """Another organisation of the knowledge, or one that nobody knows."""
    if drawn.random() < 0.3:
        inside = _named(ground.organisations, text)
        made = drawn.choice(
            (
                "株式会社みらい環境",
                "東都エナジー株式会社",
                "首都圏脱炭素協議会",
                "あおぞら信用金庫",
                "日本グリーン推進機構",
                "さくら電力株式会社",
            )
        )
        return text.replace(max(inside, key=len), made, 1) if inside else ""
    return _other_name(text, ground.organisations, ground, drawn)


def programme(text: str, ground: Ground, drawn: random.Random) -> str:
    """Another programme of the knowledge, or one that does not exist."""
    if drawn.random() < 0.3:
        inside = _named(ground.programmes, text)
        made = drawn.choice(
            (
                "脱炭素スタート応援補助金",
                "グリーン設備導入支援事業",
                "まちエコ認証制度",
                "ゼロカーボン促進助成金",
                "エコショップ登録制度",
            )
        )
        return text.replace(max(inside, key=len), made, 1) if inside else ""
    return _other_name(text, ground.programmes, ground, drawn)


def ward(text: str, ground: Ground, drawn: random.Random) -> str:
    """Another ward."""
    inside = [name for name in WARDS.values() if re.search(rf"(?<![一-龥]){name}", text)]
    fresh = [name for name in WARDS.values() if ground.lacks(name)]
    return re.sub(rf"(?<![一-龥]){inside[0]}", drawn.choice(fresh), text, count=1) if inside and fresh else ""


_TURNS = (
    (r"ではありません", "です"), (r"できません", "できます"), (r"(?<!では)(?<!はで)(?<!でき)(?<!かもしれ)(?<!なり)ません(?=。|が|で)", "ます"), (r"対象外", "対象"), (r"不要", "必要"), (r"できます", "できません"),
    (r"対象(?!外|経費|者)", "対象外"), (r"必要(?!な)", "不要"), (r"無料", "有料"), (r"(?<=る)前に", "後に"), (r"工事の前", "工事の後"), (r"提案(?!者|書|資料)", "決定"), (r"予定(?!表)", "実施済み"), (r"抑え", "増やし"),
    (r"ています。", "ていません。"), (r"(?<=[しいきりえべれけみび])ます。", "ません。"), (r"(?<=[一-龥ァ-ヶ])です。", "ではありません。"), (r"税抜き", "税込み"), (r"減(?:り|らし)", "増え"), (r"(?:必ず|原則)", "任意で"),
)  # fmt: skip


def negation(text: str, ground: Ground, drawn: random.Random) -> str:
    """The contrary."""
    fitting = [(old, new) for old, new in _TURNS if re.search(old, text)]
    if not fitting:
        return ""
    old, new = drawn.choice(fitting)
    return _change(old, lambda match: new, text, drawn)


def invented_amount(text: str, ground: Ground, drawn: random.Random) -> str:
    """An amount that nobody wrote."""
    amount = drawn.choice((30, 80, 120, 175, 320, 450, 900))
    written = drawn.choice((f"{amount}万円", f"{amount * 10_000:,}円", f"{amount}万"))
    if not ground.lacks(f"{amount}万", f"{amount * 10_000:,}"):
        return ""
    return drawn.choice(
        (
            f"補助の上限は{written}です。",
            f"{text[:-1]}（上限{written}）。",
            f"費用は{written}ほどかかります。",
            f"最大{written}が支給されます。",
        )
    )


def invented_deadline(text: str, ground: Ground, drawn: random.Random) -> str:
    """A deadline that nobody wrote."""
    month, day = drawn.choice(((1, 29), (6, 27), (7, 18), (8, 22), (10, 17), (12, 19)))
    written = drawn.choice(
        (f"{month}月{day}日", f"令和9年{month}月{day}日", f"{month}/{day}", f"2026年{month}月{day}日")
    )
    if not ground.lacks(f"{month}月{day}日", f"{month}/{day}"):
        return ""
    return drawn.choice(
        (
            f"申請の締め切りは{written}です。",
            f"{text[:-1]}（{written}まで）。",
            f"受付は{written}までです。",
            f"申請から{day}日以内に結果が届きます。",
        )
    )


def invented_phone(text: str, ground: Ground, drawn: random.Random) -> str:
    """A phone number that nobody wrote."""
    number = f"03-{drawn.randint(3000, 6999)}-{drawn.randint(1000, 9999)}"
    return drawn.choice(
        (
            f"問い合わせ先の電話は{number}です。",
            f"{text[:-1]}（電話 {number}）。",
            f"お問い合わせは{number.replace('-', '')}へどうぞ。",
            f"窓口は{wide_digits(number)}です。",
        )
    )


def wide_digits(text: str) -> str:
    """Write digits in full width."""
    return text.translate(str.maketrans("0123456789-", "０１２３４５６７８９－"))


def invented_url(text: str, ground: Ground, drawn: random.Random) -> str:
    """An address on the web that nobody wrote."""
    where = drawn.choice(
        (
            "https://www.city.example.lg.jp/hojo/",
            "https://shoene-hojo.example.jp/apply",
            "info@hojo.example.jp",
            "www.eco-hojo.example.com",
        )
    )
    return drawn.choice(
        (f"申請は{where}からできます。", f"{text[:-1]}（{where}）。", f"詳しくは{where}をご覧ください。")
    )


PROMISES = (
    "後ほどご連絡します。", "担当者から折り返しお電話いたします。", "申請の手続きはこちらで進めておきます。", "窓口に予約を入れておきました。", "資料をメールでお送りします。", "明日までにお調べして回答いたします。",
    "区の担当者に伝えておきます。", "申請書はこちらで作成して提出いたします。", "結果が出次第お知らせいたします。", "登録を完了しました。", "見積もりを取り寄せておきますね。", "専門家から3日以内にご連絡いたします。", "締め切りの前にリマインドします。", "補助が出ることを保証します。",
)  # fmt: skip
VERDICTS = (
    "御社は対象になります。", "必ずもらえます。", "お客様の場合は補助の条件を満たしています。", "間違いなく採択されます。", "あなたのお店は助成を受けられます。", "対象になりますのでご安心ください。", "申請すれば100%通ります。", "貴社は要件に当てはまります。", "確実に支給されます。",
    "そちらの会社でしたら使えます。", "はい、対象です。", "御社は対象外です。", "この場合は申請できます。", "審査は問題ありません。",
)  # fmt: skip


def promise(text: str, ground: Ground, drawn: random.Random) -> str:
    """A promise that nobody keeps."""
    return drawn.choice(PROMISES)


def verdict(text: str, ground: Ground, drawn: random.Random) -> str:
    """A judgement on the person's case."""
    return drawn.choice(VERDICTS)


MUTATIONS: dict[str, Mutate] = {
    "number": number, "unit": unit, "date": date, "year": year, "fiscal year": fiscal, "organisation": organisation, "programme": programme, "ward": ward, "negation": negation,
    "invented amount": invented_amount, "invented deadline": invented_deadline, "invented phone": invented_phone, "invented address": invented_url, "promise": promise, "verdict": verdict,
}  # fmt: skip
"""Kinds that bring in something new; marks are the caller's."""
