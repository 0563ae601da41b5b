"""Which act a message calls for, before anything is looked up: greeting, person, misuse, off-topic.

Pure functions on the message. What they don't decide is decided by what the documents hold.
"""

from bot.policies.greeting import is_greeting
from bot.policies.misuse import instructs, is_misuse
from bot.policies.person import wants_person
from bot.policies.topics import is_off_topic, is_tax, on_topic

__all__ = ["instructs", "is_greeting", "is_misuse", "is_off_topic", "is_tax", "on_topic", "wants_person"]
