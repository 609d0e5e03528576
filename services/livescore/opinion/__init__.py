"""A second opinion: everything that a competition's ledger is worth, worked out a second time in another way.

Written from the rule book and the contracts alone. It shares no function with `domain` and neither imports the other
(an import contract keeps that), so a slip in one is not a slip in both. Where the first scorer folds event by event
and keeps sums running, this one only collects the facts (`book.py`) and works everything out at the end, for any
moment of the history: awards as whole numbers over one denominator (`worth.py`, `cells.py`), what the public is shown
(`published.py`, `board.py`), ranks by counting who is above, medals by the letter of R62 (`field.py`, `medals.py`).
"""
