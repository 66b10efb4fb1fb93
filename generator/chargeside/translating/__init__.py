"""The translators' view of the guides: how far a language is, files to begin with, PO and XLIFF for those who work with tools.

A guide falls into pieces: title, short, symptoms, intro, each step, call, ask. A translation is up to date piece by piece, by the
fingerprint of the English one (load.translation).
"""
