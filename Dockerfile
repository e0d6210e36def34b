# The images of this project: mockupaws (web, worker, scheduler, migrations) and pgbouncer.
# docker-compose.yml says which service is which. Build arguments: APP_VERSION, APP_COMMIT.

# Wheels are built where a compiler may be; the image that runs has neither compiler nor pip's leftovers.
FROM python:3.13-slim-bookworm AS wheels
RUN apt-get update \
    && apt-get install -y --no-install-recommends build-essential \
    && rm -rf /var/lib/apt/lists/*
COPY requirements.txt .
RUN pip wheel --no-cache-dir --prefer-binary --wheel-dir /wheels -r requirements.txt

# PgBouncer as Debian makes it, without a root process; PostgreSQL's client asks after its health.
FROM debian:bookworm-slim AS pgbouncer
RUN apt-get update \
    && apt-get install -y --no-install-recommends pgbouncer postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --no-create-home --home-dir /tmp --uid 10002 pooler
USER pooler
EXPOSE 6432
CMD ["pgbouncer", "/etc/pgbouncer/pgbouncer.ini"]

FROM python:3.13-slim-bookworm AS mockupaws
# What WeasyPrint loads to draw PDF reports, and one font that knows most scripts.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --no-create-home --home-dir /tmp --uid 10001 mockupaws \
    && install -d -o mockupaws -g mockupaws /var/lib/mockupaws
WORKDIR /srv/mockupaws
RUN --mount=type=bind,from=wheels,source=/wheels,target=/wheels \
    --mount=type=bind,source=requirements.txt,target=/tmp/requirements.txt \
    pip install --no-cache-dir --no-index --find-links /wheels -r /tmp/requirements.txt
# Named one by one, owned by root: a checkout's var/ and its env files hold secrets that no image may carry,
# and the program cannot change itself.
COPY wsgi.py ./
COPY webapp webapp
COPY templates templates
COPY static static
COPY tasks tasks
COPY migrations migrations
COPY deploy/__init__.py deploy/gunicorn_conf.py deploy/gunicorn_worker.py deploy/flower_config.py deploy/probe.py deploy/
# The file system of a container is read-only: what Python compiles is compiled here.
RUN python -m compileall -q webapp tasks migrations deploy wsgi.py

ARG APP_VERSION=""
ARG APP_COMMIT=""
LABEL org.opencontainers.image.title="mockupAWS" \
      org.opencontainers.image.description="The test suite for an AWS bill" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${APP_VERSION}" \
      org.opencontainers.image.revision="${APP_COMMIT}"
ENV MOCKUPAWS_ENV=production \
    STATE_DIR=/var/lib/mockupaws \
    APP_VERSION=${APP_VERSION} \
    APP_COMMIT=${APP_COMMIT} \
    FLASK_APP=wsgi \
    HOST=0.0.0.0 \
    PORT=8000 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER mockupaws
VOLUME /var/lib/mockupaws
EXPOSE 8000
# For a web container; docker-compose.yml gives worker and scheduler checks of their own.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
    CMD ["python", "-m", "deploy.probe", "http://127.0.0.1:8000/api/v2/health/ready"]
CMD ["gunicorn", "-c", "deploy/gunicorn_conf.py", "wsgi:app"]
