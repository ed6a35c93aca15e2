"""One module per command: its options, what it calls, and how it prints what came of it.

What a command needs is imported when it runs, so that `moonwalk --help` answers at once.
"""
