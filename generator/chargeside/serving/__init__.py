"""`serve`: the workshop for authors. A saved guide is on a phone-sized page at once, and mistakes stand beside it.

Nothing is built and nothing is written: sources stay in memory, only what changed is read again, and a page is planned and
rendered when it is asked for. The library is not part of it; `mkdocs serve` previews that.
"""
