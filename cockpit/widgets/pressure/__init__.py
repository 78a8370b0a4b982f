"""The pressure meter above the ladder: what it says (``words``) and how it is drawn (``meter``)."""
