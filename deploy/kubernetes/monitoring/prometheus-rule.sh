#!/bin/sh
# Prints the alert rules as an object of the Prometheus Operator:
#   sh deploy/kubernetes/monitoring/prometheus-rule.sh | kubectl apply -n hookgate -f -
set -eu
cat <<'OBJECT'
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: hookgate
  labels:
    app.kubernetes.io/name: hookgate
spec:
OBJECT
sed 's/^/  /' "$(dirname "$0")/../../prometheus/alerts.yaml"
