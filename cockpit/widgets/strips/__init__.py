"""The feature strips: their words, and where their lines lie."""
