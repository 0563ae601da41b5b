"""The outermost ring: settings, wiring, the command line, the web server and the channels.

Only here are settings read, services joined (`bootstrap`) and protocols spoken. No decision that a second
channel would repeat is taken here.
"""
