"""Lines in Redis or Valkey, for many server processes: every step of `rules.Queue` as one atomic script.

A queue is six keys: w waiting and c called (ticket → place), s seen (ticket → instant), d done, e early, h its
numbers. All keys lie in one slot of a cluster. They expire by themselves; a flush loses no place (see `rules.Queue`).
"""

from functools import wraps
from typing import Any

import redis

from pintar.enrolment.waitingroom.rules import KEPT, PACE_WINDOW, RETURN, Spot, Stage
from pintar.enrolment.waitingroom.store import Unreachable

PREFIX = "{pintar:queue}"
DAYS_KEPT = 3
SECONDS = 86_400

# What every script begins with: the names of the keys and the steps that several share. Numbers are sent as text of
# whole digits, so that none is rounded; all stay below 2**53.
PRELUDE = f"""
local w, c, s, d, e, h = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local now, KEPT, WINDOW = tonumber(ARGV[1]), {KEPT}, {PACE_WINDOW}
local function num(name) return tonumber(redis.call('HGET', h, name) or '0') end
local function place_of(t) return redis.call('ZSCORE', w, t) or redis.call('ZSCORE', c, t) end
local function remove(t)
  redis.call('ZREM', w, t) redis.call('ZREM', c, t) redis.call('ZREM', s, t)
end
local function lapse_if_silent(t)
  if now - tonumber(redis.call('ZSCORE', s, t) or '0') <= KEPT then return false end
  remove(t)
  return true
end
local function turn_window()
  local passed = now - num('window')
  if passed < WINDOW then return end
  local calls, span = 0, '0'
  if passed < 2 * WINDOW then calls, span = num('calls'), string.format('%.17g', passed) end
  redis.call('HSET', h, 'calls_before', calls, 'window_before', span, 'calls', 0, 'window', ARGV[1])
end
local function spot(t)
  turn_window()
  local pace = (num('calls') + num('calls_before')) / math.max(1, num('window_before') + now - num('window'))
  local left = redis.call('HGET', h, 'left') or ''
  local place = place_of(t)
  if not place then
    return {{redis.call('HGET', d, t) or 'lapsed', '0', 0, left, string.format('%.17g', pace), 0}}
  end
  if redis.call('ZSCORE', c, t) then return {{'called', place, 0, left, string.format('%.17g', pace), 0}} end
  local called = redis.call('ZCARD', c)
  local ahead = redis.call('ZRANK', w, t) + called
  return {{'waiting', place, ahead, left, string.format('%.17g', pace), called}}
end
"""
ENTER = """
local t, place, early, since = ARGV[2], ARGV[3], ARGV[4] == '1', KEYS[7]
redis.call('SET', since, ARGV[1], 'NX')
if redis.call('HGET', d, t) == 'seated' then return spot(t) end
if place_of(t) then
  if not lapse_if_silent(t) then
    redis.call('ZADD', s, ARGV[1], t)
    return spot(t)
  end
  if not early then place = '' end
elseif place ~= '' and not early then
  local began = tonumber(redis.call('GET', since))
  if now - began > KEPT then
    place = ''
  elseif tonumber(place) < began * 1000000 then
    redis.call('HSET', h, 'lost', 1)
  end
end
redis.call('HDEL', d, t)
if place == '' then
  place = string.format('%.0f', math.max(num('last') + 1, tonumber(ARGV[5])))
  redis.call('HSET', h, 'last', place)
end
if tonumber(place) < 0 then redis.call('SADD', e, t) end
redis.call('ZADD', w, place, t)
redis.call('SADD', KEYS[8], ARGV[7])
redis.call('ZADD', s, ARGV[1], t)
for i = 1, 6 do redis.call('EXPIRE', KEYS[i], ARGV[6]) end
return spot(t)
"""
LOOK = """
local t = ARGV[2]
if place_of(t) and not lapse_if_silent(t) then redis.call('ZADD', s, ARGV[1], t) end
return spot(t)
"""
CALL = f"""
local room = tonumber(ARGV[2])
if num('lost') == 1 and now - tonumber(redis.call('GET', KEYS[7]) or '0') < {RETURN} then room = 0 end
local left = redis.call('HGET', h, 'left')
if left then room = math.min(room, tonumber(left) - redis.call('ZCARD', c)) end
local count = 0
while count < room do
  local first = redis.call('ZRANGE', w, 0, 0, 'WITHSCORES')
  if not first[1] then break end
  if not lapse_if_silent(first[1]) then
    redis.call('ZREM', w, first[1])
    redis.call('ZADD', c, first[2], first[1])
    count = count + 1
  end
end
turn_window()
redis.call('HINCRBY', h, 'calls', count)
return count
"""
DECIDE = """
local t, stage = ARGV[2], ARGV[3]
if stage == 'seated' and redis.call('HGET', d, t) ~= 'seated' then
  redis.call('HINCRBY', h, 'seated', 1)
  if redis.call('HEXISTS', h, 'left') == 1 then redis.call('HINCRBY', h, 'left', -1) end
end
remove(t)
redis.call('HSET', d, t, stage)
return 0
"""
HOLD = """
if not place_of(ARGV[2]) then redis.call('ZADD', c, string.format('%.0f', now * 1000000), ARGV[2]) end
redis.call('ZADD', s, ARGV[1], ARGV[2])
return 0
"""
LEAVE = "remove(ARGV[2]) return 0"
KNOW = """
redis.call('HSET', h, 'left', string.format('%.0f', tonumber(ARGV[2]) - (num('seated') - tonumber(ARGV[3]))))
return 0
"""
CLOSE = """
if redis.call('ZCARD', w) + redis.call('ZCARD', c) > 0 then return 0 end
redis.call('SREM', KEYS[8], ARGV[2])
redis.call('DEL', w, c, s, d, h)
return 1
"""
TEND = """
for _, t in ipairs(redis.call('ZRANGEBYSCORE', s, '-inf', '(' .. string.format('%.6f', now - KEPT))) do remove(t) end
return redis.call('ZCARD', w) + redis.call('ZCARD', c)
"""


def _or_unreachable(step: Any) -> Any:
    @wraps(step)
    def guarded(*given: Any, **named: Any) -> Any:
        try:
            return step(*given, **named)
        except redis.RedisError as error:
            raise Unreachable(str(error)) from error

    return guarded


class Shared:
    """See `store.Store`. `url` is PINTAR_REDIS_URL."""

    is_shared = True

    def __init__(self, url: str):
        self._redis = redis.Redis.from_url(url, decode_responses=True, socket_timeout=2, socket_connect_timeout=2)
        scripts = {
            "enter": ENTER, "look": LOOK, "call": CALL, "hold": HOLD, "decide": DECIDE, "leave": LEAVE, "know": KNOW,
            "close": CLOSE, "tend": TEND,
        }  # fmt: skip
        self._scripts = {name: self._redis.register_script(PRELUDE + text) for name, text in scripts.items()}

    @_or_unreachable
    def open(self, batch: str) -> None:
        self._redis.sadd(f"{PREFIX}:open", batch)

    def close(self, batch: str) -> bool:
        return bool(self._do("close", batch, 0.0, batch))

    @_or_unreachable
    def open_queues(self) -> frozenset[str]:
        return frozenset(self._redis.smembers(f"{PREFIX}:open"))

    def enter(self, batch: str, ticket: str, now: float, *, place: int | None = None, early: bool = False) -> Spot:
        wanted = "" if place is None else str(place)
        micros = f"{now * 1_000_000:.0f}"
        return _spot(
            self._do("enter", batch, now, ticket, wanted, "1" if early else "", micros, DAYS_KEPT * SECONDS, batch)
        )

    def look(self, batch: str, ticket: str, now: float) -> Spot:
        return _spot(self._do("look", batch, now, ticket))

    def call(self, batch: str, most: int, now: float) -> int:
        return int(self._do("call", batch, now, most))

    def hold(self, batch: str, ticket: str, now: float) -> None:
        self._do("hold", batch, now, ticket)

    def decide(self, batch: str, ticket: str, stage: Stage, now: float) -> None:
        self._do("decide", batch, now, ticket, stage.value)

    def leave(self, batch: str, ticket: str) -> None:
        self._do("leave", batch, 0.0, ticket)

    @_or_unreachable
    def seated(self, batch: str) -> int:
        return int(self._redis.hget(self._keys(batch)[5], "seated") or 0)

    def know(self, batch: str, left: int, seated_before: int) -> None:
        self._do("know", batch, 0.0, left, seated_before)

    def tend(self, batch: str, now: float) -> int:
        return int(self._do("tend", batch, now))

    @_or_unreachable
    def lost(self, now: float) -> None:
        if found := list(self._redis.scan_iter(f"{PREFIX}:*")):
            self._redis.delete(*found)

    @_or_unreachable
    def early(self, batch: str) -> list[str]:
        return sorted(self._redis.smembers(self._keys(batch)[4]))

    @_or_unreachable
    def _do(self, script: str, batch: str, now: float, *values: Any) -> Any:
        keys = [*self._keys(batch), f"{PREFIX}:since", f"{PREFIX}:open"]
        return self._scripts[script](keys=keys, args=[f"{now:.6f}", *values])

    @staticmethod
    def _keys(batch: str) -> list[str]:
        return [f"{PREFIX}:{batch}:{part}" for part in "wcsdeh"]


def _spot(told: list[Any]) -> Spot:
    stage, place, ahead, left, pace, called = told
    known = int(float(left)) if left != "" else None
    return Spot(Stage(stage), int(float(place)), int(ahead), known, float(pace), int(called))
