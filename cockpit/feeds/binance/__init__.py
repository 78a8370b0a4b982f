"""Binance: the venue's messages, its sequence rules, and its public market data live."""
