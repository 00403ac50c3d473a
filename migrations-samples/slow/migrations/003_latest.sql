CREATE VIEW latest AS
  SELECT sensor, max(taken_at) AS taken_at, value FROM measurements GROUP BY sensor;
