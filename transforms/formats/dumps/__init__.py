"""Dumps: pages, digests, archives and files of many stories as text, cut into their stories by one method for all.

units      text -> units: a line, or a part of one that may be a field of its own
when       the dates, ages and times of day within a line
evidence   units -> numbers: what each looks like, where it stands, what repeats
labeller   numbers -> what each unit is, and whether a story begins there: a small trained network, in numpy
decode     the likeliest reading of the page as a whole
stories    that reading -> stories, their fields and how sure each is
split      all of it, for one document
"""
