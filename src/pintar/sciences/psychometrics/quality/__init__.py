"""The quality of items: whether the model describes them, and whether they mean the same for everybody, at any time.

- `fit`: infit and outfit, S-X², Q3;
- `dif`: differential item functioning by Mantel–Haenszel and by logistic regression;
- `drift`: difficulty over periods, exposure, time taken.
"""
