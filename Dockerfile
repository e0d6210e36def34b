# One image for web, worker, scheduler and migrations; docker-compose.yml says which is which.
FROM python:3.13-slim-bookworm

# What WeasyPrint loads to draw PDF reports, and one font that knows most scripts.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 mockupaws \
    && install -d -o mockupaws -g mockupaws /srv/mockupaws /var/lib/mockupaws

WORKDIR /srv/mockupaws
COPY requirements.txt .
RUN pip install --no-cache-dir --prefer-binary -r requirements.txt
# Named one by one: a checkout's var/ holds secrets and data that no image may carry.
COPY wsgi.py ./
COPY webapp webapp
COPY templates templates
COPY static static
COPY tasks tasks
COPY migrations migrations
COPY deploy deploy

USER mockupaws
ENV MOCKUPAWS_ENV=production \
    STATE_DIR=/var/lib/mockupaws \
    FLASK_APP=wsgi \
    HOST=0.0.0.0 \
    PORT=8000 \
    PYTHONUNBUFFERED=1
EXPOSE 8000
CMD ["gunicorn", "-c", "deploy/gunicorn_conf.py", "wsgi:app"]
