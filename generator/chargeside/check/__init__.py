"""Rules over a whole network: what is wrong in the content though every single file could be read."""
