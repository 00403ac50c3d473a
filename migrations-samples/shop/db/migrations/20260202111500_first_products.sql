-- migrate:up
INSERT INTO products (sku, name, price_cents, stock) VALUES
  ('MUG-1', 'Mug; white', 850, 40),
  ('TEA-1', 'Green tea, 100 g', 620, 25),
  ('POT-1', 'Teapot', 3200, 6);

-- migrate:down
DELETE FROM products WHERE sku IN ('MUG-1', 'TEA-1', 'POT-1');
