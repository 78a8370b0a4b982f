"""Everything that brings events in: files, tapes, venues. Never meets engines."""
