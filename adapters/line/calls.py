"""Calls of LINE's API through its SDK, each with its end as a value."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

LINE = "https://api.line.me"
TIMEOUT = 10.0
"""Seconds for a message; also LINE's own advice is to repeat after that, with a retry key."""
TIMEOUT_OF_QUOTA = 3.0
"""Seconds for the plan's figures, which a push does not wait for long."""
TIMEOUT_OF_LOADING = 2.0
"""Seconds for the animation, which nobody waits for."""


@dataclass(frozen=True, slots=True)
class Result:
    """The end of a call."""

    status: int | None
    """HTTP status; None: there was no answer."""
    error: str = ""
    """LINE's reason, or the kind of failure; holds no text of a message."""
    sent_as: str = ""
    """Id of the first message."""
    never_left: bool = False
    """There was no connection: LINE has not got the request."""
    body: Any = None
    """The answer, where it was JSON."""

    @property
    def accepted(self) -> bool:
        """Whether LINE has the message: now, or (409) since an earlier call with the same retry key."""
        return self.status is not None and (200 <= self.status < 300 or self.status == 409)


class Calls:
    """LINE's endpoints. Safe to use from several threads."""

    def __init__(self, url: str, access_token: str) -> None:
        """Take where to and as whom; no call is made."""
        self._url = url
        self._access_token = access_token

    @cached_property
    def _sdk(self) -> Any:
        # With the first call, not before: it takes a second or two, and a web server without a worker sends nothing.
        from linebot.v3 import messaging

        return messaging

    @cached_property
    def _client(self) -> Any:
        # A host given is used for all calls; without one, the SDK knows which of LINE's two hosts a call is for.
        host = None if self._url == LINE else self._url
        configuration = self._sdk.Configuration(host=host, access_token=self._access_token)
        # urllib3 would repeat by itself, where only we know whether it may be repeated.
        configuration.retries = False
        return self._sdk.ApiClient(configuration)

    @cached_property
    def _api(self) -> Any:
        return self._sdk.MessagingApi(self._client)

    def reply(self, token: str, messages: Sequence[dict[str, Any]]) -> Result:
        """Reply with a token; no retry key, which LINE refuses here."""
        request = self._sdk.ReplyMessageRequest.from_dict({"replyToken": token, "messages": list(messages)})
        return _ended(lambda: self._api.reply_message_with_http_info(request, _request_timeout=TIMEOUT))

    def push(self, to: str, messages: Sequence[dict[str, Any]], retry_key: str) -> Result:
        """Push; the same key at every attempt."""
        request = self._sdk.PushMessageRequest.from_dict({"to": to, "messages": list(messages)})
        return _ended(
            lambda: self._api.push_message_with_http_info(request, x_line_retry_key=retry_key, _request_timeout=TIMEOUT)
        )

    def loading(self, user: str, seconds: int) -> Result:
        """Show the loading animation."""
        request = self._sdk.ShowLoadingAnimationRequest(chatId=user, loadingSeconds=seconds)
        return _ended(
            lambda: self._api.show_loading_animation_with_http_info(request, _request_timeout=TIMEOUT_OF_LOADING)
        )

    def quota(self) -> Result:
        """Ask for the month's limit: `{"type": "none"}` or `{"type": "limited", "value": 200}`."""
        return _ended(lambda: self._api.get_message_quota_with_http_info(_request_timeout=TIMEOUT_OF_QUOTA))

    def consumption(self) -> Result:
        """Ask for the month's messages: `{"totalUsage": 12}`."""
        return _ended(lambda: self._api.get_message_quota_consumption_with_http_info(_request_timeout=TIMEOUT_OF_QUOTA))

    def about(self) -> Result:
        """Ask who we are: `{"displayName": …, "basicId": …}`."""
        return _ended(lambda: self._api.get_bot_info_with_http_info(_request_timeout=TIMEOUT))

    def set_webhook(self, url: str) -> Result:
        """Name the address that LINE sends events to; it takes up to a minute to hold."""
        request = self._sdk.SetWebhookEndpointRequest(endpoint=url)
        return _ended(lambda: self._api.set_webhook_endpoint_with_http_info(request, _request_timeout=TIMEOUT))

    def webhook(self) -> Result:
        """Ask for the address and whether events are sent: `{"endpoint": …, "active": true}`."""
        return _ended(lambda: self._api.get_webhook_endpoint_with_http_info(_request_timeout=TIMEOUT))

    def test_webhook(self) -> Result:
        """Have LINE call the address: `{"success": true, "reason": "OK", "statusCode": 200}`."""
        return _ended(lambda: self._api.test_webhook_endpoint_with_http_info(_request_timeout=3 * TIMEOUT))

    def check_menu(self, menu: dict[str, Any]) -> Result:
        """Have a rich menu checked without making it."""
        request = self._sdk.RichMenuRequest.from_dict(menu)
        return _ended(lambda: self._api.validate_rich_menu_object_with_http_info(request, _request_timeout=TIMEOUT))

    def make_menu(self, menu: dict[str, Any]) -> Result:
        """Make a rich menu: `{"richMenuId": …}`."""
        request = self._sdk.RichMenuRequest.from_dict(menu)
        return _ended(lambda: self._api.create_rich_menu_with_http_info(request, _request_timeout=TIMEOUT))

    def menus(self) -> Result:
        """List the account's rich menus: `{"richmenus": [{"richMenuId": …, "name": …}]}`."""
        return _ended(lambda: self._api.get_rich_menu_list_with_http_info(_request_timeout=TIMEOUT))

    def set_picture(self, menu: str, png: bytes) -> Result:
        """Give a rich menu its picture."""
        blob = self._sdk.MessagingApiBlob(self._client)
        headers = {"Content-Type": "image/png"}
        return _ended(
            lambda: blob.set_rich_menu_image_with_http_info(
                menu, body=png, _headers=headers, _content_type="image/png", _request_timeout=3 * TIMEOUT
            )
        )

    def show_menu(self, menu: str) -> Result:
        """Show a rich menu to everybody."""
        return _ended(lambda: self._api.set_default_rich_menu_with_http_info(menu, _request_timeout=TIMEOUT))

    def drop_menu(self, menu: str) -> Result:
        """Delete a rich menu."""
        return _ended(lambda: self._api.delete_rich_menu_with_http_info(menu, _request_timeout=TIMEOUT))


def _ended(call: Callable[[], Any]) -> Result:
    """Make a call."""
    import urllib3
    from linebot.v3.messaging.exceptions import ApiException

    try:
        response = call()
    except ApiException as error:
        if not error.status:
            return Result(None, type(error).__name__)
        return Result(error.status, error_of(error.body), sent_as=_first_id(_json(error.body)))
    except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError) as error:
        return Result(None, type(error).__name__, never_left=True)
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        # ValueError: the SDK can't read an answer, which is as good as none.
        return Result(None, type(error).__name__)
    body = response.data.to_dict() if hasattr(response.data, "to_dict") else None
    return Result(response.status_code, sent_as=_first_id(body), body=body)


def error_of(body: object) -> str:
    """Give the message of an error's body, with the places it names; LINE repeats nothing of what was sent there."""
    told = _json(body)
    if not isinstance(told, dict):
        return "no reason given"
    details = told.get("details")
    places = [
        f"{one.get('property')}: {one.get('message')}"
        for one in (details if isinstance(details, list) else [])
        if isinstance(one, dict)
    ]
    return "; ".join([str(told.get("message")), *places])[:300]


def _json(body: object) -> Any:
    try:
        return json.loads(body) if isinstance(body, str | bytes) else None
    except ValueError:
        return None


def _first_id(body: Any) -> str:
    sent = body.get("sentMessages") if isinstance(body, dict) else None
    first = sent[0] if isinstance(sent, list) and sent else None
    return str(first.get("id") or "") if isinstance(first, dict) else ""
