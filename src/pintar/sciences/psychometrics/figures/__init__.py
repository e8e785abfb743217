"""Figures as values: where lines, dots and bars lie, in percent of a plot's width and height from its top left corner.

Templates (`foundation/charts/`) draw them; they decide colours and words. Every figure also holds the numbers that it
draws, for the table that stands beside it and for what its title says. Abilities are on the reported scale,
500 + 100 θ; shares are in percent.

- `items`: an item's curve with what people really did; what they chose
- `forms`: people and items on one line; information and standard error
- `gains`: before and after, row by row
"""
