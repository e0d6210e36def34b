"""The drill: docker-compose.yml proven by plain processes on this machine. Not part of any image."""
