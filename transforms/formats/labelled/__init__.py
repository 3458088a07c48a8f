"""Records with labels, as press databases, readers in a terminal and reference managers write them.

"Title: …", "LENGTH: 812 words", "HD" and "TI  - " are labels of one grammar. Programs differ by their words, which are
a table of data (`labels.json`), by what parts their records, and by what stands over the first label without one.
"""
