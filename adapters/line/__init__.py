"""LINE: what its webhook sends becomes `Incoming`; a `Reply` becomes message objects, replied first and pushed last.

`webhook` and `render` are pure; `channel` alone imports LINE's SDK, and only where the channel is on.
"""
