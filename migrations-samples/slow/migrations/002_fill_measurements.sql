-- Takes four seconds or so: counts twenty million seconds and keeps a value for every minute.
WITH RECURSIVE tick (n) AS (
  SELECT 1
  UNION ALL
  SELECT n + 1 FROM tick WHERE n < 20000000
)
INSERT INTO measurements (sensor, taken_at, value)
  SELECT 'sensor-' || (n / 60 % 50), 1767225600 + n, (n * 7919 % 10007) / 100.0
  FROM tick
  WHERE n % 60 = 0;
