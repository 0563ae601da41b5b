"""The handoff to a human advisor, as far as it needs neither database nor platform.

`states` is what can happen to a conversation, in one table; `topics` what a machine must not decide; `words` what the
person is told on the way; `replies` what the person means by a short reply; `facts` and `summary` what the
advisor reads first. Who answers, and how a message gets there, is the adapters' matter.
"""
