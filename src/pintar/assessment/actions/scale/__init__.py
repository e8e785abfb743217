"""What is done with answers once they are given: added up."""

from pintar.assessment.actions.scale.tallying import tally_items

__all__ = ["tally_items"]
