#!/bin/sh
# Write the env files of docker-compose.yml with fresh secrets:
#   deploy/compose/make-env.sh https://mockupaws.example.org [FOLDER]
# FOLDER is that of the examples without one. An env file that exists is kept: its secrets are in use.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
public_url=${1:-}
folder=${2:-$here}
case $public_url in
    https://?*) ;;
    *) echo "Say where people reach it: $0 https://mockupaws.example.org" >&2; exit 2 ;;
esac
for name in app database metrics flower grafana; do
    if [ -e "$folder/$name.env" ]; then
        echo "$folder/$name.env exists already: nothing was written. Remove all five to begin anew." >&2
        exit 1
    fi
done

umask 077
secret() { openssl rand -hex "$1"; }
# fill NAME VALUE FILE: give the empty variable its value. The values hold no "|", "&" or backslash.
fill() { sed -i "s|^$1=\$|$1=$2|" "$folder/$3.env"; }

for name in app database metrics flower grafana; do
    cp "$here/$name.env.example" "$folder/$name.env"
    chmod 600 "$folder/$name.env"
done
password=$(secret 24)
fill PUBLIC_URL "${public_url%/}" app
fill SECRET_KEY "$(secret 32)" app
fill AUDIT_HMAC_KEY "$(secret 32)" app
fill DATABASE_URL "postgresql+psycopg://mockupaws:$password@pgbouncer:6432/mockupaws" app
fill POSTGRES_PASSWORD "$password" database
fill METRICS_TOKEN "$(secret 24)" metrics
fill FLOWER_BASIC_AUTH "admin:$(secret 24)" flower
fill GF_SECURITY_ADMIN_PASSWORD "$(secret 24)" grafana
echo "Written to $folder: app.env database.env metrics.env flower.env grafana.env"
