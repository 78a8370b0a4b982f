"""Options: prices, greeks, implied volatilities, expiry instants, gamma of whole chains."""
