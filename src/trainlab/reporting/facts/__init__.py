"""What a report tells, as frozen plain values measured from results; nothing is drawn."""
