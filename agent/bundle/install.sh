#!/bin/sh
# Installs the Ocelli agent on a 64-bit Raspberry Pi OS (or another Debian with systemd). Run as root from the folder
# of the unpacked bundle: sudo ./install.sh. Running it again upgrades; identity and data are kept.
set -eu

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
target=${OCELLI_PREFIX:-}/opt/ocelli-agent
unit=${OCELLI_PREFIX:-}/etc/systemd/system/ocelli-agent.service
command=${OCELLI_PREFIX:-}/usr/local/bin/ocelli-agent
data=/var/lib/ocelli-agent

fail() {
  echo "install.sh: $1" >&2
  exit 1
}

[ -n "${OCELLI_PREFIX:-}" ] || [ "$(id -u)" = 0 ] || fail "run it as root: sudo ./install.sh"
"$here/bin/node" --version >/dev/null 2>&1 ||
  fail "this bundle is for @ARCHITECTURE@ and does not run on $(uname -m); a Raspberry Pi needs the 64-bit system"

if [ -z "${OCELLI_PREFIX:-}" ]; then
  id ocelli-agent >/dev/null 2>&1 ||
    useradd --system --home-dir "$data" --no-create-home --shell /usr/sbin/nologin ocelli-agent
  install -d -m 0700 -o ocelli-agent -g ocelli-agent "$data"
fi

# A new folder takes the place of the old one in one step, so a running agent never sees half of each.
rm -rf "$target.new"
mkdir -p "$target.new" "$(dirname "$unit")" "$(dirname "$command")"
cp -R "$here/bin" "$here/app" "$here/LICENSE" "$here/LICENSE.node" "$target.new/"
rm -rf "$target.old"
[ ! -e "$target" ] || mv "$target" "$target.old"
mv "$target.new" "$target"
rm -rf "$target.old"

# As root the command works on the device's data as the device's own user.
cat >"$command" <<'END'
#!/bin/sh
if [ "$(id -u)" = 0 ]; then
  exec runuser -u ocelli-agent -- env OCELLI_AGENT_DATA=/var/lib/ocelli-agent /opt/ocelli-agent/bin/ocelli-agent "$@"
fi
exec /opt/ocelli-agent/bin/ocelli-agent "$@"
END
chmod 0755 "$command"
install -m 0644 "$here/ocelli-agent.service" "$unit"

if [ -z "${OCELLI_PREFIX:-}" ]; then
  systemctl daemon-reload
  systemctl enable ocelli-agent.service
  if [ -e "$data/identity.json" ]; then
    systemctl restart ocelli-agent.service
  fi
fi
command -v ffmpeg >/dev/null 2>&1 || echo "cameras need ffmpeg: sudo apt-get install -y ffmpeg"
[ -e "$data/identity.json" ] ||
  echo "next: sudo ocelli-agent join TOKEN && sudo systemctl start ocelli-agent"
