"""What the console calls things."""

from __future__ import annotations

from bot.handoff.topics import topics

AMBER_AFTER, RED_AFTER = 600, 1800
"""Seconds within opening hours."""
LEVELS = {"green": "10分未満", "amber": "10分を超えました", "red": "30分を超えました"}
CHANNELS = {"line": "LINE", "slack": "Slack", "web": "ウェブ", "cli": "端末"}
REASONS = {
    "asked": "本人の希望",
    "unanswered": "答えられない質問が続いた",
    "voted_down": "回答が役に立たなかった",
    "failed": "回答できなかった",
}
STATES = {
    "waiting": "担当者を待っています",
    "with_advisor": "対応中",
    "returned": "Ippoに戻しました",
    "closed": "終了",
    "cancelled": "本人が取り消し",
}
RATINGS = {3: "解決しました", 2: "少し役に立ちました", 1: "解決しませんでした"}
DELIVERY = {
    "pending": "送信中",
    "sending": "送信中",
    "sent": "届きました",
    "repeated": "届いたか確かめられず、もう一度送りました",
    "unknown": "届いたか確かめられません",
    "failed": "届きませんでした",
    "dropped": "送られませんでした",
}
"""By status in `outbox`."""
EVENTS = {
    "call": "相談員を呼びました",
    "cancel": "呼び出しを取り消しました",
    "claim": "担当しました",
    "hand_over": "引き継ぎました",
    "return": "Ippoに戻しました",
    "close": "終了しました",
}
ACTIONS = {
    "login": "ログイン",
    "login-failed": "ログイン失敗",
    "login-refused": "ログイン拒否(失敗が続いた)",
    "logout": "ログアウト",
    "view": "相談の閲覧",
    "claim": "担当",
    "reply": "返信",
    "note": "内部メモ",
    "return": "Ippoに戻す",
    "close": "終了",
    "hand-over": "引き継ぎ",
    "refused": "断られた操作",
    "account-add": "相談員の追加",
    "account-change": "相談員の変更",
    "account-deactivate": "利用の停止",
    "account-activate": "利用の再開",
    "password-change": "パスワードの変更",
    "password-reset": "パスワードの発行",
    "phrase-add": "定型文の追加",
    "phrase-change": "定型文の変更",
    "phrase-delete": "定型文の削除",
    "knowledge-bring": "文書の追加(公開前)",
    "knowledge-state": "文書の情報の変更",
    "knowledge-discard": "公開前の文書の破棄",
    "knowledge-publish": "文書の公開",
    "knowledge-withdraw": "文書の取り下げ",
    "knowledge-override": "確認質問を越えて公開",
    "knowledge-task": "知識の確認",
    "refetch": "アドレスの再取得の開始",
    "refetched": "アドレスの再取得",
    "audit-export": "監査の書き出し",
    "gaps-export": "未回答の書き出し",
    "figures-export": "集計の書き出し",
    "draft-add": "回答案の作成",
    "draft-change": "回答案の変更",
    "draft-publish": "回答の公開",
    "draft-withdraw": "回答の取り下げ",
}
"""By `audit.action`; one that is not here is shown as it is."""


def channel_name(channel: str) -> str:
    """Name a channel."""
    return CHANNELS.get(channel, channel)


def reason_name(reason: str) -> str:
    """Say why somebody was called."""
    if reason in REASONS:
        return REASONS[reason]
    return next((topic.title for topic in topics() if topic.id == reason), "その他")
