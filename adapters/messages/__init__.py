"""Durable messages: what people send is stored before it is acknowledged, answered once, and sent once.

A channel (LINE, Slack, the web chat) turns what its platform sends into `Incoming`, and `Outgoing` into what its
platform wants; everything between (`inbox`, `lanes`, `conversation`, `answering`, `writing`, `sending`, `worker`) knows
no platform.
"""
