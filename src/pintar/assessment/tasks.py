"""What comes round."""

from datetime import datetime

from pintar.assessment import actions
from pintar.foundation.schedule import every


@every(seconds=5)
def close_what_is_due(now: datetime) -> None:
    """Close and score the sittings whose time and grace are over."""
    actions.close_due(now)
