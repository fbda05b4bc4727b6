#!/bin/sh
# Starts the gateway of the image at its build, waits until it is ready, and stops it. Fails if it does not start or stop well.
set -eu
# A folder without plugins: their code is not in the image.
mkdir /tmp/warm-up && cd /tmp/warm-up
HOST=127.0.0.1 METRICS_PORT=0 LOG_LEVEL=warn node /opt/hookgate/dist/bin/hookgate.mjs &
gateway=$!
tries=0
until node /opt/hookgate/health.mjs /readyz; do
  tries=$((tries + 1))
  if [ "$tries" -gt 120 ] || ! kill -0 "$gateway"; then exit 1; fi
  sleep 0.5
done
kill -TERM "$gateway"
wait "$gateway"
rm -r /tmp/warm-up
