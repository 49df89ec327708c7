"""What an auditor asks: look-ups, timeline, verification, and the bytes a version takes."""
