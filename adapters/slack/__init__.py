"""Slack as a channel: events in (HTTP or Socket Mode), answers out as Block Kit.

`routes` and `socket` receive, `app` (Bolt) tells the kinds of payload apart, `events` translates them; `channel` sends
what `render` makes of a reply.
"""
