"""The rules of a table's rows, made from the contract; `suites` lists who makes them."""
