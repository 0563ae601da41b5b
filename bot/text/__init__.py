"""Answers from passages: retrieved, cut into units, chosen and put plainly; where nothing answers, who is to be asked.

A new way to read an answer out of a document's text goes here. What is known as data (programmes, grants, events)
is answered in `bot.lists`.
"""
