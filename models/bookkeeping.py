"""The entries that rows written behind the services lack: loaded, taken over, made for a demo.

Run in their order by whoever writes such rows, in the transaction that writes them
(``ENTRIES_OF_GOODS`` is enough when no orders are among them); each statement adds only what is
missing, so that it may be run again. Afterwards ``stock`` is the sum of the
ledger, what living orders took off the shelf stands in it, every order has a time line, and every
line a snapshot of its SKU.
"""

from __future__ import annotations

from models.offers import LISTED

_SNAPSHOTS = f"""UPDATE orders_order_goods g JOIN goods_sku s ON s.id = g.sku_id
  SET g.name = s.name, g.default_image_url = s.default_image_url, g.updated_time = g.updated_time,
    g.attribute_names = COALESCE(({LISTED.format(column="a.name")}), '[]'),
    g.attribute_values = COALESCE(({LISTED.format(column="v.name")}), '[]')
  WHERE g.name IS NULL"""
_TIME_LINES = """INSERT INTO orders_event (order_id, from_status, to_status, actor, created_time)
  SELECT o.order_id, e.to_status, o.status, 'import', NOW(6)
  FROM orders_order_info o LEFT JOIN orders_event e
    ON e.id = (SELECT MAX(id) FROM orders_event WHERE order_id = o.order_id)
  WHERE e.id IS NULL OR e.to_status <> o.status"""
_TAKEN = """INSERT INTO goods_stock_ledger (sku_id, delta, reason, order_id)
  SELECT sku_id, SUM(missing), IF(SUM(missing) < 0, 'order', 'closed'), order_id FROM (
    SELECT g.order_info_id AS order_id, g.sku_id, IF(o.status IN (6, 8), 0, -g.`count`) AS missing
      FROM orders_order_goods g JOIN orders_order_info o ON o.order_id = g.order_info_id
    UNION ALL
    SELECT order_id, sku_id, -delta FROM goods_stock_ledger WHERE order_id IS NOT NULL
  ) AS books GROUP BY order_id, sku_id HAVING SUM(missing) <> 0"""
_OPENING = """INSERT INTO goods_stock_ledger (sku_id, delta, reason)
  SELECT s.id, s.stock - COALESCE(SUM(l.delta), 0), 'opening' FROM goods_sku s
  LEFT JOIN goods_stock_ledger l ON l.sku_id = s.id
  GROUP BY s.id, s.stock HAVING s.stock <> COALESCE(SUM(l.delta), 0)"""

ENTRIES_OF_GOODS = {"enter what stands on the shelf": _OPENING}
ENTRIES = {
    "give order lines the name, picture and attributes of their SKU": _SNAPSHOTS,
    "continue the time lines of orders": _TIME_LINES,
    "enter what orders took off the shelf": _TAKEN,
    **ENTRIES_OF_GOODS,
}
