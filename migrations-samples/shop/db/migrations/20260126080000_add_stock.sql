-- migrate:up
ALTER TABLE products ADD COLUMN stock INTEGER NOT NULL DEFAULT 0;

-- Every line that is ordered leaves the shelf.
CREATE TRIGGER order_lines_take_stock AFTER INSERT ON order_lines
BEGIN
  UPDATE products SET stock = stock - NEW.quantity WHERE id = NEW.product_id;
END;

-- migrate:down
DROP TRIGGER order_lines_take_stock;
ALTER TABLE products DROP COLUMN stock;
