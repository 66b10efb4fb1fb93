"""Readers of other sources. Each gives OCPI 2.2.1 Locations as plain JSON values, never another form.

What a source knows and OCPI cannot say goes under the extra key `chargeside` (model/ocpi.py, ExtraFacts).
"""
