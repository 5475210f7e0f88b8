"""Offences that may share an offender: leads for people to look into, never an identity.

A lead is a hypothesis. Nothing here joins offences or persons, and no module of identity may read
it (import-linter holds that). What a pair is judged by are particulars of the two offences alone:
where, when, what kind, how, and what was taken. Of suspects nothing is a feature; who is known to
have done what only teaches the model (``training.py``).
"""
