"""Why items cannot be estimated: never a silent number."""


class CalibrationFailed(ValueError):
    """reason: a stable code. what: the item, group or parameter it is about, or "". value: a number that says more.

    too_few_people      nobody, or no item, has enough answers (value: how many persons)
    not_dichotomous     an item has marks above 1 and the model takes 0 and 1 only (what: the item)
    no_anchor           none of the anchors is in the table
    unequal_slopes      anchors of different slopes under a model with one slope (what: the item)
    anchor_marks        an item has marks above its anchor's greatest (what: the item)
    separated_group     a group shares no item with the others (what: the group)
    group_too_small     a group has fewer persons than an item needs answers (what: the group; value: persons)
    guess_with_steps    items with a guess and items with several marks in one estimation
    unbounded           the likelihood grows for ever with this parameter (what: the item; value: its slope)
    no_curvature        the information is not positive definite (what: the parameter with the least)
    not_converged       the gradient stayed above the tolerance (what: the parameter; value: its gradient)
    """

    def __init__(self, reason: str, what: str = "", value: float = 0.0) -> None:
        super().__init__(f"{reason}: {what} ({value:g})" if what else f"{reason} ({value:g})")
        self.reason, self.what, self.value = reason, what, value
