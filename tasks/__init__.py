"""The worker and the scheduler. Tasks take ids, call one service, and are safe to run twice."""
