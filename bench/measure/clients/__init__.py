"""The clients: each asks a contestant, and ends the run or says so if an answer is wrong."""
