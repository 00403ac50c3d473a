CREATE TABLE transfers (
  id INTEGER PRIMARY KEY,
  from_account INTEGER NOT NULL REFERENCES accounts (id),
  to_account INTEGER NOT NULL REFERENCES accounts (id),
  cents INTEGER NOT NULL CHECK (cents > 0)
);
