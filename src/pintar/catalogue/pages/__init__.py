"""The HTML door: the shop window, the catalogue, a training."""
