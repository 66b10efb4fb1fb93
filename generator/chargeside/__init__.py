"""Chargeside: help at the side of the charger. Driver pages and printed signs from station data and Markdown guides."""

__version__ = "0.1.0"
