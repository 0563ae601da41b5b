"""What is owed to the people who write to Ippo: to erase what they said, to show it to them, to forget it in time.

`erase` takes one person out of the database, `export` gives what is held about them, `retention` forgets what nobody
has touched for long. All three rest on `emptying`: rows, ids, counts and acts stay, words go.
"""
