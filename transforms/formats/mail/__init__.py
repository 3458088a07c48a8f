"""Mails, read by their grammar: mailboxes, single messages, digests of lists.

    bytes ── split.py ──▶ messages ── heads.py ──▶ heads ── parts.py ──▶ texts ── bodies.py ──▶ stories

A text is one story, or those of what is in it: a digest, a forwarded mail, a newsletter or a reader's page.
"""
