"""Market panes: scales, pixel kernels and the widget that composes them."""
