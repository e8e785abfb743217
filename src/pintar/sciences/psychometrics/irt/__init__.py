"""Item response theory.

`items` holds item parameters and their curves; `quadrature` the nodes over ability; `calibration` estimates items by
marginal maximum likelihood; `abilities` estimates people whose items are known.
"""
