"""What happens in a book that a trader would want to be told: walls, sweeps, absorption, and what came of them."""
