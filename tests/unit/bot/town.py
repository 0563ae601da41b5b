"""A small town's documents, made up for the tests: the shapes of real ones, none of their sentences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.answer import Answer, Question, Turn
from bot.assistant import Assistant
from tests.library import MemoryLibrary

MENU = """PRESS CONFERENCE

千代田区の省エネ応援メニュー発表

主催：千代田区、一般社団法人みどり協議会



省エネの部 | 応援内容

応援企業名\t応援メニュー
青空サッシ株式会社\t<ul style="x"> ・二重窓の取り付け（寒さと結露を減らす） ・外壁の塗り替え
ひかり電設株式会社\t・店の照明をLEDに取り替える工事 ・分電盤の点検
まちなか資源株式会社\t使い終わった紙コップの回収と再生



お金の部 | 応援内容

応援企業名\t応援メニュー
千代田区\t<ul style="x"> ・店舗省エネ改修助成制度 ・省エネ相談費用助成
ひかり電設株式会社\t助成の申請のお手伝い（相談無料）



注目：店を助ける助成

【千代田区】

- ✓ **店舗省エネ改修助成制度**：LED照明、空調、二重窓の工事にかかる費用を千代田区内の店に助成
- ✓ **省エネ相談費用助成**：省エネの専門家に相談する費用を助成



これからの予定

● 4/24(金) 省エネ入門セミナー

- 電気代の見直し方
- 補助制度の使い方

● 11月～2月ごろ まちの省エネ塾

- 少人数の連続講座(8-12社限定)

2026年4月から千代田区の各地で順次行います。



お問い合わせ先

一般社団法人みどり協議会 事務局

公式URL : https://midori.example.jp/

メール : info@midori.example.jp

電話 : 03-1234-5678 (直通)
"""
PROPOSAL = """港区の太陽光クレジット連携に関する提案要旨



提案の背景・目的

- 港区は建物が多く、港区の屋根を生かすことを提案します。
- 令和9年度からは、助成の申請条件に**クレジットへの参加**を加えることを港区に提案します。

▼クレジットの見込み（想定値）

区分\t対象\tR8\tR9\tR10\t累計
太陽光\t店\t10\t20\t30\t60
\t住民\t11\t21\t31\t63
照明\t店\t40\t50\t60\t150
合計\t\t61\t91\t121\t273
"""
MINUTES = """第 3 回まちの省エネ会議 議事概要

日 時 令和６年 5 月 10 日（金）10：00～12：00

場 所 オンライン

１． 意見交換

【議長】

小さな店は商店会といっしょに取り組むのがよいと考えている。

【電力会社】

昨年の講座には 27 名が参加した。社長が自ら来た店が多かった。
"""
TODAY = date(2026, 11, 24)


def town(**more: str) -> Assistant:
    """An assistant that knows the town's documents, and more files by name."""
    files = {"menu.txt": MENU, "proposal.txt": PROPOSAL, "minutes.txt": MINUTES, **more}
    return Assistant(MemoryLibrary(files), public_url="https://ippo.example")


def ask(
    assistant: Assistant, text: str, ward: str | None = "chiyoda", history: Sequence[tuple[str, str]] = ()
) -> Answer:
    """Ask one question; history as (question, answer) pairs."""
    turns = [turn for said, told in history for turn in (Turn("user", said), Turn("assistant", told))]
    return assistant.answer(Question(text, TODAY, ward, tuple(turns)))
