"""The agent: a language model with tools over the knowledge, around the assistant that answers without one.

`agent.Agent` meets `bot.ports.Answering`. What it may do is bounded by code: what the assistant decides by rule stays,
every draft passes `bot.guard`, and whatever goes wrong ends in the assistant's own answer. Importing this package does
not import LangChain; `agent.models` and `agent.loop` do, and only a configured model needs them.
"""
