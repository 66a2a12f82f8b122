"""Compare word2vec trainers: speed, memory and quality, side by side on one machine."""
