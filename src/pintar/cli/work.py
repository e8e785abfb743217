"""The worker: hands events to their handlers and runs what comes round, until it is told to stop."""

import os
import signal
import time
from datetime import datetime

import structlog

PAUSE = 0.5
PAUSE_WHEN_THE_DATABASE_IS_AWAY = 5.0

log = structlog.get_logger("pintar.worker")


class Worker:
    """Loops until told to stop, or until the process that started it is gone."""

    def __init__(self) -> None:
        self.parent = os.getppid()
        self.stopping = False
        self.last_run: dict[str, datetime] = {}

    def stop(self, *_: object) -> None:
        self.stopping = True

    def run(self) -> None:
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        while not self.stopping and os.getppid() == self.parent:
            time.sleep(PAUSE if self._round() else PAUSE_WHEN_THE_DATABASE_IS_AWAY)

    def _round(self) -> bool:
        from django.db import DatabaseError, close_old_connections

        from pintar.foundation import clock, schedule
        from pintar.foundation.ledger import worker

        try:
            close_old_connections()
            worker.deliver_all()
            for scheduled in schedule.due(self.last_run, clock.now()):
                self.last_run[scheduled.name] = clock.now()
                self._run_one(scheduled)
        except DatabaseError as error:
            log.error("database_away", error=type(error).__name__)
            return False
        return True

    def _run_one(self, scheduled: object) -> None:
        from pintar.foundation import clock
        from pintar.foundation.schedule import Scheduled

        assert isinstance(scheduled, Scheduled)
        try:
            scheduled.work(clock.now())
        except Exception as error:
            log.error("scheduled_work_failed", name=scheduled.name, error=type(error).__name__, exc_info=True)
