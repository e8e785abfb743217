"""`/bank/…`: where authors and assessors work on items."""
