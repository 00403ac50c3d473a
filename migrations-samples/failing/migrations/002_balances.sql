CREATE TABLE balances (
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id),
  cents INTEGER NOT NULL DEFAULT 0
);

INSERT INTO accounts (owner) VALUES ('Ada'), ('Grace');

-- The table is called accounts.
INSERT INTO balances (account_id)
  SELECT id FROM acounts;
