#!/usr/bin/env bash
# Look for kustomize, which puts the Kubernetes manifests together, and build it (half a minute, once) where there is Go.
# What cannot be had is said, with the reason; it is a failure only under SHOWCASE_REQUIRE=all.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/installing.sh

VERSION=v5.7.1
if have_any kustomize .cache/kustomize/kustomize; then exit 0; fi
if ! have_any go; then
    reason="there is no Go to build it with"
elif GOBIN="$PWD/.cache/kustomize" GOFLAGS=-mod=mod timeout 300 go install "sigs.k8s.io/kustomize/kustomize/v5@$VERSION" >/dev/null 2>&1; then
    echo "Built kustomize $VERSION into .cache"
    exit 0
else
    reason="it could not be built"
fi
echo "Not run: tests of the Kubernetes manifests. Missing: kustomize; $reason."
[ "${SHOWCASE_REQUIRE:-}" != all ]
