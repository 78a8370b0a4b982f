"""What kind of market it is: the volatility regime, the cone of moves to expect, the pressure on a book."""
