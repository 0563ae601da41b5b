"""The plan: one thing for today, one for this month, one person to call, and what comes after.

`policy.toml` is the table that decides it; `policy` reads and checks it, `plan` chooses, `tell` writes, `advise` is
what the assistant calls.
"""
