"""Raw evidence (log events as they are sent) turned into measures. Pure: no request, no database."""
