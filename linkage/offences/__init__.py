"""The same offence, recorded by several forces: one identity, never a hypothesis.

Leads that offences may share an offender are another matter (``linkage/series``), and nothing here
reads them.
"""
