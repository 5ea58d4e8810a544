"""Places in a text that everybody should not read without somebody's thought. Pure text, no ORM."""
