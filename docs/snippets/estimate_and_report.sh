#!/bin/sh
# From a document to its bill and a PDF, with curl. Needs MOCKUPAWS_URL and MOCKUPAWS_API_KEY (scopes read and
# write) in the environment:
#   . var/demo.env && sh docs/snippets/estimate_and_report.sh orders.pdf
set -eu
file=${1:-report.pdf}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# `call METHOD PATH [curl arguments]` keeps the answer. A refusal ends the program with its sentence; 429 waits as
# it is told to.
call() {
  method=$1 path=$2 status=429
  shift 2
  while [ "$status" = 429 ]; do
    status=$(curl -sS -X "$method" -D "$work/head" -o "$work/answer" -w '%{http_code}' \
      -H "X-API-Key: $MOCKUPAWS_API_KEY" -H 'Content-Type: application/json' "$MOCKUPAWS_URL$path" "$@")
    [ "$status" != 429 ] || sleep "$(sed -n 's/^[Rr]etry-[Aa]fter: *\([0-9]*\).*/\1/p' "$work/head")"
  done
  case $status in
    2*) ;;
    *) fail "$method $path: $(field detail)" ;;
  esac
}
# `field NAME` prints one text field of the last answer.
field() { python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1" <"$work/answer"; }
fail() { echo "$1" >&2; exit 1; }

call POST /api/v2/scenarios -d '{
  "name": "Orders",
  "region": "eu-west-1",
  "traffic": {"volume": 1000000, "unit": "events"},
  "resources": [
    {"service": "lambda", "settings": {"memory_mb": 512, "duration_ms": 120},
     "usage": {"requests": {"per": "events", "factor": 1}}},
    {"service": "sqs", "usage": {"requests": {"per": "events", "factor": 3}}}
  ]}'
scenario=$(field id)

call GET "/api/v2/scenarios/$scenario/estimate"
echo "USD a month: $(field total_usd)"

call POST "/api/v2/scenarios/$scenario/reports" -H "Idempotency-Key: report-of-$scenario" -d '{"format": "pdf"}'
report=$(field id)
while [ "$(field status)" != completed ]; do
  case $(field status) in
    failed) fail "The report failed: $(field reason)" ;;
    cancelled) fail "The report was cancelled." ;;
  esac
  sleep 1
  call GET "/api/v2/reports/$report/status"
done

call GET "/api/v2/reports/$report/download"
mv "$work/answer" "$file"
echo "Report: $file"
