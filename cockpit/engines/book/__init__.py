"""Order books: from orders, from price levels, and the measures taken from them."""
