#!/usr/bin/env bash
# Builds the Dockerfile and tries the image where no image registry can be reached: the base image is made here from
# Debian packages (debootstrap) and the registry's Node.js binary. Needs root, buildah and debootstrap. With DATABASE_URL
# (and REDIS_URL) the image is also migrated and asked for its health.
set -euo pipefail
cd "$(dirname "$0")/.."
export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
base=localhost/node-from-debian:22
image=localhost/kontor:check

make_base() {
  local codename mirror made tree=$scratch/tree
  codename=$(sed -n "s/^VERSION_CODENAME=//p" /etc/os-release)
  # shellcheck disable=SC2016 # apt fills these in
  mirror=$(apt-get indextargets --format '$(CODENAME) $(REPO_URI)' | awk -v name="$codename" '$1 == name { print $2; exit }')
  debootstrap --variant=minbase --include=ca-certificates "$codename" "$tree" "$mirror"
  npm install --silent --no-audit --no-fund --prefix "$scratch/node" "node-linux-$(node -p process.arch)@22"
  cp "$scratch"/node/node_modules/node-linux-*/bin/node "$tree/usr/local/bin/"
  # npm is not among the packages; this machine's own serves.
  mkdir -p "$tree/usr/local/lib/node_modules"
  cp -a "$(npm root -g)/npm" "$tree/usr/local/lib/node_modules/"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$tree/usr/local/bin/npm"
  ln -s ../lib/node_modules/npm/bin/npx-cli.js "$tree/usr/local/bin/npx"
  # This machine's way to the registry, without its credentials; none of it reaches the image, whose layers are ours alone.
  mkdir -p "$tree/usr/local/etc"
  printf 'registry=%s\ncafile=/etc/ssl/certs/host.crt\n' "$(npm config get registry)" >"$tree/usr/local/etc/npmrc"
  cp /etc/ssl/certs/ca-certificates.crt "$tree/etc/ssl/certs/host.crt"
  chroot "$tree" useradd --uid 1000 --create-home node
  made=$(buildah from scratch)
  buildah add --quiet "$made" "$tree" /
  buildah commit --quiet --rm "$made" "$base"
}

buildah inspect --type image "$base" >/dev/null 2>&1 || make_base
buildah build --build-arg NODE_IMAGE="$base" --format docker --tag "$image" .

tried=$(buildah from "$image")
trap 'buildah rm "$tried" >/dev/null; rm -rf "$scratch"' EXIT
inside() { buildah run --user node "$tried" -- "$@"; }
echo "user:    $(inside id -un)"
echo "node:    $(inside node --version)"
echo "kontor:  $(inside kontor --version)"
echo "added:   $(inside du -sh --total /app | tail -n 1)"
inside sh -c '! touch /app/written 2>/dev/null' && echo 'the program cannot be changed by its user'
inside sh -c 'find /app -name "*.ts" -not -name "*.d.ts" -path "/app/src/*" | wc -l' | xargs -I{} echo 'sources: {}'
if [ -n "${DATABASE_URL:-}" ]; then
  # As compose.yaml does: migrate once, then ask what the image's own health check asks.
  inside env DATABASE_URL="$DATABASE_URL" REDIS_URL="${REDIS_URL:-}" kontor migrate
  inside env DATABASE_URL="$DATABASE_URL" REDIS_URL="${REDIS_URL:-}" kontor health
fi
