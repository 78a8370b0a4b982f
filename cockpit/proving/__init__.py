"""Books held against what was recorded beside them: every pairing of sources that proves one."""
