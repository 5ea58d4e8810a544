"""Auditors’ extracts («Вибірка даних»): a filter, the rows it finds, and files made of them."""
