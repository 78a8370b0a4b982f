"""Events that are still coming: a log they are appended to, a river that reads it, feeds that fill it."""
