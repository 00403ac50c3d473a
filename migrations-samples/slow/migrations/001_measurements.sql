CREATE TABLE measurements (
  id INTEGER PRIMARY KEY,
  sensor TEXT NOT NULL,
  taken_at INTEGER NOT NULL,
  value REAL NOT NULL
);
