"""The changes of a cart, each one script: nobody sees or spoils one half of it.

KEYS: the cart, and the mark of the change. ARGV: what the change is, the seconds its mark lives,
the seconds the cart lives from now on, then what each script names itself. A script whose mark is
there already changes nothing: the same change is answered as done, another one as ``reused``. Every
script returns an outcome and the whole cart as it is now; only ``done`` has changed anything or
left a mark.

A line is ``count,selected,since``; ``since`` is when it was put in, in milliseconds of Redis.
"""

from __future__ import annotations

MOST_LINES = 100
LARGEST = 2**31 - 1
NOT_FOR_SALE = -1
"""In place of a stock: the SKU is unknown or withdrawn."""

_BEGIN = f"""
local cart, mark = KEYS[1], KEYS[2]
local function after(outcome) return {{outcome, redis.call('HGETALL', cart)}} end
local known = redis.call('GET', mark)
if known then return after(known == ARGV[1] and 'done' or 'reused') end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local function line(sku)
  local packed = redis.call('HGET', cart, sku) or ''
  local count, selected, since = packed:match('^(%d+),([01]),(%d+)$')
  count = tonumber(count)
  if not count or count < 1 or count > {LARGEST} then return nil end
  return count, selected, since
end
local function put(sku, count, selected, since)
  redis.call('HSET', cart, sku, string.format('%d,%s,%.0f', count, selected, since))
end
local function room() return redis.call('HLEN', cart) < {MOST_LINES} end
local function done()
  redis.call('EXPIRE', cart, ARGV[3])
  redis.call('SET', mark, ARGV[1], 'EX', ARGV[2])
  return after('done')
end
"""

# SKU, pieces, stock, and 1 when the line may be a new one.
ADD = f"""{_BEGIN}
local sku, more, stock, new = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7] == '1'
local held, selected, since = line(sku)
if stock < 0 or not (held or new) then return after('missing') end
local count = (held or 0) + more
if count > stock then return after('over') end
if not held and not room() then return after('full') end
put(sku, count, selected or '1', since or now)
return done()
"""

# SKU, pieces, stock.
SET_COUNT = f"""{_BEGIN}
local sku, count, stock = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
local held, selected, since = line(sku)
if stock < 0 or not held then return after('missing') end
if count > stock then return after('over') end
put(sku, count, selected, since)
return done()
"""

# SKU.
STEP_DOWN = f"""{_BEGIN}
local held, selected, since = line(ARGV[4])
if not held then return after('missing') end
put(ARGV[4], math.max(1, held - 1), selected, since)
return done()
"""

# 0 or 1, SKU.
SELECT = f"""{_BEGIN}
local held, _, since = line(ARGV[5])
if not held then return after('missing') end
put(ARGV[5], held, ARGV[4], since)
return done()
"""

# 0 or 1.
SELECT_ALL = f"""{_BEGIN}
for _, sku in ipairs(redis.call('HKEYS', cart)) do
  local held, _, since = line(sku)
  if held then put(sku, held, ARGV[4], since) end
end
return done()
"""

# SKUs.
REMOVE = f"""{_BEGIN}
for i = 4, #ARGV do redis.call('HDEL', cart, ARGV[i]) end
return done()
"""

# SKU, pieces, stock; the next SKU, its pieces, its stock; … The first one is to stand first.
MERGE = f"""{_BEGIN}
for i = 4, #ARGV, 3 do
  local sku, count, stock = ARGV[i], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2])
  local held, selected, since = line(sku)
  if stock > 0 and (held or room()) then
    put(sku, math.min(math.max(held or 0, count), stock), selected or '1', since or now - i)
  end
end
return done()
"""

# SKU, pieces; the next SKU, its pieces; …
TAKE = f"""{_BEGIN}
for i = 4, #ARGV, 2 do
  local sku, bought = ARGV[i], tonumber(ARGV[i + 1])
  local held, selected, since = line(sku)
  if held and held > bought then
    put(sku, held - bought, selected, since)
  else
    redis.call('HDEL', cart, sku)
  end
end
return done()
"""
