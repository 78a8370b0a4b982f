"""The liquidity heatmap's pixels."""
