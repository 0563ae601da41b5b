"""The advisors' desk: cases of people who asked for a human being, who holds them, what passes between the two.

`schema` tables · `cases` the one place where a conversation changes hands · `posts` what the desk's Slack channel is
told · `work` what advisors do in Slack, worked off like any message · `facts` what the summary is made from · `chores`
reminders. Pages are in `adapters.console`, Slack's forms in `adapters.slack`, the rules in `bot.handoff`.
"""
