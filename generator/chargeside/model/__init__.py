"""The nouns of Chargeside, immutable and typed. Imports nothing of the project but `findings`."""
